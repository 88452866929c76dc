"""What the dashboard reads live from small indexes: promises that are late or about to be, escalations by tier."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from tickets.models import Escalation, Promise
from tickets.queries.promise_state import READ
from tickets.queries.reports import Narrowing


@dataclass(frozen=True, slots=True)
class Urgent:
    """Running promises of a severity that are late, or about to be: the last warning's share of their time is used."""

    late: int = 0
    close: int = 0


def urgent_by_severity(*, now: datetime) -> dict[str, Urgent]:
    """Return what is late and about to be late now. One query on the index of running promises."""
    rows = (
        _urgent(now)
        .values("severity")
        .annotate(late=Count("pk", filter=Q(due_at__lte=now)), close=Count("pk", filter=Q(due_at__gt=now)))
        .values_list("severity", "late", "close")
    )
    return {severity: Urgent(late, close) for severity, late, close in rows}


def most_urgent(*, now: datetime, most: int) -> list[Promise]:
    """Return the running promises that are late or about to be, the earliest deadline first, with their tickets.

    One query; support sees every ticket.
    """
    rows = _urgent(now).select_related("ticket__organisation", "ticket__assignee").only(*READ, "severity", *_OF_TICKET)
    return list(rows.order_by("due_at", "pk")[:most])


_OF_TICKET = (
    "ticket__reference", "ticket__subject", "ticket__status", "ticket__organisation__name",
    "ticket__assignee__name", "ticket__assignee__email",
)  # fmt: skip


def _urgent(now: datetime) -> QuerySet[Promise]:
    return Promise.objects.filter(outcome=None, close_at__lte=now)


@dataclass(frozen=True, slots=True)
class Chain:
    """Escalations of a tier: how they were acknowledged, and where they stand."""

    escalated: int
    in_time: int
    late: int  # acknowledged late, or not yet and due
    waiting: int
    concluded: int
    lapsed: int


def escalations_by_tier(narrowing: Narrowing, *, since: datetime, now: datetime) -> dict[str, Chain]:
    """Return the escalations made since then, by the tier that their partner has now. One query on their time."""
    made = Escalation.objects.filter(_of_escalations(narrowing), escalated_at__gte=since)
    waits = Q(acknowledged_at=None, state=Escalation.State.ESCALATED)
    rows = (
        made.values("partner__tier")
        .annotate(
            escalated=Count("pk"),
            in_time=Count("pk", filter=Q(acknowledged_at__lt=F("acknowledge_by"))),
            late=Count("pk", filter=Q(acknowledged_at__gte=F("acknowledge_by")) | waits & Q(acknowledge_by__lte=now)),
            waiting=Count("pk", filter=waits),
            concluded=Count("pk", filter=Q(state=Escalation.State.CONCLUDED)),
            lapsed=Count("pk", filter=Q(state=Escalation.State.LAPSED)),
        )
        .values_list("partner__tier", "escalated", "in_time", "late", "waiting", "concluded", "lapsed")
    )
    return {tier: Chain(*counts) for tier, *counts in rows}


def _of_escalations(narrowing: Narrowing) -> Q:
    wanted = Q()
    for name, value in (
        ("ticket__promise__package__code", narrowing.package),
        ("ticket__severity", narrowing.severity),
        ("ticket__topic__code", narrowing.topic),
    ):
        wanted &= Q(**{name: value}) if value else Q()
    return wanted if narrowing.organisations is None else wanted & Q(ticket__organisation__in=narrowing.organisations)
