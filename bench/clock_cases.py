"""Calendars, cases and right answers for the comparison of clocks; the answers come from a table of minutes."""

from __future__ import annotations

import random
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"
MINUTE = timedelta(minutes=1)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 400 * 1440
CASES = 620
CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
TARGETS = (timedelta(hours=8), timedelta(minutes=30), timedelta(hours=24))
"""The first is the one that is timed."""

# Months and days, the same each year: twelve, three of them next to each other.
CLOSED = ((1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (10, 31), (12, 24), (12, 25), (12, 26))

WEEKS = {
    "A": ((2, 22),) * 5 + ((0, 0),) * 2,
    "B": ((0, 24),) * 5 + ((9, 17),) * 2,
    "C": ((0, 24),) * 7,
}
"""The hour at which each day opens and closes, Monday first; a day that opens when it closes has no hours."""


class Task(TypedDict):
    """One calendar, and the instants to find deadlines for, as ISO 8601 texts."""

    calendar: str
    week: list[list[int]]
    closed: list[str]
    filed: list[str]


def closed_days(years: range) -> list[date]:
    """Return twelve closed days a year."""
    return [date(year, month, day) for year in years for month, day in CLOSED]


def filings() -> list[datetime]:
    """Return when tickets are filed: a third within two days of a change of the clocks, many on whole minutes."""
    drawn, filed = random.Random(620), []
    for number in range(CASES):
        if number % 3 == 0:
            at = drawn.choice(CHANGES) + timedelta(microseconds=drawn.randrange(-(10**6) * 86400 * 2, 10**6 * 86400))
        else:
            at = FIRST + timedelta(microseconds=drawn.randrange(360 * 86400 * 10**6))
        filed.append(at.replace(second=0, microsecond=0) if number % 4 == 0 else at)
    return filed


def tasks() -> list[Task]:
    """Return the three calendars with the closed days of two years, then again with those of twenty."""
    return [
        Task(
            calendar=name if len(years) == 2 else f"{name}, {len(years)} years of closed days",
            week=[list(day) for day in week],
            closed=[day.isoformat() for day in closed_days(years)],
            filed=[at.isoformat() for at in filings()],
        )
        for years in (range(2026, 2028), range(2016, 2036))
        for name, week in WEEKS.items()
    ]


def right_answers(task: Task) -> list[list[datetime]]:
    """Return the deadlines of a task by target, counted minute by minute."""
    closed = {date.fromisoformat(day) for day in task["closed"]}
    zone = ZoneInfo(ZONE)
    opened = []
    for minute in range(MINUTES):
        wall = (FIRST + minute * MINUTE).astimezone(zone)
        opens, closes = task["week"][wall.weekday()]
        if opens <= wall.hour < closes and wall.date() not in closed:
            opened.append(minute)
    return [[_counted(opened, datetime.fromisoformat(at), target) for at in task["filed"]] for target in TARGETS]


def _counted(opened: list[int], filed: datetime, target: timedelta) -> datetime:
    minute, within = divmod(filed - FIRST, MINUTE)
    place = bisect_left(opened, minute)
    if opened[place] == minute:
        target += within
    whole, rest = divmod(target, MINUTE)
    if rest:
        return FIRST + opened[place + whole] * MINUTE + rest
    return FIRST + (opened[place + whole - 1] + 1) * MINUTE
