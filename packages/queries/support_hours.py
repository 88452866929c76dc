"""When support is open and what it promises, for programs: what the public file and the API's route say."""

from datetime import datetime, timedelta
from typing import Any

from packages.policy.clock import Clock, NeverOpen, clock_for
from packages.policy.document import DAYS, Package, Policy
from packages.policy.severity import Severity
from packages.policy.wording import wording
from packages.queries.policies import InForce

AHEAD = timedelta(days=365)


def support_hours(version: InForce, *, at: datetime, language: str) -> dict[str, Any]:
    """Return every package with its hours, closed days of the next year and targets; instants in UTC."""
    policy = version.policy
    return {
        "at": _text(at),
        "policy_version": version.number,
        "default_package": policy.default_package,
        "packages": [package_hours(policy, package, at=at, language=language) for package in policy.packages.values()],
    }


def package_hours(policy: Policy, package: Package, *, at: datetime, language: str) -> dict[str, Any]:
    """Return one package: `week` holds windows of the wall clock in `zone`, `within` is ISO 8601 and opening time."""
    calendar = policy.calendars[package.calendar]
    clock = clock_for(calendar.hours)
    days = sorted(day for day in calendar.hours.closed_days if at.date() <= day <= (at + AHEAD).date())
    return {
        "code": package.code,
        "name": wording(package.name, language),
        "summary": wording(package.summary, language),
        "zone": calendar.hours.zone,
        "is_open": clock.is_open(at),
        "closes_at": _text(clock.closes_at(at)),
        "next_opening_at": _text(_next_opening(clock, at)),
        "week": {
            day: [str(window) for window in windows] for day, windows in zip(DAYS, calendar.hours.week, strict=True)
        },
        "closed_days": [{"date": day.isoformat(), "name": calendar.closed_names.get(day, "")} for day in days],
        "targets": [
            {
                "severity": severity.value,
                "name": wording(policy.severities[severity].name, language),
                "within": iso_duration(package.targets[severity]),
            }
            for severity in Severity
        ],
    }


def iso_duration(length: timedelta) -> str:
    """Return a duration as ISO 8601 in hours, minutes and seconds: "PT4H", "PT30M"."""
    seconds = length // timedelta(seconds=1)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number]
    return "PT" + ("".join(parts) or "0S")


def _next_opening(clock: Clock, at: datetime) -> datetime | None:
    """Return the next opening; None while support is open, or when it never opens."""
    if clock.is_open(at):
        return None
    try:
        return clock.next_opening(at)
    except NeverOpen:
        return None


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
