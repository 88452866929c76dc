"""Answers the tasks of bench/clock.py with each clock that is installed here, and measures them.

Reads tasks from standard input and writes one JSON line a contender. Needs nothing but the standard library itself.
"""

from __future__ import annotations

import json
import statistics
import sys
import time as clock_time
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

from clock_cases import TARGETS, ZONE, Task

ROOT = Path(__file__).resolve().parent.parent
BERLIN = ZoneInfo(ZONE)
ROUNDS = 9
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Deadline = Callable[[datetime, timedelta], datetime]


def _closed(task: Task) -> list[date]:
    return [date.fromisoformat(day) for day in task["closed"]]


def ours(task: Task) -> Deadline:
    """The clock of this repository."""
    clock_module = import_module("packages.policy.clock")
    hours = import_module("packages.policy.hours")
    week = hours.parse_week(
        [[f"{opens:02d}:00-{closes:02d}:00"] if opens < closes else [] for opens, closes in task["week"]]
    )
    return clock_module.clock_for(hours.Calendar("bench", ZONE, week, frozenset(_closed(task)))).deadline


def workclock(task: Task) -> Deadline:
    """workclock: a whole day is a shift that ends when it starts."""
    module = import_module("workclock")
    rules = [
        module.WorkDay(time(opens), time(closes % 24), [day])
        for day, (opens, closes) in enumerate(task["week"])
        if opens < closes
    ]
    return module.Schedule([*rules, module.Holidays(_closed(task))], time_zone=BERLIN).add


def businesstimedelta(task: Task) -> Deadline:
    """businesstimedelta: it has no 24:00, so a whole day lacks its last microsecond."""
    module, pytz = import_module("businesstimedelta"), import_module("pytz")
    zone = pytz.timezone(ZONE)
    by_hours: dict[tuple[int, int], list[int]] = {}
    for day, (opens, closes) in enumerate(task["week"]):
        if opens < closes:
            by_hours.setdefault((opens, closes), []).append(day)
    rules = [
        module.WorkDayRule(time(opens), time(closes) if closes < 24 else time.max, days, tz=zone)
        for (opens, closes), days in by_hours.items()
    ]
    combined = module.Rules([*rules, module.HolidayRule(_closed(task), tz=zone)])
    return lambda filed, target: filed + module.BusinessTimeDelta(combined, timedelta=target)


def timegrid(task: Task) -> Deadline:
    """timegrid: it knows no zones, so it is given Berlin's wall clock; a whole day is two halves."""
    module = import_module("timegrid")
    days = [getattr(module.DayOfWeek, name) for name in
            ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")]  # fmt: skip
    calendar = module.TimeGridCalendar.create()
    for day, (opens, closes) in zip(days, task["week"], strict=True):
        if closes == 24:
            calendar.add_open_rule(day, time(opens), time(12))
            calendar.add_open_rule(day, time(12), time(0))
        elif opens < closes:
            calendar.add_open_rule(day, time(opens), time(closes))
    for day in _closed(task):
        calendar.add_holiday(day)
    add = calendar.add_work_duration
    return lambda filed, target: (
        add(filed.astimezone(BERLIN).replace(tzinfo=None), target).replace(tzinfo=BERLIN).astimezone(UTC)
    )


def opening_hours(task: Task) -> Deadline:
    """opening-hours-py: it lists intervals, and the counting is ours."""
    module = import_module("opening_hours")
    rules = [
        f"{WEEKDAYS[day]} {opens:02d}:00-{closes:02d}:00"
        for day, (opens, closes) in enumerate(task["week"])
        if opens < closes
    ]
    off = [f"{day.year} {MONTHS[day.month - 1]} {day.day:02d} off" for day in _closed(task)]
    hours = module.OpeningHours("; ".join(rules + off), timezone=BERLIN)

    def deadline(filed: datetime, target: timedelta) -> datetime:
        for start, end, state, _ in hours.intervals(filed.astimezone(BERLIN)):
            if state != module.State.OPEN:
                continue
            opens = max(start.astimezone(UTC), filed)
            length = end.astimezone(UTC) - opens
            if length >= target:
                return opens + target
            target -= length
        raise LookupError("no more intervals")

    return deadline


CONTENDERS: dict[str, Callable[[Task], Deadline]] = {
    "this repository": ours,
    "workclock": workclock,
    "businesstimedelta": businesstimedelta,
    "timegrid": timegrid,
    "opening-hours-py": opening_hours,
}


def answer(deadline: Deadline, filed: datetime, target: timedelta) -> str:
    """Return the deadline as a text in UTC, or what went wrong."""
    try:
        return deadline(filed, target).astimezone(UTC).isoformat()
    except Exception as error:  # noqa: BLE001 - a contender may fail in any way, and that is its answer.
        return f"error: {type(error).__name__}"


def timed(deadline: Deadline, filings: list[datetime], target: timedelta) -> float:
    """Return the median over some rounds of the microseconds that one deadline takes."""
    rounds = []
    for _ in range(ROUNDS):
        began = clock_time.perf_counter_ns()
        for filed in filings:
            deadline(filed, target)
        rounds.append((clock_time.perf_counter_ns() - began) / len(filings) / 1000)
    return statistics.median(rounds)


def run(task: Task, make: Callable[[Task], Deadline]) -> dict[str, object]:
    """Return the answers of one contender to one task by target, and its time."""
    began = clock_time.perf_counter_ns()
    deadline = make(task)
    filings = [datetime.fromisoformat(at) for at in task["filed"]]
    deadline(filings[0], TARGETS[0])
    ready = (clock_time.perf_counter_ns() - began) / 1e6
    answers = [[answer(deadline, filed, target) for filed in filings] for target in TARGETS]
    usable = [filed for filed, text in zip(filings, answers[0], strict=True) if not text.startswith("error")]
    return {
        "calendar": task["calendar"],
        "answers": answers,
        "microseconds": timed(deadline, usable, TARGETS[0]),
        "ready_milliseconds": ready,
    }


def main() -> None:
    """Answer every task with every contender."""
    sys.path.insert(0, str(ROOT))
    all_tasks: list[Task] = json.load(sys.stdin)
    for name, make in CONTENDERS.items():
        try:
            results = [run(task, make) for task in all_tasks]
        except ImportError as error:
            print(json.dumps({"name": name, "missing": str(error)}), flush=True)
            continue
        print(json.dumps({"name": name, "results": results}), flush=True)


if __name__ == "__main__":
    main()
