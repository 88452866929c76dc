"""Counts and percentiles that add up: how far they may be from the exact ones, and where they never are."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.instants import NOW
from tests.tickets.figures import exact_rank
from tickets.policy.attainment import LOWEST, Attainment, Settled, bucket_of, share_of

HOUR = timedelta(hours=1)
CLOSE_ENOUGH = 2 ** (1 / 32)  # half a bucket: 2.2 %
times = st.timedeltas(timedelta(seconds=2), timedelta(days=40))
targets = st.sampled_from([timedelta(minutes=30), timedelta(hours=4), timedelta(hours=24)])


def settled(used: timedelta | None = HOUR, target: timedelta = 4 * HOUR, **facts) -> Settled:
    usual = {"outcome": "kept", "sent_back": False, "lowered": False}
    return Settled(NOW, "premium", "urgent", "other", 1, target, used=used, **{**usual, **facts})


def attainment(*promises: Settled) -> Attainment:
    found = Attainment()
    for one in promises:
        found.count(one)
    return found


@given(times, targets)
def test_a_share_read_back_is_at_most_half_a_bucket_away(used, target):
    exact = used / target

    read = share_of(bucket_of(used, target))

    assert exact / CLOSE_ENOUGH * 0.999999 <= read <= exact * CLOSE_ENOUGH * 1.000001


@pytest.mark.parametrize("target", [timedelta(minutes=30), timedelta(hours=24), timedelta(microseconds=7)])
def test_the_deadline_itself_divides_two_buckets(target):
    microsecond = timedelta(microseconds=1)

    assert bucket_of(target, target) == 0
    assert bucket_of(target - microsecond, target) < 0
    assert bucket_of(target + microsecond, target) >= 0


def test_an_answer_while_support_is_closed_has_used_nothing():
    assert bucket_of(timedelta(0), HOUR) == LOWEST
    assert share_of(LOWEST) == 0


@given(st.lists(st.tuples(times, targets), min_size=1, max_size=60), st.sampled_from([0.5, 0.95]))
def test_percentiles_are_close_to_the_exact_ones(used, part):
    found = attainment(*(settled(time, target) for time, target in used))

    share = exact_rank((time / target for time, target in used), part)
    time = exact_rank((time.total_seconds() for time, _ in used), part)

    assert math.isclose(found.share_used(part), share, rel_tol=0.0222)
    assert math.isclose(found.time_used(part).total_seconds(), time, rel_tol=0.0222)


@given(st.lists(st.tuples(times, targets), max_size=40), st.integers(0, 40))
def test_parts_added_up_say_what_the_whole_says(used, at):
    promises = [settled(time, target) for time, target in used]
    added = attainment(*promises[:at])

    added.add(attainment(*promises[at:]))

    assert added == attainment(*promises)


def test_what_was_never_answered_is_missed_and_has_no_time():
    found = attainment(settled(None, outcome="missed"), settled())

    assert (found.due, found.met, found.responses) == (2, 0.5, 1)


def test_what_was_sent_back_was_not_due():
    found = attainment(settled(None, outcome="void", sent_back=True), settled(None, outcome="replaced", lowered=True))

    assert (found.due, found.met, found.ended, found.sent_back, found.lowered) == (0, None, 2, 1, 1)
    assert found.share_used(0.5) is None
    assert found.time_used(0.95) is None
