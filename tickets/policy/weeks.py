"""Hours and weeks of reports: an hour is UTC's, a week begins on Monday at midnight where support is.

In a zone that is not whole hours from UTC a week begins with the hour that holds its midnight.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
_HALF_A_WEEK = timedelta(days=3, hours=12)  # more than the clocks ever change


def hour_of(at: datetime) -> datetime:
    """Return when the hour that holds an instant begins, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def week_of(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the week that holds an instant's hour begins, in UTC and on the hour."""
    # An hour belongs to the week in which it ends, so that no hour is in two.
    last = (hour_of(at) + HOUR - timedelta(microseconds=1)).astimezone(zone)
    monday = last.date() - timedelta(days=last.weekday())
    return hour_of(datetime.combine(monday, time(), tzinfo=zone))


def week_after(week: datetime, zone: ZoneInfo) -> datetime:
    """Return when the week after the one that begins at `week` begins."""
    return week_of(week + timedelta(days=7) + _HALF_A_WEEK, zone)


def weeks_until(now: datetime, count: int, zone: ZoneInfo) -> list[datetime]:
    """Return when the last `count` weeks began, the running one included and last."""
    weeks = [week_of(now, zone)]
    while len(weeks) < count:
        weeks.append(week_of(weeks[-1] - _HALF_A_WEEK, zone))
    return weeks[::-1]
