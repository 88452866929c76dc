"""Ten thousand deadlines against a minute-by-minute table of a year, which shares no code with the clock."""

import random
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from packages.policy.clock import Clock

from .calendars import ALWAYS_DAYS, PREMIUM_DAYS, STANDARD_DAYS, calendar

CASES = 5_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 400 * 1440
MINUTE = timedelta(minutes=1)
CHANGES = [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
TARGETS = [timedelta(minutes=30), *(timedelta(hours=hours) for hours in (2, 4, 8, 24))]
CLOSED = [
    date(2026, 1, 1),
    date(2026, 4, 3),
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 10, 26),
    date(2026, 12, 25),
]

# The two calendars that ship, by the hours of weekday and weekend, written out once more.
HOURS = {
    "standard": ((2, 22), (0, 0)),
    "premium": ((0, 24), (9, 17)),
    "always": ((0, 24), (0, 24)),
}
DAYS = {"standard": STANDARD_DAYS, "premium": PREMIUM_DAYS, "always": ALWAYS_DAYS}


@cache
def wall_clock() -> list[tuple[date, int]]:
    """Return what the wall clock in Berlin shows at each minute: the day and the hour."""
    zone = ZoneInfo("Europe/Berlin")
    shown = ((FIRST + minute * MINUTE).astimezone(zone) for minute in range(MINUTES))
    return [(wall.date(), wall.hour) for wall in shown]


def open_minutes(name: str, closed: frozenset[date]) -> list[int]:
    """Return the minutes since FIRST at which support is open."""
    weekday, weekend = HOURS[name]
    hours_of = {
        day: (0, 0) if day in closed else (weekend if day.weekday() >= 5 else weekday) for day, _ in wall_clock()
    }
    return [minute for minute, (day, hour) in enumerate(wall_clock()) if hours_of[day][0] <= hour < hours_of[day][1]]


def looked_up(minutes: list[int], filed: datetime, target: timedelta) -> datetime:
    """Count minutes from a ticket's filing until the target is used up."""
    minute, within = divmod(filed - FIRST, MINUTE)
    place = bisect_left(minutes, minute)
    if minutes[place] == minute:
        # The seconds of the filing's own minute that were over then do not count.
        target += within
    whole, rest = divmod(target, MINUTE)
    if not rest:
        return FIRST + (minutes[place + whole - 1] + 1) * MINUTE
    return FIRST + minutes[place + whole] * MINUTE + rest


def filings(seed: int) -> list[tuple[datetime, timedelta]]:
    """Return instants of filing and targets: a third around the two changes of the clocks, some on whole minutes."""
    drawn, cases = random.Random(seed), []
    for number in range(CASES):
        if number % 3 == 0:
            filed = drawn.choice(CHANGES) + timedelta(microseconds=drawn.randrange(-(10**6) * 86400 * 4, 10**6 * 86400))
        else:
            filed = FIRST + timedelta(microseconds=drawn.randrange(365 * 86400 * 10**6))
        if number % 5 == 0:
            filed = filed.replace(minute=drawn.choice((0, 30)), second=0, microsecond=0)
        odd = timedelta(microseconds=drawn.randrange(1, 10**11))
        cases.append((filed, odd if number % 4 == 0 else drawn.choice(TARGETS)))
    return cases


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "closed", "seed"),
    [("standard", [], 1), ("premium", [], 2), ("standard", CLOSED, 3), ("premium", CLOSED, 4), ("always", CLOSED, 5)],
)
def test_deadlines_are_those_of_a_table_of_minutes(name, closed, seed):
    minutes = open_minutes(name, frozenset(closed))
    clock = Clock(calendar(DAYS[name], closed=closed))
    cases = filings(seed)

    wrong = [case for case in cases if clock.deadline(*case) != looked_up(minutes, *case)]

    assert len(cases) == CASES
    assert wrong == []
