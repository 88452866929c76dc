"""A ticket's incident: the card of the one that it is part of, and those that it could be."""

from datetime import datetime
from typing import Any

from django.core.cache import cache

from tickets.models import Ticket
from tickets.queries.incidents import going_on
from tickets.wording import ago

KEY = "desk-incidents"
# Every page of the queue and of a ticket asks; whether a choice still goes on is decided when it is made.
KEPT_SECONDS = 10


def incident_card(ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Return the ticket's incident and the choices as ids and titles. One query now and then."""
    current = ticket.incident
    return {
        "current": current,
        "since": ago(current.ended_at or current.declared_at, now=now) if current else "",
        "choices": [] if current else incident_choices(),
    }


def incident_choices() -> list[tuple[int, str]]:
    """Return what goes on as ids and titles, the latest first. One query now and then."""
    return cache.get_or_set(KEY, lambda: [(one.pk, str(one)) for one in going_on()], KEPT_SECONDS) or []


def forget_choices() -> None:
    """Ask anew what goes on: it changed."""
    cache.delete(KEY)
