"""Traps that users of other systems fell into, and that the clock must stay out of."""

from datetime import date, timedelta

from packages.policy.clock import clock_for

from .calendars import ALWAYS, STANDARD, berlin, calendar, every_day

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)


def test_trap_2_a_whole_day_joins_the_next_and_2359_is_what_it_says():
    # Source: zammad/zammad issue 3180.
    whole, short = clock_for(ALWAYS), clock_for(every_day("00:00-23:59"))
    last_minute = berlin(2026, 11, 17, 23, 59)

    assert whole.is_open(last_minute)
    assert whole.is_open(berlin(2026, 11, 18) - MICROSECOND)
    assert whole.open_time_between(berlin(2026, 11, 17), berlin(2026, 11, 19)) == 48 * HOUR
    assert whole.deadline(last_minute, 2 * MINUTE) == berlin(2026, 11, 18, 0, 1)
    assert not short.is_open(last_minute)
    assert short.open_time_between(berlin(2026, 11, 17), berlin(2026, 11, 19)) == 48 * HOUR - 2 * MINUTE


def test_trap_6_a_weekday_without_hours_is_not_counted():
    # Source: osTicket/osTicket issue 6739.
    clock = clock_for(calendar([["09:00-17:00"], ["09:00-17:00"], [], ["09:00-17:00"], ["09:00-17:00"], [], []]))

    assert clock.deadline(berlin(2026, 11, 17, 16), 2 * HOUR) == berlin(2026, 11, 19, 10)
    assert clock.open_time_between(berlin(2026, 11, 18), berlin(2026, 11, 19)) == timedelta(0)


def test_trap_10_lunch_and_closed_days_are_not_counted():
    # Source: chatwoot/chatwoot issues 14009 and 6467.
    days = [["09:00-12:00", "13:00-17:00"]] * 5 + [[], []]
    clock = clock_for(calendar(days, closed=[date(2026, 11, 18)]))

    assert clock.deadline(berlin(2026, 11, 17, 11, 30), HOUR) == berlin(2026, 11, 17, 13, 30)
    assert clock.deadline(berlin(2026, 11, 17, 16, 30), HOUR) == berlin(2026, 11, 19, 9, 30)
    assert clock.deadline(berlin(2026, 11, 17, 9), 3 * HOUR) == berlin(2026, 11, 17, 12)
    assert not clock.is_open(berlin(2026, 11, 17, 12, 30))


def test_trap_11_a_new_target_counts_what_was_counted_before():
    # Source: glpi-project/glpi issue 15605.
    clock, filed = clock_for(STANDARD), berlin(2026, 11, 20, 20)
    raised_at = berlin(2026, 11, 23, 3)

    used = clock.open_time_between(filed, raised_at)

    assert used == 3 * HOUR
    assert clock.deadline(filed, 4 * HOUR) == clock.deadline(raised_at, 4 * HOUR - used) == berlin(2026, 11, 23, 4)
