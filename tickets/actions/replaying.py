"""Run "what would have happened" over real promises, with progress, and stop when told to."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from packages.models import PolicyVersion
from packages.policy.document import parse
from tickets.models import Promise, Replay
from tickets.policy import replay as reckoning
from tickets.policy.replay import MICROSECOND, Given

PORTION = 10_000  # promises between two looks at the clock and at "cancel"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ask_for_replay(draft: PolicyVersion, *, days: int, by: User | None, now: datetime) -> Replay:
    """Queue a run for a draft; the caller wakes the worker after the commit. Raises: DocumentInvalid."""
    parse(json.loads(draft.document))
    return Replay.objects.create(draft=draft, draft_lock_version=draft.lock_version, days=days, by=by, asked_at=now)


def cancel(run: Replay, *, now: datetime) -> None:
    """Stop a run; the worker sees it at its next portion."""
    Replay.objects.filter(pk=run.pk, state__in=[Replay.State.WAITING, Replay.State.RUNNING]).update(
        state=Replay.State.CANCELLED, ended_at=now
    )


def run(replay: Replay, *, clock: Callable[[], datetime]) -> Replay:
    """Work a queued run to its end. A second worker that takes the same run does nothing.

    `clock` tells the time, as a run lasts longer than one instant.
    """
    state = Replay.State
    taken = Replay.objects.filter(pk=replay.pk, state=state.WAITING).update(state=state.RUNNING, beat_at=clock())
    if not taken:
        return replay
    try:
        report = _reckon(replay, clock)
    except Exception as error:  # the run says so on its page; the task's log has the rest
        Replay.objects.filter(pk=replay.pk).update(state=state.FAILED, error=str(error)[:300], ended_at=clock())
        raise
    if report is not None:
        Replay.objects.filter(pk=replay.pk, state=state.RUNNING).update(
            state=state.DONE, report=report, ended_at=clock()
        )
    replay.refresh_from_db()
    return replay


def _reckon(replay: Replay, clock: Callable[[], datetime]) -> dict[str, Any] | None:
    """Return the report; None when the run was cancelled."""
    since = replay.asked_at - timedelta(days=replay.days)
    promises = Promise.objects.filter(started_at__gte=since, started_at__lte=replay.asked_at)
    Replay.objects.filter(pk=replay.pk).update(total=promises.count())
    reckoned = reckoning.Replay(parse(json.loads(replay.draft.document)))
    rows = _given(promises)
    # No transaction around this: the cursor is held without one, and each look at "cancel" is seen at once.
    while portion := list(islice(rows, PORTION)):
        reckoned.take(portion)
        if not _beat(replay, reckoned.promises, clock()):
            return None
    return reckoned.report()


def _beat(replay: Replay, done: int, now: datetime) -> bool:
    """Say how far it is; False when the run was cancelled meanwhile."""
    going = Replay.objects.filter(pk=replay.pk, state=Replay.State.RUNNING)
    return bool(going.update(done=done, beat_at=now))


def _given(promises: QuerySet[Promise]) -> Iterator[Given]:
    rows = promises.values_list(
        "ticket__reference",
        "ticket__topic__code",
        "ticket__impact",
        "ticket__workaround",
        "ticket__environment",
        "ticket__severity_cause",
        "package__code",
        "severity",
        "cause",
        "started_at",
        "due_at",
        "answered_at",
        "outcome",
    )
    # SQLite can't write beside a read that is still open: there the rows are few, and read at once.
    source = rows.iterator(chunk_size=PORTION) if connection.vendor == "postgresql" else list(rows)
    for row in source:
        facts, (started, due, answered, outcome) = row[:-4], row[-4:]
        instants = (_micros(started), _micros(due), None if answered is None else _micros(answered))
        yield Given._make((*facts, *instants, outcome in (Promise.Outcome.KEPT, Promise.Outcome.MISSED)))


def _micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
