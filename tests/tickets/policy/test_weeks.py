"""Weeks begin where support is, hours are UTC's."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.instants import BERLIN, berlin
from tickets.policy.weeks import hour_of, week_after, week_of, weeks_until

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (berlin(2026, 11, 23), berlin(2026, 11, 23)),
        (berlin(2026, 11, 22, 23, 59), berlin(2026, 11, 16)),
        (berlin(2026, 3, 29, 23, 30), berlin(2026, 3, 23)),  # the clocks went forward that night
        (berlin(2026, 10, 25, 23, 30), berlin(2026, 10, 19)),  # and back
        (berlin(2026, 1, 1), berlin(2025, 12, 29)),
    ],
)
def test_a_week_begins_on_monday_at_midnight_in_supports_zone(at, week):
    assert week_of(at, BERLIN) == week


@pytest.mark.parametrize(
    ("week", "hours"),
    [(berlin(2026, 3, 23), 167), (berlin(2026, 10, 19), 169), (berlin(2026, 11, 16), 168)],
    ids=["clocks forward", "clocks back", "plain"],
)
def test_a_week_has_an_hour_less_or_more_when_the_clocks_change(week, hours):
    assert week_after(week, BERLIN) - week == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Chatham", "UTC"])
def test_every_hour_of_a_year_is_in_one_week(zone):
    place = ZoneInfo(zone)
    hour, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    while hour < end:
        week = week_of(hour, place)
        assert week <= hour < week_after(week, place)
        hour += timedelta(hours=1)


def test_a_zone_of_half_hours_begins_its_week_with_the_hour_of_its_midnight():
    assert week_of(datetime(2026, 11, 22, 18, 0, tzinfo=UTC), KOLKATA) == datetime(2026, 11, 22, 18, tzinfo=UTC)


def test_the_last_weeks_end_with_the_running_one():
    weeks = weeks_until(berlin(2026, 11, 24, 13), 6, BERLIN)

    assert weeks[-1] == berlin(2026, 11, 23)
    assert weeks[0] == berlin(2026, 10, 19)
    assert len(weeks) == 6


def test_an_hour_is_utcs():
    assert hour_of(berlin(2026, 11, 24, 13, 59)) == datetime(2026, 11, 24, 12, tzinfo=UTC)
