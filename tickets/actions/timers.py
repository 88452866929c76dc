"""Timers: set, move, cancel and fire them. The database is the truth, Celery is the hands.

Whatever touches a ticket's timers has taken the ticket's row, so that a change and a firing never meet half-way.
"""

from collections.abc import Collection
from datetime import datetime

from tickets.models import Escalation, Ticket, Timer
from tickets.models.timer import PENDING


def set_timer(
    ticket: Ticket, kind: str, *, key: str = "", due_at: datetime, escalation: Escalation | None = None
) -> Timer:
    """Create the pending timer of this kind and key, or move it.

    A moved timer begins anew: what failed before is forgotten.
    """
    timer, _made = Timer.objects.filter(PENDING).update_or_create(
        ticket=ticket,
        kind=kind,
        key=key,
        defaults={"due_at": due_at, "retry_at": None, "attempts": 0, "note": "", "escalation": escalation},
    )
    return timer


def cancel_timers(
    ticket: Ticket, *, now: datetime, kinds: Collection[str] | None = None, escalation: Escalation | None = None
) -> int:
    """Cancel the pending timers of a ticket, of some kinds or of one escalation only. Return how many."""
    pending = ticket.timers.filter(PENDING)
    if kinds is not None:
        pending = pending.filter(kind__in=kinds)
    if escalation is not None:
        pending = pending.filter(escalation=escalation)
    return pending.update(cancelled_at=now)
