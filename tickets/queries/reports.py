"""Reports on first responses: closed hours from their figures, the rest from the promises themselves.

Source: product description, "The admin", "Dashboard".
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import F, Q, QuerySet, Sum

from accounts.models import Organisation
from tickets.models import FiguresCounted, HourFigure, WeekFigure
from tickets.policy.attainment import COUNTS, Attainment, Settled
from tickets.policy.weeks import weeks_until
from tickets.queries.figures import attainment_of, counted, live_from, settled

KEPT_SECONDS = 3600  # at most so long is a sum of closed hours used again; another count makes another sum
NAMED = 20  # organisations in the page's table
_CELL = ("package__code", "severity", "topic__code", "target", *COUNTS, "used")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a report is about; an empty word narrows nothing. `organisations` are ids, None all of them."""

    weeks: int
    package: str = ""
    severity: str = ""
    topic: str = ""
    organisations: tuple[int, ...] | None = None

    def of_figures(self) -> Q:
        """Return the condition on figures, which know codes by their rows."""
        wanted = Q()
        for name, value in (("package__code", self.package), ("topic__code", self.topic), ("severity", self.severity)):
            wanted &= Q(**{name: value}) if value else Q()
        return wanted if self.organisations is None else wanted & Q(organisation__in=self.organisations)

    def holds(self, promise: Settled) -> bool:
        return (
            (not self.package or promise.package == self.package)
            and (not self.severity or promise.severity == self.severity)
            and (not self.topic or promise.topic == self.topic)
            and (self.organisations is None or promise.organisation in self.organisations)
        )


Groups = dict[Any, Attainment]


def _groups() -> Groups:
    return defaultdict(Attainment)


@dataclass(slots=True)
class Report:
    """What came of the promises that ended in the last weeks, the running one included, and in as many before.

    `weeks` holds every week, by its start, oldest first; the other groups only what there is, by code.
    """

    starts: Sequence[datetime]
    before: Attainment = field(default_factory=Attainment)
    weeks: Groups = field(default_factory=_groups)
    packages: Groups = field(default_factory=_groups)
    severities: Groups = field(default_factory=_groups)
    topics: Groups = field(default_factory=_groups)

    def add(self, week: datetime, package: str, severity: str, topic: str, found: Attainment) -> None:
        """Add what came of the promises of one kind that ended in a week; `week` before the first is the past."""
        if week not in self.weeks:
            self.before.add(found)
            return
        for group in (self.weeks[week], self.packages[package], self.severities[severity], self.topics[topic]):
            group.add(found)

    def total(self) -> Attainment:
        """Return the sum of the weeks."""
        total = Attainment()
        for one in self.weeks.values():
            total.add(one)
        return total


@dataclass(frozen=True, slots=True)
class Basis:
    """What reports of one moment stand on: how far is counted, and the promises that ended since."""

    progress: FiguresCounted
    fresh: Sequence[Settled]
    zone: ZoneInfo
    now: datetime

    @classmethod
    def read(cls, *, zone: ZoneInfo, now: datetime) -> "Basis":
        """Two queries, on one row and on the index of the promises' ends."""
        progress = counted()
        since = Q(ended_at__gte=live_from(progress, now=now), ended_at__lte=now)
        return cls(progress, list(settled(since)), zone, now)


def report(narrowing: Narrowing, basis: Basis) -> Report:
    """Return the report. One query, and none when the same was asked since the last count."""
    starts = weeks_until(basis.now, 2 * narrowing.weeks, basis.zone)
    found: Report = once_a_count(
        ("report", starts[0], narrowing), basis.progress, lambda: _closed(narrowing, starts, basis.progress)
    )
    for promise in filter(narrowing.holds, basis.fresh):
        one = Attainment()
        one.count(promise)
        found.add(_week(starts, promise.ended_at), promise.package, promise.severity, promise.topic, one)
    return found


def by_organisation(
    narrowing: Narrowing, basis: Basis, *, most: int | None = NAMED
) -> list[tuple[Organisation, Attainment]]:
    """Return the organisations with the most first responses missed first, then with the most due.

    Three queries at most: the sums of all, then names and open times used of those returned.
    """
    progress, start = basis.progress, weeks_until(basis.now, narrowing.weeks, basis.zone)[0]
    found: Groups = once_a_count(
        ("counts", start, narrowing), progress, lambda: _closed_counts(narrowing, start, progress)
    )
    fresh = _groups()
    for promise in filter(narrowing.holds, basis.fresh):
        if promise.ended_at >= start:
            fresh[promise.organisation].count(promise)
    for organisation, attainment in fresh.items():
        found[organisation].add(attainment)
    ids = sorted(found, key=lambda pk: (-found[pk].missed, -found[pk].due, pk))[:most]
    chosen = narrowing if most is None else replace(narrowing, organisations=tuple(sorted(ids)))
    # What an export of all of them reads is too much to be kept.
    times = (
        _closed_times(chosen, start, progress)
        if most is None
        else once_a_count(("times", start, chosen), progress, lambda: _closed_times(chosen, start, progress))
    )
    for organisation in ids:
        found[organisation].used.update(times.get(organisation, {}))
    named = Organisation.objects.only("pk", "name").in_bulk(ids)
    return [(named[pk], found[pk]) for pk in ids]


def _closed(narrowing: Narrowing, starts: Sequence[datetime], progress: FiguresCounted) -> Report:
    """Return the report on the hours that are counted: from the weeks' sums, or from an organisation's hours."""
    period = starts[len(starts) // 2 :]
    found = Report(starts=period, weeks=defaultdict(Attainment, {week: Attainment() for week in period}))
    rows: QuerySet[Any]
    if progress.until is None:
        return found
    if narrowing.organisations is None:
        rows = WeekFigure.objects.filter(week__gte=starts[0]).annotate(at=F("week"))
    else:
        rows = HourFigure.objects.filter(hour__gte=starts[0], hour__lt=progress.until).annotate(at=F("hour"))
    for at, *cell, target, in_order, used in _cells(rows.filter(narrowing.of_figures())):
        package, severity, topic = cell
        found.add(_week(starts, at), package, severity, topic, attainment_of(target, in_order, used))
    return found


def _cells(rows: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    for at, package, severity, topic, target, *counts, used in rows.values_list("at", *_CELL):
        yield at, package, severity, topic, target, counts, used


def _closed_counts(narrowing: Narrowing, start: datetime, progress: FiguresCounted) -> Groups:
    found = _groups()
    sums = _hours(narrowing, start, progress).values("organisation").annotate(**{one: Sum(one) for one in COUNTS})
    for organisation, *counts in sums.values_list("organisation", *COUNTS):
        found[organisation] = Attainment(*counts)
    return found


def _closed_times(narrowing: Narrowing, start: datetime, progress: FiguresCounted) -> dict[int, Any]:
    found: Groups = _groups()
    rows = _hours(narrowing, start, progress).exclude(used={}).values_list("organisation", "target", "used")
    for organisation, target, used in rows.iterator(1000):
        found[organisation].add(attainment_of(target, [0] * len(COUNTS), used))
    return {organisation: attainment.used for organisation, attainment in found.items()}


def _hours(narrowing: Narrowing, start: datetime, progress: FiguresCounted) -> QuerySet[HourFigure]:
    if progress.until is None:
        return HourFigure.objects.none()
    return HourFigure.objects.filter(narrowing.of_figures(), hour__gte=start, hour__lt=progress.until)


def once_a_count(what: Any, progress: FiguresCounted, make: Callable[[], Any], *, seconds: int = KEPT_SECONDS) -> Any:
    """Return what is made of the counted hours; kept, as they stand still until the next count.

    `what` tells all else that it is made of. Not kept while nothing was counted.
    """
    if progress.revision is None:
        return make()
    asked = hashlib.sha256(repr(what).encode()).hexdigest()
    return cache.get_or_set(f"figures-{progress.revision}-{asked}", make, seconds)


def _week(starts: Sequence[datetime], at: datetime) -> datetime:
    return starts[max(bisect_right(starts, at) - 1, 0)]


def organisations_called(name: str, *, most: int = 50) -> list[Organisation]:
    """Return the organisation of this name, or those whose names hold it, by name. One query."""
    found = list(Organisation.objects.filter(name__icontains=name).only("pk", "name").order_by("name", "pk")[:most])
    exact = [one for one in found if one.name.casefold() == name.casefold()]
    return exact or found
