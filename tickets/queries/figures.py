"""Promises that ended, for those who count them, and what is counted of them already."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from packages.policy.document import Policy
from packages.policy.severity import Severity
from tickets.models import FiguresCounted, InformationRequest, Promise, TicketEvent
from tickets.policy.attainment import COUNTS, Attainment, Settled
from tickets.policy.weeks import hour_of

LIVE_MOST = timedelta(hours=48)  # that a page counts itself when the counting stands still


def support_zone(policy: Policy) -> ZoneInfo:
    """Return the zone in which support's weeks begin: that of the default package's calendar."""
    return ZoneInfo(policy.calendar_of(policy.default_package).zone)


def settled(ended: Q) -> Iterator[Settled]:
    """Yield the promises that ended so, in no order. One query on the index of their ends.

    Each stands under the topic that its ticket had when it ended: a ticket that was moved later counts where it was.
    """
    of_ticket = {"ticket": OuterRef("ticket")}
    moved = TicketEvent.objects.filter(**of_ticket, kind="topic_changed", at__gte=OuterRef("ended_at")).order_by("seq")
    asked = InformationRequest.objects.filter(**of_ticket, at=OuterRef("ended_at"))
    following = Promise.objects.filter(**of_ticket, number=OuterRef("number") + 1).exclude(
        cause=Promise.Cause.COMPLETED
    )
    rows = (
        _settled_rows(ended)
        .annotate(
            topic=Coalesce(
                Subquery(moved.values(before=KeyTextTransform("before", "payload"))[:1]),
                F("ticket__topic__code"),
                output_field=CharField(),
            ),
            request=Subquery(asked.values("pk")[:1]),
            followed_by=Subquery(following.values("severity")[:1]),
        )
        .values_list(
            "ended_at", "package__code", "severity", "topic", "ticket__organisation_id", "target", "outcome", "used",
            "answered_at", "request", "followed_by",
        )
    )  # fmt: skip
    for row in rows:
        ended_at, package, severity, topic, organisation, target, outcome, used, answered_at, request, followed_by = row
        assert ended_at is not None and outcome is not None  # the table's check says so
        yield Settled(
            ended_at=ended_at,
            package=package,
            severity=severity,
            topic=topic,
            organisation=organisation,
            target=target,
            outcome=outcome,
            used=used if answered_at else None,
            sent_back=request is not None,
            lowered=followed_by is not None and Severity(followed_by).rank > Severity(severity).rank,
        )


def attainment_of(target: timedelta, counts: Sequence[int], used: Mapping[str, int]) -> Attainment:
    """Return what a row of figures holds; `counts` in the order of `COUNTS`."""
    by_bucket = Counter({(target, int(bucket)): number for bucket, number in used.items()})
    return Attainment(**dict(zip(COUNTS, counts, strict=True)), used=by_bucket)


def first_hour() -> datetime | None:
    """Return the hour in which the first promise ended; None when none did."""
    first = _settled_rows(Q()).order_by("ended_at").values_list("ended_at", flat=True).first()
    return None if first is None else hour_of(first)


def counted() -> FiguresCounted:
    """Return how far is counted; a row that is not saved when nothing is."""
    return FiguresCounted.objects.first() or FiguresCounted()


def live_from(progress: FiguresCounted, *, now: datetime) -> datetime:
    """Return from when a page counts promises itself: what is not counted yet, as far as that is not too much."""
    earliest = hour_of(now) - LIVE_MOST
    return max(progress.until, earliest) if progress.until else earliest


def is_behind(progress: FiguresCounted, *, now: datetime) -> bool:
    """Is there a time that neither is counted nor counted by the page itself? Then its figures are too low."""
    if progress.until is None:
        first = first_hour()
        return first is not None and first < live_from(progress, now=now)
    return progress.until < live_from(progress, now=now)


def _settled_rows(ended: Q) -> QuerySet[Promise]:
    return Promise.objects.filter(ended, ended_at__isnull=False)
