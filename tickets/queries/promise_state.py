"""How a promise stands when it is read, and how its deadline was counted. No scheduler is involved.

Source: data model, "State on reading"; product description, "The promise".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from packages.policy.clock import Clock, ClockChange, NeverOpen, Span, clock_for
from packages.policy.hours import Calendar
from packages.policy.wording import Text
from packages.queries.policies import InForce, version, version_of
from tickets.models import Promise, Ticket
from tickets.policy.lifecycle import Status

NOTHING = timedelta()
# What `state_of` reads of a promise, for lists that read no more: they ask for versions one by one, once a process.
READ = (
    "calendar", "target", "started_at", "close_at", "due_at", "answered_at", "ended_at", "used", "outcome",
    "version_id",
)  # fmt: skip


class State(StrEnum):
    NONE = "none"  # no promise was given
    NOT_RUNNING = "not_running"  # sent back: no clock runs
    RUNNING = "running"
    CLOSE = "close"
    LATE = "late"
    KEPT = "kept"
    MISSED = "missed"
    VOID = "void"  # ended without a response before its deadline


@dataclass(frozen=True, slots=True)
class PromiseState:
    """A promise at an instant. `left`, `used` and `late_by` are opening time; `share` is the used part in per cent.

    `resumes_at` is the next opening while support is closed, `closes_at` the end of the present opening.
    """

    code: State
    target: timedelta = NOTHING
    due_at: datetime | None = None
    answered_at: datetime | None = None
    used: timedelta = NOTHING
    left: timedelta = NOTHING
    late_by: timedelta = NOTHING
    share: int = 0
    close_left: timedelta = NOTHING  # left when it becomes close
    is_open_now: bool = False
    resumes_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def is_counting(self) -> bool:
        """Does time pass for support just now?"""
        return self.code in (State.RUNNING, State.CLOSE, State.LATE) and self.is_open_now


def state_of(promise: Promise | None, ticket: Ticket, *, now: datetime) -> PromiseState:
    """Return how the ticket's latest promise stands at an instant. No query but the version's, once a process."""
    if ticket.state is Status.NEEDS_INFORMATION:
        return PromiseState(State.NOT_RUNNING)
    if promise is None:
        return PromiseState(State.NONE)
    clock = promise_clock(promise)
    if promise.outcome is not None:
        return _ended(promise, clock)
    used = clock.open_time_between(promise.started_at, max(now, promise.started_at))
    is_open = clock.is_open(now)
    late_by = clock.open_time_between(promise.due_at, now) if now >= promise.due_at else NOTHING
    return PromiseState(
        code=State.LATE if now >= promise.due_at else State.CLOSE if now >= promise.close_at else State.RUNNING,
        target=promise.target,
        due_at=promise.due_at,
        used=used,
        left=max(promise.target - used, NOTHING),
        late_by=late_by,
        share=_share(used, promise.target),
        close_left=clock.open_time_between(promise.close_at, promise.due_at),
        is_open_now=is_open,
        resumes_at=None if is_open else _next_opening(clock, now),
        closes_at=clock.closes_at(now) if is_open else None,
    )


def promise_clock(promise: Promise) -> Clock:
    return clock_for(promise_calendar(promise))


def promise_calendar(promise: Promise) -> Calendar:
    return promise_terms(promise).policy.calendars[promise.calendar].hours


def promise_terms(promise: Promise) -> InForce:
    """Return the version that a promise was given under. No query when the row was selected with the promise."""
    if Promise.version.is_cached(promise):  # type: ignore[attr-defined]
        return version_of(promise.version)
    return version(promise.version_id)


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a deadline was counted. The lengths of `spans` add up to `target` exactly."""

    version: InForce
    package: Text
    severity: str
    target: timedelta
    zone: str
    started_at: datetime
    due_at: datetime
    spans: tuple[Span, ...]
    changes: tuple[ClockChange, ...]


def explain(promise: Promise) -> Explanation:
    """Return what counted for a promise: version, package, target, and each interval."""
    terms = promise_terms(promise)
    calendar = promise_calendar(promise)
    clock = clock_for(calendar)
    return Explanation(
        version=terms,
        package=terms.policy.packages[promise.package.code].name,
        severity=promise.severity,
        target=promise.target,
        zone=calendar.zone,
        started_at=promise.started_at,
        due_at=promise.due_at,
        spans=clock.explain(promise.started_at, promise.target),
        changes=clock.clock_changes_between(promise.started_at, promise.due_at),
    )


def _ended(promise: Promise, clock: Clock) -> PromiseState:
    used = promise.used or NOTHING
    ended_at = promise.ended_at or promise.due_at
    return PromiseState(
        code={"kept": State.KEPT, "missed": State.MISSED}.get(promise.outcome or "", State.VOID),
        target=promise.target,
        due_at=promise.due_at,
        answered_at=promise.answered_at,
        used=used,
        left=clock.open_time_between(ended_at, promise.due_at) if ended_at < promise.due_at else NOTHING,
        late_by=clock.open_time_between(promise.due_at, ended_at) if ended_at > promise.due_at else NOTHING,
        share=_share(used, promise.target),
    )


def _share(used: timedelta, target: timedelta) -> int:
    return min(100, round(100 * (used / target))) if target else 0


def _next_opening(clock: Clock, now: datetime) -> datetime | None:
    try:
        return clock.next_opening(now)
    except NeverOpen:
        return None
