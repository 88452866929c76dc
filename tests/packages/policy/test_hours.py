"""Windows, weeks and closed days as values."""

import pickle
from datetime import date

import pytest

from packages.policy.hours import (
    Calendar,
    HoursError,
    Overlap,
    WeekMisshapen,
    Window,
    WindowOutOfRange,
    WindowUnreadable,
    overlaps,
    parse_week,
    parse_window,
)

from .calendars import ALWAYS, NEVER, PREMIUM, STANDARD, calendar


@pytest.mark.parametrize(
    ("text", "start", "end", "shown"),
    [
        ("02:00-22:00", 120, 1320, "02:00-22:00"),
        ("00:00-24:00", 0, 1440, "00:00-24:00"),
        ("22:00-06:00", 1320, 1800, "22:00-06:00"),
        ("22:00-00:00", 1320, 1440, "22:00-24:00"),
        ("22:00-24:00", 1320, 1440, "22:00-24:00"),
        ("09:00-09:00", 540, 1980, "09:00-09:00"),
        ("00:00-00:00", 0, 1440, "00:00-24:00"),
        ("00:00-23:59", 0, 1439, "00:00-23:59"),
        (" 9:00 \u2013 17:30 ", 540, 1050, "09:00-17:30"),
    ],
)
def test_parse_window_reads_a_text_and_the_window_shows_it(text, start, end, shown):
    window = parse_window(text)

    assert window == Window(start, end)
    assert str(window) == shown
    assert parse_window(shown) == window


@pytest.mark.parametrize(
    "text", ["", "09:00", "9-17", "09:00-", "09:00-17:00-18:00", "nine-five", "09.00-17.00", "-9:00-17:00"]
)
def test_parse_window_refuses_what_is_no_window(text):
    with pytest.raises(WindowUnreadable) as caught:
        parse_window(text)

    assert caught.value.code == "window_unreadable"


@pytest.mark.parametrize("text", ["25:00-26:00", "09:60-10:00", "09:00-24:01", "24:00-02:00"])
def test_parse_window_refuses_times_that_no_day_has(text):
    with pytest.raises(WindowOutOfRange) as caught:
        parse_window(text)

    assert caught.value.code == "window_out_of_range"


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (60, 60), (120, 60), (1440, 1500), (0, 1441), (60, 2880)])
def test_window_refuses_minutes_that_make_no_window(start, end):
    with pytest.raises(WindowOutOfRange):
        Window(start, end)


def test_errors_of_hours_are_value_errors():
    assert issubclass(HoursError, ValueError)


def test_window_says_whether_it_passes_midnight():
    assert parse_window("22:00-06:00").passes_midnight
    assert not parse_window("22:00-24:00").passes_midnight


def test_parse_week_sorts_the_windows_of_a_day():
    week = parse_week([["13:00-17:00", "09:00-12:00"], [], [], [], [], [], []])

    assert week[0] == (Window(540, 720), Window(780, 1020))


@pytest.mark.parametrize("days", [0, 6, 8])
def test_a_week_has_seven_days(days):
    with pytest.raises(WeekMisshapen):
        parse_week([[]] * days)
    with pytest.raises(WeekMisshapen):
        Calendar("test", "UTC", ((),) * days)


def test_overlaps_names_both_windows_of_a_day():
    week = parse_week([[], ["09:00-12:00", "11:59-13:00", "13:00-14:00"], [], [], [], [], []])

    assert overlaps(week) == (Overlap(1, Window(540, 720), 1, Window(719, 780)),)


def test_overlaps_sees_across_midnight_and_the_end_of_the_week():
    week = parse_week([["00:30-02:00"], ["00:00-03:00"], [], [], [], [], ["20:00-01:00"]])
    late_monday = parse_week([["23:00-01:00"], ["00:00-03:00"], [], [], [], [], []])

    assert overlaps(week) == (Overlap(6, Window(1200, 1500), 0, Window(30, 120)),)
    assert overlaps(late_monday) == (Overlap(0, Window(1380, 1500), 1, Window(0, 180)),)


def test_the_same_window_twice_overlaps():
    week = parse_week([["09:00-17:00", "09:00-17:00"], [], [], [], [], [], []])

    assert len(overlaps(week)) == 1


@pytest.mark.parametrize("one", [STANDARD, PREMIUM, ALWAYS, NEVER, calendar([["09:00-09:00"]] * 7)])
def test_windows_that_touch_do_not_overlap(one):
    assert overlaps(one.week) == ()


def test_calendar_knows_whether_it_is_never_or_always_open():
    assert NEVER.is_never_open
    assert not STANDARD.is_never_open
    assert [one.is_open_all_week for one in (ALWAYS, PREMIUM, STANDARD, NEVER)] == [True, False, False, False]


def test_a_week_without_a_gap_is_open_all_week_however_it_is_cut():
    assert calendar([["09:00-09:00"]] * 7).is_open_all_week
    assert calendar([["00:00-12:00", "06:00-24:00"]] * 7).is_open_all_week
    assert not calendar([["00:00-23:59"]] * 7).is_open_all_week
    assert not calendar([["09:00-09:00"]] * 6 + [[]]).is_open_all_week


def test_equal_calendars_are_equal_keys_and_survive_pickling():
    one, other = (calendar([["09:00-17:00"]] * 7, closed=[date(2026, 12, 25)]) for _ in range(2))

    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert one != calendar([["09:00-17:00"]] * 7)
