"""What every page's frame needs. Each part is computed when a template asks for it: a fragment asks for none."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.policy.roles import May
from packages.queries.policies import NoPolicy, in_force, package_of
from packages.web.hours import support_line
from tickets.admin.desk_frame import desk_nav


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the actor, the navigation of their role, whether support is open, and their theme."""
    actor: Actor | None = getattr(request, "actor", None) or None
    places = SimpleLazyObject(lambda: list(_nav(request, actor)))
    return {
        "actor": actor,
        "theme": actor.user.theme if actor and actor.user else "auto",
        "nav": places,
        "nav_behind": SimpleLazyObject(lambda: [place for place in places if place.get("is_behind")]),
        "support_line": SimpleLazyObject(lambda: _support_line(actor)),
        "new_ticket_url": reverse("new_ticket") if actor and actor.may(May.FILE) else "",
        "account_links": list(_account_links(actor)),
    }


def _nav(request: HttpRequest, actor: Actor | None) -> Iterator[dict[str, Any]]:
    if actor is not None and actor.may(May.TRIAGE):
        yield from desk_nav(request)
        return
    for name, label in _places(actor):
        url = reverse(name)
        yield {"url": url, "label": label, "current": _is_current(url, request.path)}


def _places(actor: Actor | None) -> list[tuple[str, str]]:
    hours = ("support_hours", _("Support hours"))
    if actor is None:
        return [hours, ("account_login", _("Sign in"))]
    tickets = ("tickets", _("Tickets"))
    if actor.may(May.DECIDE_ESCALATION):
        return [("manager_desk", _("Desk")), tickets, hours]
    if actor.organisation is None:
        return [hours]
    return [tickets, hours, ("organisation", _("Organisation"))]


def _account_links(actor: Actor | None) -> Iterator[dict[str, str]]:
    if actor and actor.may(May.ADMINISTER):
        yield {"url": reverse("admin:administration"), "label": _("Administration")}


def _is_current(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _support_line(actor: Actor | None) -> dict[str, Any] | None:
    now = timezone.now()
    try:
        policy = in_force(now).policy
    except NoPolicy:
        return None
    organisation = actor.organisation if actor else None
    if organisation is None:
        package = policy.packages[policy.default_package]
    else:
        package = package_of(organisation, policy=policy, at=now)
    return support_line(policy, package, now)
