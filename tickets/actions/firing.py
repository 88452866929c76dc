"""Fire the timers that are due: once each, in order of due time, whatever dies half-way.

A transaction takes the tickets' rows, marks the timers and writes their effects. Whoever is killed in it leaves nothing
behind; whoever comes second finds the rows taken, or the timers marked. Any number may run at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from tickets.actions.change import take_free
from tickets.actions.timer_kinds import KINDS
from tickets.models import Timer
from tickets.models.timer import PENDING
from tickets.notifications.outbox import together
from tickets.queries.timers import TURN_AT, due

log = structlog.get_logger(__name__)

TOGETHER = 20  # timers a transaction: their tickets are taken for some hundredths of a second
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


@dataclass(slots=True)
class FireResult:
    """What became of the timers that were due."""

    fired: int = 0
    skipped: int = 0  # no longer true; the note says why
    failed: int = 0  # tried again later
    busy: int = 0  # the ticket's row was taken, or another worker was quicker

    def add(self, other: "FireResult") -> None:
        self.fired += other.fired
        self.skipped += other.skipped
        self.failed += other.failed
        self.busy += other.busy

    @property
    def settled(self) -> int:
        """How many are not due any more."""
        return self.fired + self.skipped + self.failed


class Lost(Exception):
    """Something changed a timer without taking its ticket's row first."""


def fire_due(now: datetime, *, batch: int = 100, limit: int | None = None) -> FireResult:
    """Fire what is due at `now`, in order of due time, at most `limit` of them (None: all there are).

    A timer whose ticket is taken is left to the next call; one that fails is tried later and holds up no other.
    """
    result = FireResult()
    for timers in _due(now, batch=batch):
        for start in range(0, len(timers), TOGETHER):
            left = TOGETHER if limit is None else min(TOGETHER, limit - result.settled)
            if left <= 0:
                return result
            result.add(_fire_together(timers[start : start + TOGETHER][:left], now))
    return result


def fire(timer: Timer, *, now: datetime) -> FireResult:
    """Fire one timer if it is its turn."""
    return _fire_together([timer], now)


def try_now(timer: Timer, *, now: datetime) -> FireResult:
    """Fire a timer that failed at once, instead of at its next turn; one that is not due yet stays."""
    Timer.objects.filter(PENDING, pk=timer.pk, retry_at__gt=now).update(retry_at=now)
    return fire(timer, now=now)


def _fire_together(timers: Sequence[Timer], now: datetime) -> FireResult:
    """Fire a few timers in one transaction. If one fails nothing of it has happened, and each is fired by itself."""
    try:
        return _fire_all(timers, now)
    except Lost:
        raise
    except Exception as error:
        if len(timers) == 1:
            return _postpone(timers[0], error, now=now)
    result = FireResult()
    for timer in timers:
        result.add(_fire_together([timer], now))
    return result


def _fire_all(timers: Sequence[Timer], now: datetime) -> FireResult:
    result = FireResult()
    with transaction.atomic(), together():
        tickets = take_free({timer.ticket_id for timer in timers})
        marked = _mark([timer.pk for timer in timers if timer.ticket_id in tickets], now)
        for timer in timers:
            if timer.pk not in marked:
                result.busy += 1
            elif note := KINDS[timer.kind](timer, tickets[timer.ticket_id], now):
                Timer.objects.filter(pk=timer.pk).update(note=note)
                result.skipped += 1
            else:
                result.fired += 1
    return result


def _mark(ids: Sequence[int], now: datetime) -> set[int]:
    """Mark the timers that are still due as fired, before their effects: these plan anew, and must find them fired.

    Their tickets' rows are taken, so whatever another worker fired or an answer cancelled shows by now.

    Raises: Lost, if one is marked or cancelled all the same; the transaction then leaves nothing behind.
    """
    still_due = due(now).filter(pk__in=ids).order_by()
    marked = set(still_due.values_list("pk", flat=True))
    if marked and still_due.update(fired_at=now, note="") != len(marked):
        raise Lost
    return marked


def _due(now: datetime, *, batch: int) -> Iterator[list[Timer]]:
    """Yield what is due, a batch a query, each from where the last one ended: what stays due is not met twice."""
    after = None
    while True:
        found = due(now).annotate(turn_at=TURN_AT).select_related("escalation")
        if after is not None:
            at, pk = after
            found = found.filter(turn_at__gte=at).exclude(turn_at=at, pk__lte=pk)
        timers: list[Any] = list(found[:batch])
        yield timers
        if len(timers) < batch:
            return
        after = (timers[-1].turn_at, timers[-1].pk)


def _postpone(timer: Timer, error: Exception, *, now: datetime) -> FireResult:
    """Try a timer later; its mark and its effects were taken back. Where the connection is gone this raises as well."""
    wait = min(FIRST_RETRY * 2 ** min(timer.attempts, 20), LONGEST_RETRY)
    Timer.objects.filter(PENDING, pk=timer.pk).update(
        attempts=F("attempts") + 1, retry_at=now + wait, note=f"{type(error).__name__}: {error}"[:200]
    )
    log.error("timer_failed", timer=timer.pk, kind=timer.kind, ticket=timer.ticket_id, exc_info=error)
    return FireResult(failed=1)
