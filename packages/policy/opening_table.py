"""A calendar compiled for a stretch of years: its open intervals in UTC, and their running sums.

Instants and lengths are microseconds; instants are counted from 1970-01-01T00:00Z. Support is open at an instant
exactly when the wall clock in the calendar's zone then reads inside a window. So every span of constant offset is
clipped on its own: an hour that the wall clock shows twice counts twice, and one that it skips does not count.
Source: support policy, "How the promise is counted".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, tzinfo

from packages.policy.hours import DAYS_A_WEEK, Calendar
from packages.policy.offsets import DAY_US, FIRST_US, LAST_US, SECOND_US, OffsetSpan, offset_spans

MINUTE_US = 60 * SECOND_US
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()


class OpeningTable:
    """The open time of a calendar from `low` to just before `high`. Never changes once built.

    Interval i opens at `starts[i]`, when `sums[i]` of open time has passed since `low`, and closes when `sums[i + 1]`
    has. `shifts[i]` is `starts[i] - sums[i]`: within the interval, an instant less the shift is the open time passed,
    and open time plus the shift is the instant. Interval 0 is empty and begins at `low`, so that every instant in the
    table has an interval at or before it. Intervals neither touch nor overlap.
    """

    __slots__ = ("high", "low", "shifts", "spans", "starts", "sums")

    def __init__(self, calendar: Calendar, zone: tzinfo, first_year: int, last_year: int) -> None:
        self.low = max(_new_year(first_year), FIRST_US)
        self.high = min(_new_year(last_year + 1), LAST_US)
        self.spans = offset_spans(zone, self.low, self.high)
        self.starts, self.shifts, self.sums = _running_sums(self.low, _merged(_pieces(calendar, self.spans)))

    def passed(self, at: int) -> int:
        """Return the open time between `low` and `at`, an instant in the table."""
        index = bisect_right(self.starts, at) - 1
        return min(at - self.shifts[index], self.sums[index + 1])

    def reached(self, passed: int) -> int:
        """Return the earliest instant at which `passed` of open time is over; above 0, at most the last of `sums`."""
        return passed + self.shifts[bisect_left(self.sums, passed) - 1]

    def interval_at(self, at: int) -> tuple[int, int] | None:
        """Return the open interval around an instant in the table, or None if that is closed."""
        index = bisect_right(self.starts, at) - 1
        end = self.sums[index + 1] + self.shifts[index]
        return (self.starts[index], end) if at < end else None

    def opening_after(self, at: int) -> int | None:
        """Return the first instant later than `at` at which an interval opens, or None if the table has no more."""
        index = bisect_right(self.starts, at)
        return self.starts[index] if index < len(self.starts) else None

    def intervals(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the open intervals between two instants in the table, clipped to them."""
        for index in range(bisect_right(self.starts, start) - 1, bisect_left(self.starts, end)):
            opens = max(self.starts[index], start)
            closes = min(self.sums[index + 1] + self.shifts[index], end)
            if opens < closes:
                yield opens, closes

    def spans_between(self, start: int, end: int) -> Iterator[OffsetSpan]:
        """Yield the spans of constant offset that share time with `start` to `end`."""
        for index in range(max(bisect_right(self.spans, (start,)) - 1, 0), len(self.spans)):
            span = self.spans[index]
            if span.start >= end:
                return
            if span.end > start:
                yield span


def _pieces(calendar: Calendar, spans: list[OffsetSpan]) -> Iterator[tuple[int, int]]:
    """Yield what each window is open of each day in UTC, ordered by start within each span; pieces may overlap."""
    week = [sorted((window.start * MINUTE_US, window.end * MINUTE_US) for window in day) for day in calendar.week]
    closed = {day.toordinal() - _EPOCH_DAY for day in calendar.closed_days}
    for span in spans:
        wall_start, wall_end = span.start + span.offset, span.end + span.offset
        # A window passes one midnight at most, so the day before the first may still be open on it.
        for day in range(wall_start // DAY_US - 1, -(-wall_end // DAY_US)):
            if day in closed:
                continue
            midnight = day * DAY_US
            latest = min(midnight + DAY_US, wall_end) if day + 1 in closed else wall_end
            for start, end in week[(day + _EPOCH_WEEKDAY) % DAYS_A_WEEK]:
                opens, closes = max(midnight + start, wall_start), min(midnight + end, latest)
                if opens < closes:
                    yield opens - span.offset, closes - span.offset


def _merged(pieces: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the pieces with those that overlap or touch joined, so that 24:00 joins the next day's 00:00."""
    current = next(pieces, None)
    if current is None:
        return
    start, end = current
    for opens, closes in pieces:
        if opens > end:
            yield start, end
            start, end = opens, closes
        elif closes > end:
            end = closes
    yield start, end


def _running_sums(low: int, intervals: Iterator[tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
    starts, shifts, sums, passed = [low], [low], [0, 0], 0
    for start, end in intervals:
        starts.append(start)
        shifts.append(start - passed)
        passed += end - start
        sums.append(passed)
    return starts, shifts, sums


def _new_year(year: int) -> int:
    # Python has no year 10000, and none is needed: the table is cut before it.
    if year > 9999:
        return LAST_US
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * DAY_US
