"""Calendars that the tests of the clock share: the two that ship, and helpers for instants in Berlin."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from packages.policy.hours import Calendar, parse_week

BERLIN = ZoneInfo("Europe/Berlin")
STANDARD_DAYS = [["02:00-22:00"]] * 5 + [[], []]
PREMIUM_DAYS = [["00:00-24:00"]] * 5 + [["09:00-17:00"]] * 2
ALWAYS_DAYS = [["00:00-24:00"]] * 7


def calendar(days: list[list[str]], *, zone: str = "Europe/Berlin", closed: list[date] | None = None) -> Calendar:
    """Return a calendar of seven lists of texts, Monday first."""
    return Calendar("test", zone, parse_week(days), frozenset(closed or []))


def every_day(*windows: str, zone: str = "Europe/Berlin", closed: list[date] | None = None) -> Calendar:
    """Return a calendar with the same windows on each day."""
    return calendar([list(windows)] * 7, zone=zone, closed=closed)


STANDARD = calendar(STANDARD_DAYS)
PREMIUM = calendar(PREMIUM_DAYS)
ALWAYS = calendar(ALWAYS_DAYS)
NEVER = calendar([[]] * 7)


def berlin(*parts: int, fold: int = 0) -> datetime:
    """Return the instant, in UTC, that the wall clock in Berlin shows so."""
    return datetime(*parts, tzinfo=BERLIN, fold=fold).astimezone(UTC)
