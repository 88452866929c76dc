"""Spans of constant offset of a zone."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from packages.policy.hours import ZoneUnknown
from packages.policy.offsets import EPOCH, MICROSECOND, OffsetSpan, find_zone, offset_spans

HOUR_US = 3600 * 10**6


class Restless(tzinfo):
    """A zone that changes twice within one day of 1970."""

    def utcoffset(self, when):
        return self.fromutc(when) - when

    def dst(self, when):
        return timedelta(0)

    def fromutc(self, when):
        hours = 0 if when.hour < 6 else 2 if when.hour < 9 else 1
        return when + timedelta(hours=hours)


def micros(*parts: int) -> int:
    return (datetime(*parts, tzinfo=UTC) - EPOCH) // MICROSECOND


def test_offset_spans_fill_the_time_and_meet_where_the_clocks_change():
    start, end = micros(2026, 1, 1), micros(2027, 1, 1)

    spans = offset_spans(ZoneInfo("Europe/Berlin"), start, end)

    assert spans == [
        OffsetSpan(start, micros(2026, 3, 29, 1), HOUR_US),
        OffsetSpan(micros(2026, 3, 29, 1), micros(2026, 10, 25, 1), 2 * HOUR_US),
        OffsetSpan(micros(2026, 10, 25, 1), end, HOUR_US),
    ]


def test_offset_spans_find_two_changes_in_one_day():
    spans = offset_spans(Restless(), 0, 12 * HOUR_US)

    assert [(span.start // HOUR_US, span.offset // HOUR_US) for span in spans] == [(0, 0), (6, 2), (9, 1)]


def test_offset_spans_may_begin_at_a_change():
    change = micros(2026, 3, 29, 1)

    assert offset_spans(ZoneInfo("Europe/Berlin"), change, change + HOUR_US) == [
        OffsetSpan(change, change + HOUR_US, 2 * HOUR_US)
    ]


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../etc/passwd", "Europe", "a\0b"])
def test_find_zone_refuses_what_is_no_zone(name):
    with pytest.raises(ZoneUnknown) as caught:
        find_zone(name)

    assert caught.value.code == "zone_unknown"
