"""What holds of every calendar, zone, instant and target; half of the instants lie around a change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from packages.policy.clock import Clock
from packages.policy.hours import Calendar, Window, parse_window

pytestmark = pytest.mark.slow  # each of them is quick, all of them take long


MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
ZERO = timedelta(0)

# Each with instants at which its wall clock jumps: by an hour, by half an hour, at midnight, over a whole day, in the
# month of Ramadan, by 45 minutes from UTC, never.
CHANGES = {
    "Europe/Berlin": (datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)),
    "America/New_York": (datetime(2026, 3, 8, 7), datetime(2026, 11, 1, 6)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, 15), datetime(2026, 10, 3, 15, 30)),
    "America/Sao_Paulo": (datetime(2018, 11, 4, 3), datetime(2019, 2, 17, 2)),
    "Pacific/Apia": (datetime(2011, 12, 30, 10),),
    "Africa/Casablanca": (datetime(2026, 2, 15, 2), datetime(2026, 3, 22, 2)),
    "Pacific/Chatham": (datetime(2026, 4, 4, 14), datetime(2026, 9, 26, 14)),
    "Asia/Kolkata": (datetime(2026, 6, 1),),
    "UTC": (datetime(2026, 1, 1),),
}

windows = st.builds(
    lambda start, length: Window(start, start + length),
    st.one_of(st.integers(0, 1439), st.sampled_from([0, 60, 120, 150, 180, 1320])),
    st.one_of(st.integers(1, 1440), st.sampled_from([30, 60, 1440])),
)
weeks = st.tuples(*[st.lists(windows, max_size=3).map(tuple)] * 7)


@st.composite
def calendars(draw):
    zone = draw(st.sampled_from(sorted(CHANGES)))
    near = draw(st.sampled_from(CHANGES[zone])).date()
    closed = draw(st.frozensets(st.integers(-4, 8).map(lambda days: near + timedelta(days=days)), max_size=3))
    calendar = Calendar("drawn", zone, draw(weeks), closed)
    assume(not calendar.is_never_open)
    return calendar


@st.composite
def cases(draw):
    """Return a calendar and an instant, as often as not within hours of a change of its clocks."""
    calendar = draw(calendars())
    change = draw(st.sampled_from(CHANGES[calendar.zone])).replace(tzinfo=UTC)
    away = st.one_of(
        st.timedeltas(timedelta(hours=-5), timedelta(hours=5)),
        st.timedeltas(timedelta(days=-200), timedelta(days=200)),
        st.integers(-300, 300).map(lambda minutes: minutes * MINUTE),
    )
    return calendar, change + draw(away)


targets = st.one_of(
    st.timedeltas(MICROSECOND, timedelta(days=3)), st.sampled_from([30, 60, 240, 480, 1440]).map(lambda m: m * MINUTE)
)


def is_open_by_the_wall(calendar: Calendar, at: datetime) -> bool:
    """Return whether the wall clock reads inside a window: the rule itself, for one instant."""
    wall = at.astimezone(ZoneInfo(calendar.zone))
    minute, today, yesterday = wall.hour * 60 + wall.minute, wall.date(), wall.date() - timedelta(days=1)
    if today in calendar.closed_days:
        return False
    if any(window.start <= minute < window.end for window in calendar.week[today.weekday()]):
        return True
    return yesterday not in calendar.closed_days and any(
        minute + 1440 < window.end for window in calendar.week[yesterday.weekday()]
    )


def deadline_by_walking(calendar: Calendar, opened: datetime, target: timedelta, days: int) -> datetime | None:
    """Walk minute by minute until the target is used up; None if the days do not suffice."""
    now, left = opened, target
    for _ in range(days * 1440):
        next_minute = now.replace(second=0, microsecond=0) + MINUTE
        if is_open_by_the_wall(calendar, now):
            if next_minute - now >= left:
                return now + left
            left -= next_minute - now
        now = next_minute
    return None


@given(cases(), targets)
@settings(max_examples=80, deadline=None)
def test_deadline_agrees_with_a_walk_minute_by_minute(case, target):
    calendar, opened = case
    target = target % timedelta(hours=12) or MINUTE

    walked = deadline_by_walking(calendar, opened, target, days=5)

    due = Clock(calendar).deadline(opened, target)
    assert due == walked if walked is not None else due > opened + timedelta(days=4)


@given(cases())
@settings(max_examples=100, deadline=None)
def test_is_open_next_opening_and_closes_at_agree_with_the_wall_clock(case):
    calendar, at = case
    clock = Clock(calendar)

    assert clock.is_open(at) == is_open_by_the_wall(calendar, at)
    opening = clock.next_opening(at)
    assert (opening == at) == clock.is_open(at)
    assert is_open_by_the_wall(calendar, opening)
    assert opening == at or not is_open_by_the_wall(calendar, opening - MICROSECOND)
    assert clock.open_time_between(at, opening) == ZERO
    closing = clock.closes_at(opening)
    if closing is not None:
        assert not is_open_by_the_wall(calendar, closing)
        assert clock.open_time_between(opening, closing) == closing - opening


@given(cases(), targets)
@settings(max_examples=100, deadline=None)
def test_open_time_until_the_deadline_is_the_target_and_not_before(case, target):
    calendar, opened = case
    clock = Clock(calendar)

    due = clock.deadline(opened, target)

    assert clock.open_time_between(opened, due) == target
    assert clock.open_time_between(opened, due - MICROSECOND) == target - MICROSECOND
    assert due >= opened + target


@given(cases(), targets, st.timedeltas(ZERO, timedelta(days=9)), st.timedeltas(ZERO, timedelta(days=9)))
@settings(max_examples=100, deadline=None)
def test_deadline_is_monotone_in_filing_and_target(case, target, later, longer):
    calendar, opened = case
    clock = Clock(calendar)

    due = clock.deadline(opened, target)

    assert clock.deadline(opened + later, target) >= due
    assert clock.deadline(opened, target + longer) >= due + longer
    assert clock.deadline(due, longer or MICROSECOND) == clock.deadline(opened, target + (longer or MICROSECOND))


@given(cases(), targets)
@settings(max_examples=80, deadline=None)
def test_explain_adds_up_and_each_span_lies_in_one_local_day_with_one_offset(case, target):
    calendar, opened = case
    clock, zone = Clock(calendar), ZoneInfo(calendar.zone)

    spans = clock.explain(opened, target)

    assert sum((span.length for span in spans), ZERO) == target
    assert spans[-1].end == clock.deadline(opened, target)
    assert spans[0].start == clock.next_opening(opened)
    assert all(span.end <= following.start for span, following in zip(spans, spans[1:], strict=False))
    for span in spans:
        first, last = span.start.astimezone(zone), (span.end - MICROSECOND).astimezone(zone)
        assert first.date() == last.date()
        assert first.utcoffset() == last.utcoffset()
        assert span.start < span.end
        assert clock.open_time_between(span.start, span.end) == span.length


@given(cases(), targets, st.data())
@settings(max_examples=50, deadline=None)
def test_a_window_cut_in_two_changes_nothing(case, target, data):
    calendar, opened = case
    week = [list(day) for day in calendar.week]
    day = data.draw(st.sampled_from([index for index, day in enumerate(week) if day]))
    whole = week[day].pop()
    # The second half of a window that passes midnight belongs to the day before all the same, so cut on the first day.
    latest = min(whole.end, 1440) - 1
    assume(whole.start < latest)
    cut = data.draw(st.integers(whole.start + 1, latest))
    week[day] += [Window(whole.start, cut), Window(cut, whole.end)]
    halved = Calendar("halved", calendar.zone, tuple(map(tuple, week)), calendar.closed_days)

    assert Clock(halved).deadline(opened, target) == Clock(calendar).deadline(opened, target)
    assert Clock(halved).explain(opened, target) == Clock(calendar).explain(opened, target)


@given(cases(), targets, st.integers(-12, 12), st.integers(-12, 12))
@settings(max_examples=30, deadline=None)
def test_answers_do_not_depend_on_what_was_asked_before(case, target, year, other_year):
    calendar, opened = case
    fresh, used = Clock(calendar), Clock(calendar)

    for years in (year, other_year):
        used.is_open(opened + timedelta(days=365 * years))

    assert used.deadline(opened, target) == fresh.deadline(opened, target)
    assert used.closes_at(opened) == fresh.closes_at(opened)


@given(windows)
def test_a_window_is_read_back_from_its_text(window):
    assert parse_window(str(window)) == window


@given(cases(), targets, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
@settings(max_examples=30, deadline=None)
def test_a_closed_day_never_makes_a_deadline_earlier(case, target, closed):
    calendar, opened = case
    more = Calendar("more", calendar.zone, calendar.week, calendar.closed_days | {closed})

    assert Clock(more).deadline(opened, target) >= Clock(calendar).deadline(opened, target)
