"""Incidents for tests, made as support makes them."""

from typing import Any

from accounts.actor import actor_for
from packages.models import Topic
from tests.cast import NOW, Cast
from tickets.actions.incidents import Declared, declare, mark
from tickets.models import Incident, Ticket

TITLES = {"en": "Messages arrive late", "de": "Nachrichten kommen verspätet an"}
TEXTS = {"en": "Meta works on it. Nothing is lost.", "de": "Meta arbeitet daran. Nichts geht verloren."}


def make_incident(cast: Cast, *tickets: Ticket, topics: tuple[str, ...] = (), now: Any = NOW, **said: Any) -> Incident:
    """Declare an incident; `tickets` become part of it."""
    chosen = list(Topic.objects.filter(code__in=topics))
    words = {"titles": TITLES, "texts": TEXTS, **said}
    incident = declare(Declared(**words, topics=chosen), by=actor_for(cast.agent), now=now)
    for ticket in tickets:
        mark(ticket, incident, by=actor_for(cast.agent), now=now)
    return incident
