"""What every page of the desk stands in: who acts, at what instant, and the way to the other pages. In English only."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.policy.roles import May

# Route, label, the right that it takes, and whether it stands behind "More": what is not for every hour of the day.
_PLACES = (
    ("admin:index", "Dashboard", May.TRIAGE, False),
    ("admin:queue", "Queue", May.TRIAGE, False),
    ("admin:escalations", "Escalations", May.TRIAGE, False),
    ("admin:incidents", "Incidents", May.TRIAGE, False),
    ("admin:agents", "Agents", May.TRIAGE, True),
    ("admin:tickets_preparedanswer_changelist", "Prepared answers", May.LEAD, True),
    ("admin:timers", "Timers", May.TRIAGE, True),
    ("admin:outbox", "Deliveries", May.TRIAGE, True),
    ("admin:policy", "Policy", May.ADMINISTER, True),
    ("admin:administration", "Administration", May.ADMINISTER, True),
)


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; a visitor never comes to the desk."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@lru_cache(maxsize=4096)
def ticket_url(reference: str) -> str:
    """Return the address of a ticket's page at the desk; kept, as lists have many."""
    return reverse("admin:desk_ticket", args=[reference])


def desk_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the desk's pages that the actor may open, in the order of the bar."""
    actor: Actor | None = getattr(request, "actor", None) or None
    if actor is None or not actor.may(May.TRIAGE):
        return []
    places = [(reverse(name), label, is_behind) for name, label, right, is_behind in _PLACES if actor.may(right)]
    here = _here(request.path, [url for url, _, _ in places])
    return [
        {"url": url, "label": label, "current": url == here, "is_behind": is_behind} for url, label, is_behind in places
    ]


def _here(path: str, urls: list[str]) -> str:
    """Return in which of the pages one is; the stock admin's pages are within administration."""
    index = reverse("admin:index")
    within = [url for url in urls if path.startswith(url) and (url != index or path == index)]
    return max(within, key=len) if within else reverse("admin:administration")


def frame(request: HttpRequest, **context: Any) -> dict[str, Any]:
    """Return a desk page's context: the portal's frame shows the desk's pages in its bar."""
    return {"now": timezone.now(), **context}
