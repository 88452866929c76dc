"""The clock of a promise: deadlines, open time and what is open when, on the opening hours of one calendar.

A clock takes aware datetimes of any zone and returns UTC. It is exact to the microsecond, and safe to share between
threads. Source: support policy, "How the promise is counted".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from threading import Lock

from packages.policy.hours import Calendar
from packages.policy.offsets import DAY_US, EPOCH, FIRST_US, LAST_US, MICROSECOND, OffsetSpan, find_zone
from packages.policy.opening_table import OpeningTable


class NeverOpen(Exception):
    """The calendar has no window, or the open time asked for is not over before the year 9999 is."""


class NaiveInstant(ValueError):
    """A datetime without a zone is no instant."""


class TargetNotPositive(ValueError):
    """A target is longer than nothing: a deadline at filing itself could not be met."""


class InstantsReversed(ValueError):
    """The end of a stretch of time lies before its start."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of open time that counted, in UTC; within one local day and with one offset of the local clock."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """The real time from start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The instant, in UTC, at which the calendar's wall clock is put forward or back, and its offsets around it."""

    at: datetime
    before: timedelta
    after: timedelta


class Clock:
    """The opening hours of one calendar, compiled. Use `clock_for`, which keeps clocks.

    The table grows by whole years when an instant or a target needs it.

    Raises: ZoneUnknown.
    """

    __slots__ = ("_grow_lock", "_table", "_years", "_zone", "calendar")

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._zone = find_zone(calendar.zone)
        self._grow_lock = Lock()
        self._years: tuple[int, int] | None = None
        self._table: OpeningTable | None = None

    def deadline(self, opened_at: datetime, target: timedelta) -> datetime:
        """Return the earliest instant at which the open time passed since `opened_at` equals `target`.

        So a deadline can be closing time itself, but never an opening. A response at the deadline is late.

        Raises: NeverOpen, NaiveInstant, TargetNotPositive.
        """
        opened, length = _micros(opened_at), _target_micros(target)
        table = self._table_for(opened)
        passed = table.passed(opened) + length
        if passed > table.sums[-1]:
            table = self._table_with(opened, length)
            passed = table.passed(opened) + length
        return EPOCH + timedelta(0, 0, table.reached(passed))

    def deadlines_many(self, opened: Iterable[int], target: int) -> list[int]:
        """Return the deadline of each instant, in the order given. All are microseconds, instants since 1970 in UTC.

        Raises: NeverOpen, TargetNotPositive.
        """
        if target <= 0:
            raise TargetNotPositive(f"a target of {target} microseconds")
        deadlines: list[int] = []
        add = deadlines.append
        low, starts, shifts, sums = 0, [0], [0], [0]
        for at in opened:
            index = bisect_right(starts, at) - 1
            # The table is only looked up anew by the first instant and by those that the one at hand does not hold.
            if at >= low and index + 1 < len(sums):
                passed = min(at - shifts[index], sums[index + 1]) + target
                if passed <= sums[-1]:
                    add(passed + shifts[bisect_left(sums, passed) - 1])
                    continue
            table = self._table_with(at, target)
            low, starts, shifts, sums = table.low, table.starts, table.shifts, table.sums
            add(table.reached(table.passed(at) + target))
        return deadlines

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return how long support is open from `start` to `end`; nothing if they are the same.

        Raises: InstantsReversed, if `end` is before `start`; NaiveInstant.
        """
        first, last = _in_order(start, end)
        table = self._table_for(first, last)
        return timedelta(0, 0, table.passed(last) - table.passed(first))

    def is_open(self, at: datetime) -> bool:
        """Return whether support is open at `at`. It is at the start of a window, and is not at its end.

        Raises: NaiveInstant.
        """
        instant = _micros(at)
        return self._table_for(instant).interval_at(instant) is not None

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` itself in UTC when support is open then, else the next instant at which it opens.

        Raises: NeverOpen, NaiveInstant.
        """
        self._require_windows()
        instant = _micros(at)
        table = self._table_for(instant)
        if table.interval_at(instant) is not None:
            return _instant(instant)
        while (opening := table.opening_after(instant)) is None:
            table = self._longer_than(table)
        return _instant(opening)

    def closes_at(self, at: datetime) -> datetime | None:
        """Return when support, open at `at`, closes next; None if it is closed then, or open for good.

        Raises: NaiveInstant.
        """
        instant = _micros(at)
        table = self._table_for(instant)
        while (interval := table.interval_at(instant)) is not None and interval[1] == table.high:
            # The table ends here, the interval need not. In a week without a gap only a closed day can end it.
            if table.high == LAST_US or (self.calendar.is_open_all_week and table.high > self._last_closed_day()):
                return None
            table = self._longer_than(table)
        return None if interval is None else _instant(interval[1])

    def explain(self, opened_at: datetime, target: timedelta) -> tuple[Span, ...]:
        """Return the stretches of open time that lead to the deadline, in order; their lengths add up to `target`.

        None crosses a midnight or a change of the calendar's wall clock, so each can be shown in local time.

        Raises: NeverOpen, NaiveInstant, TargetNotPositive.
        """
        due = _micros(self.deadline(opened_at, target))
        opened = _micros(opened_at)
        table = self._table_for(opened, due)
        return tuple(
            Span(_instant(start), _instant(end))
            for opens, closes in table.intervals(opened, due)
            for offset_span in table.spans_between(opens, closes)
            for start, end in _local_days(opens, closes, offset_span)
        )

    def clock_changes_between(self, start: datetime, end: datetime) -> tuple[ClockChange, ...]:
        """Return the changes of the calendar's wall clock after `start` and until `end`, including one at `end`.

        Raises: InstantsReversed, if `end` is before `start`; NaiveInstant.
        """
        first, last = _in_order(start, end)
        table = self._table_for(first, last)
        return tuple(
            ClockChange(_instant(after.start), _length(before.offset), _length(after.offset))
            for before, after in pairwise(table.spans_between(first, last + 1))
        )

    def _require_windows(self) -> None:
        if self.calendar.is_never_open:
            raise NeverOpen(f"calendar {self.calendar.code} has no opening hours")

    def _table_for(self, first: int, last: int | None = None) -> OpeningTable:
        """Return a table that holds the two instants."""
        table = self._table
        if table is not None and table.low <= first and (first if last is None else last) < table.high:
            return table
        return self._grow(first, first if last is None else last)

    def _table_with(self, opened: int, length: int) -> OpeningTable:
        """Return a table in which `length` of open time passes after `opened`."""
        self._require_windows()
        table = self._table_for(opened)
        # Open time is at most real time. Asking this first spares the years up to the last for a target beyond them.
        while opened + length <= LAST_US:
            if table.passed(opened) + length <= table.sums[-1]:
                return table
            table = self._longer_than(table)
        raise NeverOpen(f"calendar {self.calendar.code} ends before {_length(length)} of open time is over")

    def _longer_than(self, table: OpeningTable) -> OpeningTable:
        """Return a table that goes further than this one, by more the longer it is."""
        if table.high >= LAST_US:
            raise NeverOpen(f"calendar {self.calendar.code} ends with the year 9999")
        return self._grow(table.low, min(table.high + (table.high - table.low) // 2, LAST_US - 1))

    def _grow(self, first: int, last: int) -> OpeningTable:
        """Make the table hold two more instants, and return it. It is replaced, so readers need no lock."""
        if not FIRST_US <= first <= last < LAST_US:
            raise NeverOpen(f"calendar {self.calendar.code} does not reach beyond the years 1 to 9999")
        first_year, last_year = _instant(first).year, _instant(last).year
        with self._grow_lock:
            if self._table is not None and self._years is not None:
                first_year, last_year = min(first_year, self._years[0]), max(last_year, self._years[1])
                if (first_year, last_year) == self._years:
                    return self._table
            else:
                # The calendar's new year is not UTC's, and deadlines of December lie in January.
                last_year = min(last_year + 1, 9999)
            self._years = (first_year, last_year)
            self._table = OpeningTable(self.calendar, self._zone, first_year, last_year)
            return self._table

    def _last_closed_day(self) -> int:
        """Return an instant after the end of the last closed day, whatever the zone."""
        latest = max(self.calendar.closed_days, default=EPOCH.date())
        return (latest.toordinal() - EPOCH.date().toordinal() + 3) * DAY_US


@lru_cache(maxsize=256)
def clock_for(calendar: Calendar) -> Clock:
    """Return the clock of a calendar, the same one for equal calendars.

    Raises: ZoneUnknown.
    """
    return Clock(calendar)


def _local_days(start: int, end: int, span: OffsetSpan) -> Iterable[tuple[int, int]]:
    """Yield what lies of `start` to `end` within the span, cut at each local midnight."""
    start, end = max(start, span.start), min(end, span.end)
    while start < end:
        midnight = ((start + span.offset) // DAY_US + 1) * DAY_US - span.offset
        yield start, min(midnight, end)
        start = midnight


def _in_order(start: datetime, end: datetime) -> tuple[int, int]:
    first, last = _micros(start), _micros(end)
    if last < first:
        raise InstantsReversed(f"{end.isoformat()} is before {start.isoformat()}")
    return first, last


def _micros(at: datetime) -> int:
    try:
        return (at - EPOCH) // MICROSECOND
    except TypeError as error:
        raise NaiveInstant(f"{at} has no zone") from error


def _target_micros(target: timedelta) -> int:
    length = target // MICROSECOND
    if length <= 0:
        raise TargetNotPositive(f"a target of {target}")
    return length


def _length(micros: int) -> timedelta:
    return timedelta(microseconds=micros)


def _instant(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
