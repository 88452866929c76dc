"""The opening hours of a calendar as values: windows, weeks and closed days.

Times of day are minutes of the wall clock in the calendar's zone, counted from midnight. Nothing here knows UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY
DAYS_A_WEEK = 7

_WINDOW_TEXT = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})\s*")


class HoursError(ValueError):
    """Opening hours that cannot be; `code` says why, and the edges word it."""

    code: ClassVar[str] = "hours_invalid"


class WindowUnreadable(HoursError):
    """The text is not two times of day with a dash between them."""

    code: ClassVar[str] = "window_unreadable"


class WindowOutOfRange(HoursError):
    """A time of day does not exist, or the window lasts longer than a day."""

    code: ClassVar[str] = "window_out_of_range"


class WeekMisshapen(HoursError):
    """A week does not have seven days."""

    code: ClassVar[str] = "week_misshapen"


class ZoneUnknown(HoursError):
    """The name is no zone of the IANA database."""

    code: ClassVar[str] = "zone_unknown"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """One stretch of opening hours, from `start` until just before `end`, in minutes after midnight.

    An `end` of 1440 is 24:00 and joins the next day; one above 1440 lies on the next day, so the window passes
    midnight. No window lasts longer than 24 hours.

    Raises: WindowOutOfRange.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < MINUTES_A_DAY and self.start < self.end <= self.start + MINUTES_A_DAY):
            raise WindowOutOfRange(f"no window from minute {self.start} to minute {self.end}")

    def __str__(self) -> str:
        """Return the text that `parse_window` reads back as this window, such as `22:00-06:00`."""
        end = self.end if self.end <= MINUTES_A_DAY else self.end - MINUTES_A_DAY
        return f"{_time_text(self.start)}-{_time_text(end)}"

    @property
    def passes_midnight(self) -> bool:
        """Whether part of it lies on the day after the one that it belongs to."""
        return self.end > MINUTES_A_DAY


Day = tuple[Window, ...]
Week = tuple[Day, Day, Day, Day, Day, Day, Day]
"""The windows that start on each day, Monday first. Windows that overlap count once."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When support is open: `week` on the wall clock of `zone` (an IANA name), except on `closed_days`.

    On a closed day no minute of that local date is open, not even the end of a window that passes midnight from the
    day before. Nor is the end of a window that would have started on the closed day: that shift does not take place.

    Raises: WeekMisshapen.
    """

    code: str
    zone: str
    week: Week
    closed_days: frozenset[date] = frozenset()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != DAYS_A_WEEK:
            raise WeekMisshapen(f"a week of {len(self.week)} days")
        # Compiled clocks are looked up by calendar; hashing a week and years of closed days each time is what would
        # cost most there.
        object.__setattr__(self, "_hash", hash((self.code, self.zone, self.week, self.closed_days)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        # A text hashes differently in every process, so a pickled calendar must not carry its hash along.
        return Calendar, (self.code, self.zone, self.week, self.closed_days)

    @property
    def is_never_open(self) -> bool:
        """Whether no day of the week has a window, so that no deadline can ever be reached."""
        return not any(self.week)

    @property
    def is_open_all_week(self) -> bool:
        """Whether only closed days ever close it."""
        return _covers_week(self.week)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two windows that share at least a minute; days count from Monday, 0, to Sunday, 6.

    `other` starts later than `window`, or at the same minute; after Sunday comes Monday.
    """

    day: int
    window: Window
    other_day: int
    other: Window


def parse_window(text: str) -> Window:
    """Return the window that a text such as `02:00-22:00` names.

    `00:00-24:00` is a whole day. An end at or before the start lies on the next day: `22:00-06:00` passes midnight,
    and `22:00-00:00` is the same as `22:00-24:00`.

    Raises: WindowUnreadable, WindowOutOfRange.
    """
    match = _WINDOW_TEXT.fullmatch(text)
    if match is None:
        raise WindowUnreadable(f"not a window: {text!r}")
    start = _minutes(match[1], match[2])
    end = _minutes(match[3], match[4])
    return Window(start, end if end > start else end + MINUTES_A_DAY)


def parse_week(days: Sequence[Sequence[str]]) -> Week:
    """Return the week of seven lists of texts, Monday first, each day's windows in the order of their start.

    Raises: WeekMisshapen, WindowUnreadable, WindowOutOfRange.
    """
    if len(days) != DAYS_A_WEEK:
        raise WeekMisshapen(f"a week of {len(days)} days")
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        tuple(sorted(parse_window(text) for text in day)) for day in days
    )
    return (monday, tuesday, wednesday, thursday, friday, saturday, sunday)


def overlaps(week: Week) -> tuple[Overlap, ...]:
    """Return every pair of windows that overlap, also across midnight and from Sunday into Monday.

    Windows that merely touch, as 09:00-12:00 and 12:00-17:00 do, are no overlap.
    """
    placed = sorted(
        (day * MINUTES_A_DAY + window.start, day * MINUTES_A_DAY + window.end, day, window)
        for day, windows in enumerate(week)
        for window in windows
    )
    found = []
    for index, (_, end, day, window) in enumerate(placed):
        for start, _, other_day, other in placed[index + 1 :]:
            if start < end:
                found.append(Overlap(day, window, other_day, other))
        for start, _, other_day, other in placed[:index]:
            if start + MINUTES_A_WEEK < end:
                found.append(Overlap(day, window, other_day, other))
    return tuple(found)


def _covers_week(week: Week) -> bool:
    placed = sorted(
        (day * MINUTES_A_DAY + window.start, day * MINUTES_A_DAY + window.end)
        for day, windows in enumerate(week)
        for window in windows
    )
    if not placed:
        return False
    # What the last windows keep open of the coming Monday is open at the beginning of this one too.
    reached = max(end for _, end in placed) - MINUTES_A_WEEK
    for start, end in placed:
        if start > max(reached, 0):
            return False
        reached = max(reached, end)
    return reached >= MINUTES_A_WEEK


def _minutes(hour: str, minute: str) -> int:
    if int(minute) >= 60 or int(hour) > 24 or (int(hour) == 24 and int(minute) > 0):
        raise WindowOutOfRange(f"no such time of day: {hour}:{minute}")
    return int(hour) * 60 + int(minute)


def _time_text(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
