"""A week looks different in another zone, and always adds up to the same open time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from packages.policy.clock import Span, clock_for
from packages.policy.hours import Calendar, parse_week
from packages.policy.week import open_between, week_around

BERLIN, SAO_PAULO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STANDARD = Calendar("standard", "Europe/Berlin", parse_week([["02:00-22:00"]] * 5 + [[], []]))
ALWAYS = Calendar("always", "Europe/Berlin", parse_week([["00:00-24:00"]] * 7))


def test_a_week_in_the_calendars_zone_shows_its_windows():
    days = week_around(clock_for(STANDARD), NOW, BERLIN)

    assert [day.on for day in days] == [date(2026, 11, 23) + timedelta(days=number) for number in range(7)]
    assert days[1].spans == (Span(datetime(2026, 11, 24, 1, tzinfo=UTC), datetime(2026, 11, 24, 21, tzinfo=UTC)),)
    assert [len(day.spans) for day in days] == [1, 1, 1, 1, 1, 0, 0]


def test_a_window_that_passes_the_readers_midnight_is_cut_there():
    days = week_around(clock_for(STANDARD), NOW, SAO_PAULO)

    # 02:00 to 22:00 in Berlin is 22:00 the day before to 18:00 in São Paulo.
    hours = [
        [tuple(at.astimezone(SAO_PAULO).hour for at in (span.start, span.end)) for span in day.spans] for day in days
    ]
    middle = [(0, 18), (22, 0)]
    assert hours == [middle, middle, middle, middle, [(0, 18)], [], [(22, 0)]]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_weeks_days_add_up_to_its_open_time(zone):
    days = week_around(clock_for(STANDARD), NOW, ZoneInfo(zone))

    total = sum((span.length for day in days for span in day.spans), timedelta())
    assert total == clock_for(STANDARD).open_time_between(days[0].start, days[-1].end)


def test_a_day_is_open_throughout_only_when_all_of_it_is():
    assert all(day.is_open_throughout for day in week_around(clock_for(ALWAYS), NOW, SAO_PAULO))
    assert not any(day.is_open_throughout for day in week_around(clock_for(STANDARD), NOW, BERLIN))


def test_the_day_of_the_clock_change_has_its_real_length():
    sunday = week_around(clock_for(ALWAYS), datetime(2026, 10, 24, 12, tzinfo=UTC), BERLIN)[6]

    assert sunday.spans[0].length == timedelta(hours=25)


def test_nothing_is_open_in_a_calendar_without_windows():
    never = Calendar("never", "Europe/Berlin", parse_week([[]] * 7))

    assert open_between(clock_for(never), NOW, NOW + timedelta(days=7)) == ()
