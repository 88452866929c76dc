"""What every page of the desk stands in: who acts, at what instant, and the way to the other pages. In English only."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.policy.roles import May

_PLACES = (
    ("admin:queue", "Queue"),
    ("admin:escalations", "Escalations"),
    ("admin:incidents", "Incidents"),
    ("admin:agents", "Agents"),
    ("admin:timers", "Timers"),
    ("admin:outbox", "Deliveries"),
)
_LEADS_PLACES = (("admin:tickets_preparedanswer_changelist", "Prepared answers"),)


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; a visitor never comes to the desk."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def desk_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the desk's pages that there are, for templates/admin/_desk_nav.html and the portal's frame."""
    actor: Actor | None = getattr(request, "actor", None) or None
    if actor is None or not actor.may(May.TRIAGE):
        return []
    named = (*_PLACES, *_LEADS_PLACES) if actor.may(May.LEAD) else _PLACES
    places = [(_url(name), label) for name, label in named]
    index = reverse("admin:index")
    if actor.may(May.ADMINISTER):
        places.append((_url("admin:policy"), "Policy"))
    pages = [{"url": url, "label": label, "current": request.path.startswith(url)} for url, label in places if url]
    front = {"url": index, "label": "Dashboard", "current": request.path == index}
    if not actor.may(May.ADMINISTER):
        return [front, *pages]
    is_here = request.path.startswith(index) and not any(page["current"] for page in (front, *pages))
    return [front, *pages, {"url": reverse("admin:administration"), "label": "Administration", "current": is_here}]


def frame(request: HttpRequest, **context: Any) -> dict[str, Any]:
    """Return a desk page's context: the portal's frame shows the desk's pages in its bar."""
    return {"now": timezone.now(), **context}


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
