"""The clock, case by case: ordinary weeks, the two days the clocks change, and closed days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from packages.policy.clock import (
    Clock,
    ClockChange,
    InstantsReversed,
    NaiveInstant,
    NeverOpen,
    Span,
    TargetNotPositive,
    clock_for,
)
from packages.policy.hours import Calendar, Week, ZoneUnknown

from .calendars import ALWAYS, NEVER, PREMIUM, PREMIUM_DAYS, STANDARD, STANDARD_DAYS, berlin, calendar, every_day

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)


# 2026-11-20 is a Friday.
@pytest.mark.parametrize(
    ("one", "filed", "hours", "due"),
    [
        (STANDARD, berlin(2026, 11, 17, 10), 4, berlin(2026, 11, 17, 14)),
        (STANDARD, berlin(2026, 11, 17, 18), 4, berlin(2026, 11, 17, 22)),
        (STANDARD, berlin(2026, 11, 17, 22), 4, berlin(2026, 11, 18, 6)),
        (STANDARD, berlin(2026, 11, 20, 21), 4, berlin(2026, 11, 23, 5)),
        (STANDARD, berlin(2026, 11, 21, 12), 8, berlin(2026, 11, 23, 10)),
        (STANDARD, berlin(2026, 11, 17, 1), 20, berlin(2026, 11, 17, 22)),
        (STANDARD, berlin(2026, 11, 17, 10), 24, berlin(2026, 11, 18, 14)),
        (PREMIUM, berlin(2026, 11, 17, 23, 45), 0.5, berlin(2026, 11, 18, 0, 15)),
        (PREMIUM, berlin(2026, 11, 20, 23), 2, berlin(2026, 11, 21, 10)),
        (PREMIUM, berlin(2026, 11, 22, 16), 2, berlin(2026, 11, 23, 1)),
        (PREMIUM, berlin(2026, 11, 20, 12), 24, berlin(2026, 11, 22, 13)),
        (ALWAYS, berlin(2026, 12, 31, 23), 48, berlin(2027, 1, 2, 23)),
    ],
)
def test_deadline_counts_opening_hours_only(one, filed, hours, due):
    assert clock_for(one).deadline(filed, hours * HOUR) == due


def test_deadline_at_the_end_of_a_window_is_closing_time_not_the_next_opening():
    clock = clock_for(STANDARD)

    assert clock.deadline(berlin(2026, 11, 20, 18), 4 * HOUR) == berlin(2026, 11, 20, 22)
    assert clock.deadline(berlin(2026, 11, 20, 18), 4 * HOUR + MICROSECOND) == berlin(2026, 11, 23, 2) + MICROSECOND


def test_deadline_keeps_microseconds():
    filed = berlin(2026, 11, 20, 21, 59, 59, 999_999)

    assert clock_for(STANDARD).deadline(filed, HOUR) == berlin(2026, 11, 23, 2, 59, 59, 999_999)
    assert clock_for(STANDARD).deadline(filed, MICROSECOND) == berlin(2026, 11, 20, 22)


def test_deadline_takes_any_zone_and_returns_utc():
    filed = berlin(2026, 11, 17, 10)

    due = clock_for(STANDARD).deadline(filed.astimezone(ZoneInfo("America/Sao_Paulo")), 4 * HOUR)

    assert due.tzinfo is UTC
    assert due == clock_for(STANDARD).deadline(filed, 4 * HOUR)


def test_deadline_tells_the_two_readings_of_an_hour_apart():
    zone = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1))

    assert clock_for(ALWAYS).deadline(second, HOUR) - clock_for(ALWAYS).deadline(first, HOUR) == HOUR


@pytest.mark.parametrize(("day", "month", "hours"), [(29, 3, 2), (28, 3, 3), (25, 10, 4), (24, 10, 3)])
def test_window_over_a_clock_change_lasts_its_real_hours(day, month, hours):
    clock = clock_for(every_day("01:00-04:00"))
    opens, closes = berlin(2026, month, day, 1), berlin(2026, month, day, 4)

    assert clock.deadline(berlin(2026, month, day, 0), hours * HOUR) == closes
    assert clock.open_time_between(opens, closes) == hours * HOUR
    assert clock.deadline(opens, hours * HOUR + MINUTE) > closes + 12 * HOUR


def test_window_within_a_skipped_hour_is_not_open_that_day():
    clock = clock_for(every_day("02:15-02:45"))

    assert clock.open_time_between(berlin(2026, 3, 29), berlin(2026, 3, 30)) == timedelta(0)
    assert clock.deadline(berlin(2026, 3, 29), 30 * MINUTE) == berlin(2026, 3, 30, 2, 45)


def test_window_within_a_repeated_hour_opens_twice_that_day():
    clock = clock_for(every_day("02:15-02:45"))
    first, second = berlin(2026, 10, 25, 2, 15), berlin(2026, 10, 25, 2, 15, fold=1)

    assert clock.open_time_between(berlin(2026, 10, 25), berlin(2026, 10, 26)) == HOUR
    assert clock.next_opening(first + 30 * MINUTE) == second
    assert not clock.is_open(berlin(2026, 10, 25, 2, 50))
    assert clock.deadline(first, 45 * MINUTE) == second + 15 * MINUTE


def test_window_that_ends_in_a_skipped_hour_ends_when_the_clocks_change():
    clock = clock_for(every_day("01:00-02:30"))

    assert clock.closes_at(berlin(2026, 3, 29, 1)) == berlin(2026, 3, 29, 3)


def test_half_an_hour_of_change_counts_as_half_an_hour():
    # Lord Howe goes from +11:00 to +10:30 on 5 April 2026 and back on 4 October.
    clock = clock_for(every_day("01:00-04:00", zone="Australia/Lord_Howe"))
    zone = ZoneInfo("Australia/Lord_Howe")
    days = [datetime(2026, month, day, tzinfo=zone) for month, day in ((4, 5), (10, 4), (6, 1))]

    lengths = [clock.open_time_between(day, day + timedelta(days=1)) for day in days]

    assert lengths == [3.5 * HOUR, 2.5 * HOUR, 3 * HOUR]


def test_a_day_that_a_zone_skipped_has_no_opening_hours():
    # Samoa moved across the date line: 29 December 2011 was followed by the 31st.
    clock = clock_for(every_day("09:00-17:00", zone="Pacific/Apia"))
    zone = ZoneInfo("Pacific/Apia")

    due = clock.deadline(datetime(2011, 12, 29, 12, tzinfo=zone), 6 * HOUR)

    assert due == datetime(2011, 12, 31, 10, tzinfo=zone).astimezone(UTC)


def test_a_window_passes_midnight_and_the_end_of_the_week():
    clock = clock_for(calendar([[], [], [], [], [], [], ["22:00-06:00"]]))

    assert clock.deadline(berlin(2026, 11, 22, 23), 7 * HOUR) == berlin(2026, 11, 23, 6)
    assert clock.is_open(berlin(2026, 11, 23, 5, 59))
    assert not clock.is_open(berlin(2026, 11, 23, 6))


def test_windows_that_overlap_count_once():
    clock = clock_for(every_day("09:00-12:00", "11:00-13:00", "09:30-10:00"))

    assert clock.open_time_between(berlin(2026, 11, 17), berlin(2026, 11, 18)) == 4 * HOUR


def test_a_closed_day_does_not_count():
    clock = clock_for(calendar(STANDARD_DAYS, closed=[date(2026, 12, 25), date(2026, 12, 28)]))

    assert clock.deadline(berlin(2026, 12, 24, 21), 2 * HOUR) == berlin(2026, 12, 29, 3)


def test_a_closed_day_closes_its_own_minutes_and_the_shift_that_would_start_on_it():
    clock = clock_for(every_day("22:00-06:00", closed=[date(2026, 12, 25)]))

    assert clock.closes_at(berlin(2026, 12, 24, 23)) == berlin(2026, 12, 25)
    assert clock.next_opening(berlin(2026, 12, 25)) == berlin(2026, 12, 26, 22)


def test_closed_days_next_to_each_other_close_the_whole_stretch():
    clock = clock_for(calendar(PREMIUM_DAYS, closed=[date(2026, 12, 23), date(2026, 12, 24), date(2026, 12, 25)]))

    assert clock.closes_at(berlin(2026, 12, 21, 12)) == berlin(2026, 12, 23)
    assert clock.next_opening(berlin(2026, 12, 23)) == berlin(2026, 12, 26, 9)


def test_is_open_at_the_start_of_a_window_and_not_at_its_end():
    clock = clock_for(STANDARD)

    assert clock.is_open(berlin(2026, 11, 17, 2))
    assert not clock.is_open(berlin(2026, 11, 17, 2) - MICROSECOND)
    assert not clock.is_open(berlin(2026, 11, 17, 22))
    assert clock.is_open(berlin(2026, 11, 17, 22) - MICROSECOND)


def test_next_opening_is_now_when_open_and_later_when_closed():
    clock = clock_for(STANDARD)
    open_at = berlin(2026, 11, 17, 9, 30)

    assert clock.next_opening(open_at) == open_at
    assert clock.next_opening(berlin(2026, 11, 20, 22)) == berlin(2026, 11, 23, 2)


def test_next_opening_looks_past_years_of_closed_days():
    closed = [date(2026, 1, 1) + timedelta(days=day) for day in range(5 * 365)]
    clock = clock_for(calendar(STANDARD_DAYS, closed=closed))

    assert clock.next_opening(berlin(2026, 1, 1)) == berlin(2030, 12, 31, 2)
    assert clock.deadline(berlin(2026, 1, 1), HOUR) == berlin(2030, 12, 31, 3)


def test_closes_at_is_the_end_of_all_that_is_joined():
    assert clock_for(PREMIUM).closes_at(berlin(2026, 11, 17, 12)) == berlin(2026, 11, 21)
    assert clock_for(STANDARD).closes_at(berlin(2026, 11, 21, 12)) is None


def test_closes_at_goes_on_beyond_the_turn_of_the_year():
    # 31 December 2026 is a Thursday; a fresh clock has no later year in its table.
    assert Clock(PREMIUM).closes_at(berlin(2027, 12, 31, 12)) == berlin(2028, 1, 1)
    assert Clock(PREMIUM).closes_at(berlin(2026, 12, 31, 12)) == berlin(2027, 1, 2)


def test_closes_at_is_none_for_what_never_closes_but_finds_a_distant_closed_day():
    assert Clock(ALWAYS).closes_at(berlin(2026, 11, 17)) is None
    assert Clock(every_day("00:00-24:00", closed=[date(2045, 5, 1)])).closes_at(berlin(2026, 1, 1)) == berlin(
        2045, 5, 1
    )


def test_open_time_between_is_nothing_for_one_instant_and_refuses_to_run_backwards():
    at = berlin(2026, 11, 17, 10)

    assert clock_for(STANDARD).open_time_between(at, at) == timedelta(0)
    with pytest.raises(InstantsReversed):
        clock_for(STANDARD).open_time_between(at, at - MICROSECOND)


def test_explain_shows_each_local_day_and_adds_up():
    spans = clock_for(STANDARD).explain(berlin(2026, 11, 20, 21), 24 * HOUR)

    assert spans == (
        Span(berlin(2026, 11, 20, 21), berlin(2026, 11, 20, 22)),
        Span(berlin(2026, 11, 23, 2), berlin(2026, 11, 23, 22)),
        Span(berlin(2026, 11, 24, 2), berlin(2026, 11, 24, 5)),
    )
    assert [span.length for span in spans] == [HOUR, 20 * HOUR, 3 * HOUR]


def test_explain_cuts_joined_days_at_midnight():
    spans = clock_for(PREMIUM).explain(berlin(2026, 11, 17, 23), 2 * HOUR)

    assert spans == (
        Span(berlin(2026, 11, 17, 23), berlin(2026, 11, 18)),
        Span(berlin(2026, 11, 18), berlin(2026, 11, 18, 1)),
    )


def test_explain_cuts_where_the_clocks_change():
    spans = clock_for(ALWAYS).explain(berlin(2026, 10, 25, 1), 4 * HOUR)
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)

    assert spans == (Span(berlin(2026, 10, 25, 1), change), Span(change, berlin(2026, 10, 25, 4)))


def test_explain_has_nothing_before_opening_and_nothing_empty():
    spans = clock_for(STANDARD).explain(berlin(2026, 11, 20, 22), 20 * HOUR)

    assert spans == (Span(berlin(2026, 11, 23, 2), berlin(2026, 11, 23, 22)),)


def test_clock_changes_between_gives_instants_and_offsets():
    changes = clock_for(STANDARD).clock_changes_between(berlin(2026, 1, 1), berlin(2027, 1, 1))

    assert changes == (
        ClockChange(datetime(2026, 3, 29, 1, tzinfo=UTC), HOUR, 2 * HOUR),
        ClockChange(datetime(2026, 10, 25, 1, tzinfo=UTC), 2 * HOUR, HOUR),
    )


def test_clock_changes_between_includes_one_at_the_end_but_not_at_the_start():
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    clock = clock_for(STANDARD)

    assert len(clock.clock_changes_between(change - HOUR, change)) == 1
    assert clock.clock_changes_between(change, change + HOUR) == ()
    assert clock.clock_changes_between(change - HOUR, change - MICROSECOND) == ()
    assert clock_for(every_day("09:00-17:00", zone="UTC")).clock_changes_between(change, change + 9999 * HOUR) == ()


def test_deadlines_many_gives_what_deadline_gives():
    clock, epoch = Clock(PREMIUM), datetime(1970, 1, 1, tzinfo=UTC)
    opened = [berlin(2026, 3, 27, 9) + index * 7919 * MINUTE for index in range(-500, 500)]

    many = clock.deadlines_many(((at - epoch) // MICROSECOND for at in opened), 24 * HOUR // MICROSECOND)

    assert [epoch + due * MICROSECOND for due in many] == [clock.deadline(at, 24 * HOUR) for at in opened]


def test_deadlines_many_of_nothing_is_nothing():
    assert Clock(STANDARD).deadlines_many([], 1) == []


@pytest.mark.parametrize("target", [timedelta(0), -MICROSECOND])
def test_a_target_of_nothing_is_refused(target):
    clock = clock_for(STANDARD)

    with pytest.raises(TargetNotPositive):
        clock.deadline(berlin(2026, 11, 17), target)
    with pytest.raises(TargetNotPositive):
        clock.explain(berlin(2026, 11, 17), target)
    with pytest.raises(TargetNotPositive):
        clock.deadlines_many([0], target // MICROSECOND)


def test_an_instant_without_a_zone_is_refused():
    clock, naive = clock_for(STANDARD), datetime(2026, 11, 17)

    for ask in (clock.is_open, clock.next_opening, clock.closes_at, lambda at: clock.deadline(at, HOUR)):
        with pytest.raises(NaiveInstant):
            ask(naive)


def test_a_calendar_without_windows_is_never_open():
    clock, at = clock_for(NEVER), berlin(2026, 11, 17)

    with pytest.raises(NeverOpen):
        clock.deadline(at, HOUR)
    with pytest.raises(NeverOpen):
        clock.next_opening(at)
    with pytest.raises(NeverOpen):
        clock.deadlines_many([0], 1)
    assert not clock.is_open(at)
    assert clock.closes_at(at) is None
    assert clock.open_time_between(at, at + 99 * HOUR) == timedelta(0)


def test_a_target_beyond_the_last_year_is_never_reached():
    with pytest.raises(NeverOpen):
        clock_for(STANDARD).deadline(berlin(2026, 11, 17), timedelta.max)
    with pytest.raises(NeverOpen):
        Clock(STANDARD).deadline(berlin(9999, 12, 29), 100 * HOUR)


def test_instants_at_the_ends_of_the_years_are_counted_or_refused():
    assert Clock(ALWAYS).deadline(datetime(1, 1, 3, tzinfo=UTC), HOUR) == datetime(1, 1, 3, 1, tzinfo=UTC)
    assert Clock(ALWAYS).deadline(datetime(9999, 12, 30, tzinfo=UTC), HOUR) == datetime(9999, 12, 30, 1, tzinfo=UTC)
    with pytest.raises(NeverOpen):
        Clock(ALWAYS).is_open(datetime.max.replace(tzinfo=UTC))


def test_the_table_grows_both_ways_without_changing_an_answer():
    clock = Clock(STANDARD)
    asked = [berlin(year, 11, 17, 10) for year in (2026, 2031, 2019, 2026, 2040, 2019)]

    for at in asked:
        assert clock.deadline(at, 24 * HOUR) == Clock(STANDARD).deadline(at, 24 * HOUR)


def test_a_zone_that_does_not_exist_is_refused():
    week: Week = ((),) * 7
    for name in ("Europe/Atlantis", "", "../etc/passwd", "Europe"):
        with pytest.raises(ZoneUnknown):
            clock_for(Calendar("test", name, week))


def test_clock_for_keeps_one_clock_for_equal_calendars():
    assert clock_for(calendar(STANDARD_DAYS)) is clock_for(calendar(STANDARD_DAYS))
    assert clock_for(calendar(STANDARD_DAYS)) is not clock_for(calendar(PREMIUM_DAYS))


def test_threads_that_make_a_table_grow_at_once_get_the_same_answers():
    clock = Clock(PREMIUM)
    asked = [berlin(2026 + step * 7 % 31, 1 + step % 12, 17, 10) for step in range(200)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda at: clock.deadline(at, 8 * HOUR), asked))

    assert answers == [clock_for(PREMIUM).deadline(at, 8 * HOUR) for at in asked]
