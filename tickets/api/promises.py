"""A promise for programs: what is promised, why, and how the deadline was counted, to the second."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from packages.policy.clock import ClockChange, Span
from packages.policy.wording import wording
from packages.queries.support_hours import iso_duration
from tickets.facts import instant
from tickets.models import Promise, Ticket
from tickets.queries.offers import Offer
from tickets.queries.promise_state import PromiseState, explain, state_of
from tickets.wording import severity_reason


def offer_facts(offer: Offer, *, now: datetime, language: str) -> dict[str, Any]:
    """Return what would be promised. `basis` is what filing compares with."""
    policy, clock = offer.version.policy, offer.clock
    zone = ZoneInfo(clock.calendar.zone)
    reason = offer.finding.reason.value if offer.finding else "support"
    return {
        "severity": offer.severity.value,
        "severity_name": wording(policy.severities[offer.severity].name, language),
        "reason": {"code": reason, "text": severity_reason(reason)},
        "package": {"code": offer.package.code, "name": wording(offer.package.name, language)},
        "policy_version": offer.version.number,
        "target": iso_duration(offer.target),
        "target_seconds": offer.target.total_seconds(),
        "started_at": instant(offer.started_at),
        "due_at": instant(offer.due_at),
        "zone": zone.key,
        "due_at_in_zone": offer.due_at.astimezone(zone).isoformat(),
        "is_open": clock.is_open(now),
        "explanation": _intervals(clock.explain(offer.started_at, offer.target), zone),
        "clock_changes": _changes(clock.clock_changes_between(offer.started_at, offer.due_at)),
        "basis": offer.basis,
    }


def promise_facts(promise: Promise, ticket: Ticket, *, now: datetime, language: str) -> dict[str, Any]:
    """Return a ticket's promise with its state and how it was counted."""
    counted = explain(promise)
    zone = ZoneInfo(counted.zone)
    line = promise_line(promise, ticket, now=now)
    return {
        **line,
        "number": promise.number,
        "cause": promise.cause,
        "severity": promise.severity,
        "package": {"code": promise.package.code, "name": wording(counted.package, language)},
        "policy_version": counted.version.number,
        "target": iso_duration(promise.target),
        "target_seconds": promise.target.total_seconds(),
        "started_at": instant(promise.started_at),
        "zone": zone.key,
        "due_at_in_zone": promise.due_at.astimezone(zone).isoformat() if line["due_at"] else None,
        "explanation": _intervals(counted.spans, zone),
        "clock_changes": _changes(counted.changes),
    }


def promise_line(promise: Promise | None, ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Return how a promise stands; without one, or while no clock runs, the code says so."""
    state = state_of(promise, ticket, now=now)
    return {
        "state": state.code.value,
        "due_at": instant(state.due_at),
        "answered_at": instant(state.answered_at),
        "resumes_at": instant(state.resumes_at),
        "closes_at": instant(state.closes_at),
        "is_open": state.is_open_now,
        **_used(state),
    }


def _used(state: PromiseState) -> dict[str, Any]:
    return {
        "used_seconds": state.used.total_seconds(),
        "left_seconds": state.left.total_seconds(),
        "late_by_seconds": state.late_by.total_seconds(),
        "share": state.share,
    }


def _intervals(spans: Iterable[Span], zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": instant(span.start),
            "ends_at": instant(span.end),
            "starts_at_in_zone": span.start.astimezone(zone).isoformat(),
            "ends_at_in_zone": span.end.astimezone(zone).isoformat(),
            "seconds": span.length / timedelta(seconds=1),
        }
        for span in spans
    ]


def _changes(changes: Iterable[ClockChange]) -> list[dict[str, Any]]:
    return [
        {
            "at": instant(change.at),
            "offset_before_seconds": change.before.total_seconds(),
            "offset_after_seconds": change.after.total_seconds(),
        }
        for change in changes
    ]
