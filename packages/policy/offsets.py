"""How far a zone's wall clock is from UTC, and when that changes.

Instants are microseconds since 1970-01-01T00:00Z, so that no arithmetic rounds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packages.policy.hours import ZoneUnknown

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

# A zone's wall clock must still be a date that Python has, so a day is left at either end of its years.
FIRST_US = (datetime(1, 1, 2, tzinfo=UTC) - EPOCH) // MICROSECOND
LAST_US = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // MICROSECOND


class OffsetSpan(NamedTuple):
    """A stretch of time during which the wall clock keeps one distance from UTC: `start` to just before `end`."""

    start: int
    end: int
    offset: int


def find_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name.

    Raises: ZoneUnknown.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneUnknown(f"no such time zone: {name!r}") from error


def offset_spans(zone: tzinfo, start: int, end: int) -> list[OffsetSpan]:
    """Return the spans of constant offset that fill `start` to `end`, in order; each change begins a new one.

    `start` and `end` are whole seconds between FIRST_US and LAST_US.
    """
    spans = []
    opened, low, offset = start, start, _offset(zone, start)
    while low < end:
        # A zone that changes twice between two probes and ends where it began would be missed. None in the database
        # does so within a day since 1970.
        high = min(low + DAY_US, end)
        while _offset(zone, high) != offset:
            changed = _first_change(zone, low, high, offset)
            spans.append(OffsetSpan(opened, changed, offset))
            opened, low, offset = changed, changed, _offset(zone, changed)
        low = high
    if opened < end:
        spans.append(OffsetSpan(opened, end, offset))
    return spans


def _first_change(zone: tzinfo, low: int, high: int, offset: int) -> int:
    """Return the second between `low`, which has the offset, and `high`, which has not, at which it ends."""
    low, high = low // SECOND_US, high // SECOND_US
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * SECOND_US) == offset:
            low = middle
        else:
            high = middle
    return high * SECOND_US


def _offset(zone: tzinfo, at: int) -> int:
    # The wall clock read as if it were UTC, less UTC.
    wall = (EPOCH + timedelta(microseconds=at)).astimezone(zone).replace(tzinfo=UTC)
    return (wall - EPOCH) // MICROSECOND - at
