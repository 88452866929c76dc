"""The promise of a ticket in big words, as one bar, and how it was counted, to the second."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.web.zones import city
from packages.policy.clock import ClockChange, Span
from packages.web.wording import in_city, moment
from tickets.models import Promise, Ticket
from tickets.queries.promise_state import PromiseState, State, explain, promise_calendar, promise_clock, state_of
from tickets.web.meters import due, track
from tickets.wording import day, duration, exact_duration, late_by, policy_text, severity_reason, time_left

SECOND = timedelta(seconds=1)


def promise_card(ticket: Ticket, promises: Sequence[Promise], *, now: datetime) -> dict[str, Any]:
    """Return the context of templates/tickets/_promise_card.html. `promises` are all of the ticket's, in order."""
    promise = ticket.promise
    state = state_of(promise, ticket, now=now)
    shown: dict[str, Any] = {"look": _look(state), "big": _big(state), "below": _below(state, promise, now)}
    if promise is None:
        return shown
    earlier = [_earlier(one, now) for one in promises if one.pk != promise.pk]
    shown |= {"earlier": earlier}
    if state.code is State.NOT_RUNNING:
        return shown
    if state.code in (State.RUNNING, State.CLOSE):
        shown["due"] = due(state)
    return shown | {
        "note": _stands_still(state, promise, now),
        "track": _track(promise, state, now),
        "counted": counted(promise, ticket),
    }


def counted(promise: Promise, ticket: Ticket) -> dict[str, Any]:
    """Return how a deadline was counted: each interval in both zones, the lengths adding up to the target."""
    facts = explain(promise)
    zone, own = ZoneInfo(facts.zone), _own_zone()
    has_own = any(_offset(span.start, zone) != _offset(span.start, own) for span in facts.spans)
    with_seconds = any(_second(one) for span in facts.spans for one in (span.start, span.end))
    severity = Ticket.Severity(facts.severity).label
    return {
        "city": city(zone.key),
        "own_city": city(own.key) if has_own else "",
        "rows": [_row(span, zone, own if has_own else None, with_seconds) for span in facts.spans],
        "changes": [_clock_change(change, zone) for change in facts.changes],
        "target_label": _("Target, %(severity)s in %(package)s")
        % {"severity": severity, "package": policy_text(facts.package)},
        "target": exact_duration(facts.target),
        "policy": _("Policy %(number)d, in force since %(day)s.")
        % {"number": facts.version.number, "day": day(facts.version.starts_at.astimezone(zone))},
        "reason": severity_reason(ticket.severity_cause) if promise.severity == ticket.severity else "",
    }


def deadline_words(at: datetime, *, zone: str, now: datetime) -> str:
    """Return an instant in support's zone and, where its clock differs, in the reader's."""
    place, own = ZoneInfo(zone), _own_zone()
    there = in_city(moment(at, now=now, zone=place), place.key)
    if _offset(at, place) == _offset(at, own):
        return there
    return _("%(there)s, %(here)s your time") % {"there": there, "here": moment(at, now=now, zone=own)}


def _look(state: PromiseState) -> str:
    return {State.NOT_RUNNING: "none", State.VOID: "none"}.get(state.code, state.code.value)


def _big(state: PromiseState) -> str:
    match state.code:
        case State.NOT_RUNNING:
            return _("Clock not running")
        case State.RUNNING | State.CLOSE:
            return time_left(state.left)
        case State.LATE:
            return late_by(state.late_by)
        case State.KEPT:
            return _("Kept, in %(time)s") % {"time": duration(state.used)}
        case State.MISSED if state.answered_at is not None:
            return _("Missed by %(time)s") % {"time": duration(state.late_by)}
        case State.MISSED:
            return _("Missed")
        case State.VOID:
            return _("Ended before a response")
    return _("No promise")


def _below(state: PromiseState, promise: Promise | None, now: datetime) -> str:
    if state.code is State.NOT_RUNNING:
        return _("It starts anew, in full, when the information is there.")
    if promise is None or state.due_at is None:
        return _("Support opened this ticket, so no first response was promised.")
    when = deadline_words(state.due_at, zone=promise_calendar(promise).zone, now=now)
    match state.code:
        case State.RUNNING | State.CLOSE:
            return _("First response by %(moment)s") % {"moment": when}
        case State.KEPT:
            return _("%(time)s before the deadline, %(moment)s") % {"time": duration(state.left), "moment": when}
        case State.VOID:
            return _("It would have been due at %(moment)s") % {"moment": when}
    return _("It was due at %(moment)s") % {"moment": when}


def _stands_still(state: PromiseState, promise: Promise, now: datetime) -> str:
    if state.code not in (State.RUNNING, State.CLOSE) or state.is_open_now or state.resumes_at is None:
        return ""
    when = deadline_words(state.resumes_at, zone=promise_calendar(promise).zone, now=now)
    return _("Support is closed: the clock stands still until %(moment)s.") % {"moment": when}


def _track(promise: Promise, state: PromiseState, now: datetime) -> dict[str, Any]:
    return track(
        started_at=promise.started_at,
        due_at=promise.due_at,
        target=promise.target,
        clock=promise_clock(promise),
        zone=promise_calendar(promise).zone,
        now=promise.ended_at or now,
        state=_look(state),
    )


def _earlier(promise: Promise, now: datetime) -> str:
    when = moment(promise.due_at, now=now, zone=ZoneInfo(promise_calendar(promise).zone))
    return _("%(severity)s, due %(moment)s: %(outcome)s") % {
        "severity": Ticket.Severity(promise.severity).label,
        "moment": when,
        "outcome": promise.get_outcome_display(),
    }


def _row(span: Span, zone: ZoneInfo, own: ZoneInfo | None, with_seconds: bool) -> dict[str, str]:
    # Both ends are cut to the second: the start and the deadline have the same fraction of one, every end between them
    # has none, so the lengths still add up to the target.
    start, end = _whole(span.start), _whole(span.end)
    return {
        "when": _between(start, end, zone, with_seconds),
        "own": _between(start, end, own, with_seconds) if own else "",
        "length": exact_duration(end - start),
    }


def _between(start: datetime, end: datetime, zone: ZoneInfo, with_seconds: bool) -> str:
    first, last = start.astimezone(zone), end.astimezone(zone)
    form = "%H:%M:%S" if with_seconds else "%H:%M"
    ends = f"{last:{form}}"
    if last.date() != first.date():
        is_midnight = last.time() == last.time().min
        ends = ends.replace("00:00", "24:00", 1) if is_midnight else f"{day(last)}, {ends}"
    return _("%(day)s, %(start)s to %(end)s") % {"day": day(first), "start": f"{first:{form}}", "end": ends}


def _clock_change(change: ClockChange, zone: ZoneInfo) -> str:
    ahead = change.after > change.before
    facts = {
        "city": city(zone.key),
        "day": day(change.at.astimezone(zone)),
        "time": duration(abs(change.after - change.before)),
    }
    if ahead:
        return _("On %(day)s the clocks in %(city)s go forward by %(time)s.") % facts
    return _("On %(day)s the clocks in %(city)s go back by %(time)s.") % facts


def _own_zone() -> ZoneInfo:
    return ZoneInfo(timezone.get_current_timezone_name())


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _second(at: datetime) -> int:
    return at.second
