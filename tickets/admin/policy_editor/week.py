"""The week of a calendar as it was typed, for templates/components/_week_bars.html."""

from typing import Any

from packages.policy.document import DAYS
from packages.policy.hours import MINUTES_A_DAY, Calendar, Window


def week_bars(calendar: Calendar) -> list[dict[str, Any]]:
    """Return seven days, Monday first; what passes midnight is drawn on the day after, where it is."""
    return [
        {
            "name": name.capitalize(),
            "windows": [
                *(_bar(0, window.end - MINUTES_A_DAY) for window in calendar.week[day - 1] if window.passes_midnight),
                *(_bar(window.start, min(window.end, MINUTES_A_DAY)) for window in calendar.week[day]),
            ],
            "text": ", ".join(_words(window) for window in calendar.week[day]) or "closed",
        }
        for day, name in enumerate(DAYS)
    ]


def _bar(start: int, end: int) -> dict[str, float]:
    return {"start_percent": start / MINUTES_A_DAY * 100, "width_percent": (end - start) / MINUTES_A_DAY * 100}


def _words(window: Window) -> str:
    start, _, end = str(window).partition("-")
    return f"{start} to {end}" + (" of the next day" if window.passes_midnight else "")
