"""Who may open a page. A visitor signs in first; what one may see but not do is 403, what one may not see 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.actor import Actor
from accounts.policy.roles import May

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts on a guarded page, where a visitor never comes."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def signed_in(view: View) -> View:
    """Let people in, whatever their role; a visitor signs in first and comes back."""
    return _guard(view, lambda actor: None)


def requires(*rights: May) -> Callable[[View], View]:
    """Let in who has all these rights; others read that they may not (403)."""

    def check(actor: Actor) -> None:
        if not all(actor.may(right) for right in rights):
            raise PermissionDenied(_("Your role does not include this. An admin of your organisation can change it."))

    return lambda view: _guard(view, check)


def only(*rights: May) -> Callable[[View], View]:
    """Let in who has any of these rights; for others there is no such page (404)."""

    def check(actor: Actor) -> None:
        if not any(actor.may(right) for right in rights):
            raise Http404

    return lambda view: _guard(view, check)


def members(view: View) -> View:
    """Let in the members of an organisation; growth managers and support have no such page (404)."""

    def check(actor: Actor) -> None:
        if actor.organisation is None:
            raise Http404

    return _guard(view, check)


def _guard(view: View, check: Callable[[Actor], None]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        check(actor_of(request))
        return view(request, *args, **kwargs)

    return guarded


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    if htmx:
        # A fragment can't hold the sign-in page: the whole page goes there, and comes back to itself.
        return HttpResponseClientRedirect(redirect_to_login(htmx.current_url_abs_path or "/").url)
    return redirect_to_login(request.get_full_path())
