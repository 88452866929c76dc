"""From a bearer token to who acts. A token is looked up by its hash; nothing else identifies a caller of the API."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.actions.credentials import PREFIX, hash_of
from accounts.actor import Actor, actor_for_token
from accounts.models import ApiToken, User
from accounts.policy.scopes import READ, WRITE

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it imports this module, by its name in the settings

USED_AT_EVERY = timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer psp_…` gives `request.actor`, `request.auth` (the token) and `request.user`.

    `request.user` is None for an organisation's own token. The portal's session never counts here: without a token
    there is no actor, so no other site can make a browser act.
    """

    def authenticate(self, request: Request) -> tuple[User | None, ApiToken] | None:  # type: ignore[override]
        _set_actor(request, None)
        given = request.headers.get("Authorization", "")
        if not given:
            return None
        scheme, _space, secret = given.partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
            refuse("token_malformed", _("Send the token as “Authorization: Bearer psp_…”."))
        token = _find(secret)
        now = timezone.now()
        if token.ends_at <= now:
            refuse("token_ended", _("This token has ended. Issue a new one under Organisation."))
        actor = actor_for_token(token)
        if _has_left(token, actor):
            refuse("token_unknown", _("This token is not known."))
        note_use(token, now=now)
        _set_actor(request, actor)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        error = ', error="invalid_token"' if request.headers.get("Authorization") else ""
        return f'Bearer realm="api"{error}'


class HasScope(BasePermission):
    """Reading needs the scope "read", everything else "write"; a view whose POST changes nothing says so by `scope`.

    Without a token it is 401, not 403.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiToken):
            return False
        needed = READ if request.method in SAFE_METHODS else getattr(view, "scope", WRITE)
        if needed not in request.auth.scopes:
            detail = _("This token may only read.") if needed == WRITE else _("This token may not read.")
            raise PermissionDenied(detail, code="scope_missing")
        return True


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Keep when a token was last used, exact to a minute, so that a busy one doesn't write its row at each request."""
    stale = now - USED_AT_EVERY
    if token.used_at is None or token.used_at <= stale:
        ApiToken.objects.filter(Q(used_at=None) | Q(used_at__lte=stale), pk=token.pk).update(used_at=now)


def refuse(code: str, detail: str) -> NoReturn:
    """Raises: AuthenticationFailed, always."""
    raise AuthenticationFailed(detail, code=code)


def _find(secret: str) -> ApiToken:
    token = ApiToken.objects.select_related("user", "organisation__partner").filter(hash=hash_of(secret)).first()
    if token is None or (token.user is not None and not token.user.is_active):
        refuse("token_unknown", _("This token is not known."))
    return token


def _has_left(token: ApiToken, actor: Actor) -> bool:
    """A member's token was given for one organisation: it is worth nothing in the next one."""
    if token.user_id is None or token.organisation_id is None:
        return False
    return actor.organisation is None or actor.organisation.pk != token.organisation_id


def _set_actor(request: Request, actor: Actor | None) -> None:
    # Both requests: views read the framework's, middleware and logging read Django's.
    request.actor = actor  # type: ignore[attr-defined]
    request._request.actor = actor  # type: ignore[attr-defined]
