"""The card of a ticket's incident: the one that it is part of, and those that it could be."""

from datetime import datetime
from typing import Any

from django.core.cache import cache

from tickets.models import Ticket
from tickets.queries.incidents import going_on
from tickets.wording import ago

KEY = "desk-incidents"
KEPT_SECONDS = 10  # every ticket's page asks; whether a choice still goes on is decided when it is made


def incident_card(ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Return the ticket's incident and the choices as ids and titles. One query now and then."""
    current = ticket.incident
    choices = cache.get_or_set(KEY, lambda: [(one.pk, str(one)) for one in going_on()], KEPT_SECONDS)
    return {
        "current": current,
        "since": ago(current.ended_at or current.declared_at, now=now) if current else "",
        "choices": [] if current else choices,
    }


def forget_choices() -> None:
    """Ask anew what goes on: it changed."""
    cache.delete(KEY)
