"""The timers that ought to be pending for a ticket as it stands: the one answer for setting, checking and repairing.

A plan is derived from rows that stay (promise, state and since when, check date, open escalation), so the same ticket
gives the same plan whenever it is asked. All times are opening time on the ticket's calendar: nothing nags at midnight.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from packages.policy.clock import Clock, NeverOpen, clock_for
from packages.policy.document import TimerFacts
from packages.queries.policies import in_force, package_of, version
from tickets.models import Escalation, Promise, Ticket, Timer
from tickets.models.timer import PENDING
from tickets.policy import lifecycle

PARTNER_TURN = (Ticket.Status.NEEDS_INFORMATION, Ticket.Status.WAITING_PARTNER)


@dataclass(frozen=True, slots=True)
class Planned:
    """One timer of a plan. `kind`, `key` and `escalation_id` tell it from every other that the ticket ever has."""

    kind: str
    key: str
    due_at: datetime
    escalation_id: int | None = None

    @property
    def identity(self) -> tuple[str, str, int | None]:
        return (self.kind, self.key, self.escalation_id)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a ticket's pending timers differ from its plan."""

    missing: list[Planned]
    moved: list[tuple[Timer, Planned]]
    surplus: list[Timer]

    def __bool__(self) -> bool:
        return bool(self.missing or self.moved or self.surplus)


def generation(since: datetime) -> str:
    """Return the part of a key that tells one wait from the next: the instant at which it began."""
    return str(int(since.timestamp()))


def expected_timers(ticket: Ticket) -> list[Planned]:
    """Return the timers that the ticket ought to have, whether they have fired already or not."""
    return [*_of_promise(ticket), *_of_check_date(ticket), *_of_waiting(ticket), *_of_escalation(ticket)]


def replan(ticket: Ticket, *, now: datetime) -> None:
    """Set the timers that ought to be pending for the ticket as it stands, and cancel the others, in one go.

    Every action calls it at the end of its change. What fired for the same promise or the same wait is not set again.
    """
    difference = compare(ticket)
    Timer.objects.filter(pk__in=[timer.pk for timer in difference.surplus]).update(cancelled_at=now)
    for timer, planned in difference.moved:
        Timer.objects.filter(PENDING, pk=timer.pk).update(due_at=planned.due_at, retry_at=None, attempts=0, note="")
    Timer.objects.bulk_create(
        Timer(
            ticket=ticket,
            kind=planned.kind,
            key=planned.key,
            due_at=planned.due_at,
            escalation_id=planned.escalation_id,
        )
        for planned in difference.missing
    )


def compare(ticket: Ticket) -> Difference:
    """Compare what is pending with the plan. What fired once for the same promise or wait is not missing."""
    missing = {planned.identity: planned for planned in expected_timers(ticket)}
    moved, surplus = [], []
    # A pending row stands before a fired one of the same identity.
    for timer in Timer.objects.filter(ticket=ticket, cancelled_at=None).order_by(F("fired_at").asc(nulls_first=True)):
        planned = missing.pop((timer.kind, timer.key, timer.escalation_id), None)
        if timer.fired_at is not None:
            continue
        if planned is None:
            surplus.append(timer)
        elif planned.due_at != timer.due_at:
            moved.append((timer, planned))
    return Difference(list(missing.values()), moved, surplus)


def _of_promise(ticket: Ticket) -> Iterator[Planned]:
    promise = ticket.promise
    if promise is None or promise.outcome is not None:
        return
    number = str(promise.number)
    yield Planned("breach", number, promise.due_at)
    inside = version(promise.version_id).policy
    clock = clock_for(inside.calendars[promise.calendar].hours)
    for share in inside.timers.warnings:
        at = _share(clock, promise.started_at, promise.due_at, share)
        # A promise that replaced another may have used this share before it was given: nobody is warned of the past.
        if at is not None and at > promise.made_at:
            yield Planned("warning", f"{number}:{share}", at)


def _of_check_date(ticket: Ticket) -> Iterator[Planned]:
    if ticket.check_at is not None and ticket.is_open:
        yield Planned("check_due", generation(ticket.check_at), ticket.check_at)


def _of_waiting(ticket: Ticket) -> Iterator[Planned]:
    """Reminders to the partner and the ends of a wait, counted from the state's beginning."""
    status = ticket.state
    if status is not lifecycle.Status.RESOLVED and status not in PARTNER_TURN:
        return
    clock, timers = _calendar_of(ticket)
    since, wait = ticket.status_since, generation(ticket.status_since)
    match status:
        case lifecycle.Status.NEEDS_INFORMATION:
            steps = _reminders("information_reminder", wait, timers.information_reminders)
            steps += [("information_withdraw", wait, timers.information_withdraw)]
        case lifecycle.Status.WAITING_PARTNER:
            steps = _reminders("partner_reminder", wait, timers.partner_reminders)
            steps += [("auto_resolve", wait, timers.auto_resolve)]
        case _:
            steps = [("auto_close", wait, timers.auto_close)]
    for kind, key, after in steps:
        at = _after(clock, since, after)
        if at is not None:
            yield Planned(kind, key, at)


def _of_escalation(ticket: Ticket) -> Iterator[Planned]:
    """The chain of an open escalation: a reminder, at the deadline the next person, after as long again all leads."""
    escalation = (
        Escalation.objects.filter(ticket=ticket, state__in=[Escalation.State.ASKED, Escalation.State.ESCALATED])
        .order_by("-pk")
        .first()
    )
    if escalation is None:
        return
    if escalation.state == Escalation.State.ASKED:
        kind, begun, by = "escalation_decide", escalation.asked_at, escalation.decide_by
    else:
        kind, begun, by = "escalation_acknowledge", escalation.escalated_at, escalation.acknowledge_by
    if begun is None or by is None:
        return
    clock, _timers = _calendar_of(ticket)
    chain = {"reminder": _share(clock, begun, by, 75), "deputy": by, "leads": _share(clock, begun, by, 200)}
    for key, at in chain.items():
        if at is not None:
            yield Planned(kind, key, at, escalation.pk)


def _reminders(kind: str, wait: str, after: tuple[timedelta, ...]) -> list[tuple[str, str, timedelta]]:
    return [(kind, f"{wait}:{number}", length) for number, length in enumerate(after, start=1)]


def _calendar_of(ticket: Ticket) -> tuple[Clock, TimerFacts]:
    """Return the clock and the times of the ticket's promise, of its last one, or of its organisation's package."""
    promise = ticket.promise or Promise.objects.filter(ticket=ticket).order_by("-number").first()
    if promise is not None:
        policy = version(promise.version_id).policy
        return clock_for(policy.calendars[promise.calendar].hours), policy.timers
    policy = in_force(ticket.filed_at).policy
    package = package_of(ticket.organisation_id, policy=policy, at=ticket.filed_at)
    return clock_for(policy.calendar_of(package.code)), policy.timers


def _share(clock: Clock, start: datetime, end: datetime, percent: int) -> datetime | None:
    """Return when a share of the open time from `start` to `end` has passed; None if there is none of it."""
    length = clock.open_time_between(start, max(start, end))
    return _after(clock, start, length * percent / 100)


def _after(clock: Clock, start: datetime, length: timedelta) -> datetime | None:
    if length <= timedelta(0):
        return None
    try:
        return clock.deadline(start, length)
    except NeverOpen:  # a calendar without hours any more: there is no such moment
        return None
