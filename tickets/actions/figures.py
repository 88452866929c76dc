"""Count the hours that are over, once each: the figures that reports add up.

A promise is counted in the hour in which it ended, and never changes after that; so an hour counted again gives the
same rows. Whoever counts takes one row first, so that two at once take turns.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from packages.models import Package, Topic
from packages.queries.policies import in_force
from tickets.models import FiguresCounted, HourFigure, WeekFigure
from tickets.policy.attainment import COUNTS, Attainment, Settled
from tickets.policy.weeks import HOUR, hour_of, week_after, week_of
from tickets.queries.figures import attainment_of, first_hour, settled, support_zone

GRACE = timedelta(minutes=10)  # after an hour's end: what was settled within it has been committed by then
AGAIN = timedelta(hours=2)  # counted once more each time, should something have been committed later still
WRITTEN = 1000  # rows a statement


@dataclass(frozen=True, slots=True)
class Cell:
    """What promises of one figure have in common."""

    package: str
    severity: str
    topic: str
    target: timedelta


def count_closed_hours(*, now: datetime) -> int:
    """Count what is not counted of the hours that are over, a week in a transaction; return how many hours.

    After days of downtime it goes on where it stopped. When support has moved to another zone, its weeks begin
    elsewhere, and everything is counted anew.
    """
    zone = support_zone(in_force(now).policy)
    hours = 0
    while part := _count_part(until=hour_of(now - GRACE), zone=zone, now=now):
        hours += part
    return hours


def rebuild(*, now: datetime) -> int:
    """Count every hour anew that was counted before, and those that are over since; return how many hours."""
    with transaction.atomic():
        progress = _take_progress()
        _begin_anew(progress, zone="")
        progress.save()
    return count_closed_hours(now=now)


@transaction.atomic
def _count_part(*, until: datetime, zone: ZoneInfo, now: datetime) -> int:
    """Count the next hours of one week. Return how many; 0 when there is nothing to count."""
    progress = _take_progress()
    if progress.zone != zone.key:
        _begin_anew(progress, zone=zone.key)
    start = progress.until or _first()
    if start is None or start >= until:
        return 0
    end = min(until, week_after(week_of(start, zone), zone))
    again = start - AGAIN if progress.until else start
    _count(again, end)
    for week in sorted({week_of(again, zone), week_of(start, zone)}):
        _sum_up(week, week_after(week, zone))
    progress.until, progress.revision, progress.at = end, uuid.uuid4(), now
    progress.save()
    return (end - start) // HOUR


def _take_progress() -> FiguresCounted:
    FiguresCounted.objects.get_or_create(pk=1)
    return FiguresCounted.objects.select_for_update().get(pk=1)


def _begin_anew(progress: FiguresCounted, *, zone: str) -> None:
    """Count from the first hour again: hours are replaced as they are counted, weeks may begin elsewhere."""
    progress.until, progress.zone = None, zone
    WeekFigure.objects.all().delete()


def _first() -> datetime | None:
    """Return the earliest hour that has a promise, or figures of one."""
    figures = HourFigure.objects.order_by("hour").values_list("hour", flat=True).first()
    return min((hour for hour in (first_hour(), figures) if hour is not None), default=None)


def _count(start: datetime, end: datetime) -> None:
    """Replace the figures of the hours from `start` to `end`."""
    found: dict[tuple[datetime, int, Cell], Attainment] = defaultdict(Attainment)
    for promise in settled(Q(ended_at__gte=start, ended_at__lt=end)):
        found[(hour_of(promise.ended_at), promise.organisation, _cell(promise))].count(promise)
    ids = _Ids()
    HourFigure.objects.filter(hour__gte=start, hour__lt=end).delete()
    HourFigure.objects.bulk_create(
        (
            HourFigure(hour=hour, organisation_id=organisation, **ids.row(cell, attainment))
            for (hour, organisation, cell), attainment in found.items()
        ),
        batch_size=WRITTEN,
    )


def _sum_up(week: datetime, end: datetime) -> None:
    """Replace the figures of a week by the sum of its hours."""
    hours = HourFigure.objects.filter(hour__gte=week, hour__lt=end)
    found: dict[Cell, Attainment] = defaultdict(Attainment)
    read = hours.values_list("package__code", "severity", "topic__code", "target", *COUNTS, "used")
    for package, severity, topic, target, *counts, used in read:
        found[Cell(package, severity, topic, target)].add(attainment_of(target, counts, used))
    ids = _Ids()
    WeekFigure.objects.filter(week=week).delete()
    WeekFigure.objects.bulk_create(
        (WeekFigure(week=week, **ids.row(cell, attainment)) for cell, attainment in found.items()), batch_size=WRITTEN
    )


def _cell(promise: Settled) -> Cell:
    return Cell(promise.package, promise.severity, promise.topic, promise.target)


class _Ids:
    """The ids of packages and topics by code, and a figure's row made of them."""

    def __init__(self) -> None:
        self._packages = dict(Package.objects.values_list("code", "pk"))
        self._topics = dict(Topic.objects.values_list("code", "pk"))

    def row(self, cell: Cell, attainment: Attainment) -> dict[str, Any]:
        """Return the columns that hours and weeks share."""
        return {
            "package_id": self._packages[cell.package],
            "severity": cell.severity,
            "topic_id": self._topics[cell.topic],
            "target": cell.target,
            "used": {str(bucket): number for (_, bucket), number in sorted(attainment.used.items())},
            **{name: getattr(attainment, name) for name in COUNTS},
        }
