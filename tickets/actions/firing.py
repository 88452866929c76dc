"""Fire the timers that are due: once each, in order of due time, whatever dies half-way.

For each: one transaction that takes the ticket's row, marks the timer and writes the effects. Whoever is killed in it
leaves nothing behind; whoever comes second finds the row taken, or the timer marked. Any number may run at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F

from tickets.actions.change import take_if_free
from tickets.actions.timer_kinds import KINDS
from tickets.models import Ticket, Timer
from tickets.models.timer import PENDING
from tickets.queries.timers import TURN_AT, due

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


@dataclass(slots=True)
class FireResult:
    """What became of the timers that were due."""

    fired: int = 0
    skipped: int = 0  # no longer true; the note says why
    failed: int = 0  # tried again later
    busy: int = 0  # the ticket's row was taken, or another worker was quicker

    @property
    def settled(self) -> int:
        """How many are not due any more."""
        return self.fired + self.skipped + self.failed


class Lost(Exception):
    """Somebody else fired, moved or cancelled the timer first."""


def fire_due(now: datetime, *, batch: int = 100, limit: int | None = None) -> FireResult:
    """Fire what is due at `now`, in order of due time, at most `limit` of them (None: all there are).

    A timer whose ticket is taken is left to the next call; one that fails is tried later and holds up no other.
    """
    result = FireResult()
    for timer in _due(now, batch=batch):
        if limit is not None and result.settled >= limit:
            break
        outcome = fire(timer, now=now)
        setattr(result, outcome, getattr(result, outcome) + 1)
    return result


def fire(timer: Timer, *, now: datetime) -> str:
    """Fire one timer if it is still its turn. Return the count of `FireResult` that it belongs to."""
    with transaction.atomic():
        ticket = take_if_free(timer.ticket_id)
        if ticket is None:
            return "busy"
        try:
            with transaction.atomic():
                note = _take_effect(timer, ticket, now)
        except Lost:
            return "busy"
        except Exception as error:
            # Where the connection itself is gone this raises as well, and nothing of it has happened.
            _postpone(timer, error, now=now)
            log.exception("timer_failed", timer=timer.pk, kind=timer.kind, ticket=ticket.reference)
            return "failed"
    return "skipped" if note else "fired"


def try_now(timer: Timer, *, now: datetime) -> str:
    """Fire a timer that failed at once, instead of at its next turn; one not due yet stays. Return as `fire` does."""
    Timer.objects.filter(PENDING, pk=timer.pk, retry_at__gt=now).update(retry_at=now)
    return fire(timer, now=now)


def _due(now: datetime, *, batch: int) -> Iterator[Timer]:
    """Yield what is due, a batch a query, each from where the last one ended: what stays due is not met twice."""
    after = None
    while True:
        found = due(now).annotate(turn_at=TURN_AT).select_related("escalation")
        if after is not None:
            at, pk = after
            found = found.filter(turn_at__gte=at).exclude(turn_at=at, pk__lte=pk)
        timers = list(found[:batch])
        yield from timers
        if len(timers) < batch:
            return
        after = (timers[-1].turn_at, timers[-1].pk)


def _take_effect(timer: Timer, ticket: Ticket, now: datetime) -> str:
    """Mark first, so that an effect which plans anew finds this timer fired. Either both stay or neither."""
    still_due = due(now).filter(pk=timer.pk).order_by()
    if not still_due.update(fired_at=now, note=""):
        raise Lost
    note = KINDS[timer.kind](timer, ticket, now)
    if note:
        Timer.objects.filter(pk=timer.pk).update(note=note)
    return note


def _postpone(timer: Timer, error: Exception, *, now: datetime) -> None:
    wait = min(FIRST_RETRY * 2 ** min(timer.attempts, 20), LONGEST_RETRY)
    Timer.objects.filter(PENDING, pk=timer.pk).update(
        attempts=F("attempts") + 1, retry_at=now + wait, note=f"{type(error).__name__}: {error}"[:200]
    )
