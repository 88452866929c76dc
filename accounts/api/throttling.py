"""How often a token may ask."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it imports this module, by its name in the settings


class TokenThrottle(SimpleRateThrottle):
    """Counts by token; where none is needed, by address. The refusal says when to ask again, in `Retry-After`."""

    scope = "token"

    def get_rate(self) -> str | None:
        rates: Any = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
        return rates[self.scope]

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        who = f"token-{request.auth.pk}" if isinstance(request.auth, ApiToken) else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}
