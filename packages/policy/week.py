"""A week of a calendar as it looks in any time zone: for each local day the stretches in which support is open."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from packages.policy.clock import Clock, NeverOpen, Span

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A local date, when it begins and ends in UTC, and the open stretches within it, in order."""

    on: date
    start: datetime
    end: datetime
    spans: tuple[Span, ...]

    @property
    def is_open_throughout(self) -> bool:
        return self.spans == (Span(self.start, self.end),)


def week_around(clock: Clock, now: datetime, zone: ZoneInfo) -> tuple[OpenDay, ...]:
    """Return the seven local days, Monday first, of the week in which `now` falls in `zone`."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return tuple(_day(clock, monday + timedelta(days=number), zone) for number in range(DAYS_A_WEEK))


def open_between(clock: Clock, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the stretches in which support is open from `start` to `end`, in order."""
    found = []
    at = start
    while at < end:
        try:
            opens = clock.next_opening(at)
        except NeverOpen:
            break
        if opens >= end:
            break
        closes = min(clock.closes_at(opens) or end, end)
        found.append(Span(opens, closes))
        at = closes
    return tuple(found)


def _day(clock: Clock, on: date, zone: ZoneInfo) -> OpenDay:
    start, end = _midnight(on, zone), _midnight(on + timedelta(days=1), zone)
    return OpenDay(on, start, end, open_between(clock, start, end))


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(UTC)
