"""What every view of the API has: strict bodies, the caller's language and zone, refusals worded as problems."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.actor import Actor
from accounts.api.bodies import JsonBody, invalid, malformed, too_large
from accounts.api.errors import Fault
from accounts.api.idempotency import IdempotentPosts
from accounts.models import ApiToken


class ApiView(IdempotentPosts):
    """`self.now` is the instant of the request; the language is `?language=`, `Accept-Language`, or the person's own.

    Clock times in sentences are in the person's zone; every instant in a body carries its offset.
    """

    parser_classes = [JsonBody]
    now: datetime

    @property
    def actor(self) -> Actor:
        """Who acts; only for views that need a token."""
        return self.request.actor  # type: ignore[attr-defined, no-any-return]

    @property
    def language(self) -> str:
        return (translation.get_language() or settings.LANGUAGE_CODE).lower()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now = timezone.now()
        asked = request.query_params.get("language")
        if asked in dict(settings.LANGUAGES):
            translation.activate(asked)
        super().initial(request, *args, **kwargs)
        # The portal's session counts for nothing here, not even for its person's zone: only a token's person does.
        person = request.auth.user if isinstance(request.auth, ApiToken) else None
        if person is not None:
            timezone.activate(ZoneInfo(person.timezone))
            if asked is None and "Accept-Language" not in request.headers and person.language:
                translation.activate(person.language)
        if asked is not None and asked not in dict(settings.LANGUAGES):
            raise _unknown_language()

    def worded(self, exc: Exception) -> Exception:
        """Return what says the same as a problem; other exceptions as they are."""
        if isinstance(exc, RequestDataTooBig):
            return too_large()
        if isinstance(exc, SuspiciousOperation):
            return malformed(_("The request can't be read: it has too many parts."))
        return exc

    def handle_exception(self, exc: Exception) -> Any:
        return super().handle_exception(self.worded(exc))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(final, ["Accept-Language", "Authorization"])
        final.headers.setdefault("Cache-Control", "private, no-store")
        return final


def _unknown_language() -> Exception:
    known = ", ".join(code for code, _name in settings.LANGUAGES)
    message = _("Choose one of these languages: %(languages)s.") % {"languages": known}
    return invalid([Fault("", "language", "not_a_choice", message)])
