"""How a growth manager's partners are served: open, late, answered in time, escalated, satisfied."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Avg, Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, When

from accounts.actor import Actor
from accounts.models import Organisation
from packages.policy.document import Policy
from tickets.models import Promise, Ticket, TicketEvent
from tickets.policy import lifecycle
from tickets.queries.escalations import partners_of

OPEN = sorted(lifecycle.OPEN)


@dataclass(frozen=True, slots=True)
class PartnerHealth:
    """A partner with its clients. Shares are None where there is nothing to count.

    `kept`, `lowered` and `satisfaction` (1 bad, 2 fair, 3 good) speak of this quarter.
    """

    partner: Organisation
    open: int
    late: int
    escalated: int
    kept: float | None
    satisfaction: float | None
    lowered: float | None

    @property
    def is_at_risk(self) -> bool:
        """Something is late or escalated, or fewer than nine of ten answers came in time."""
        return bool(self.late or self.escalated or (self.kept is not None and self.kept < 0.9))


def partners_health(actor: Actor, *, policy: Policy, now: datetime) -> list[PartnerHealth]:
    """Return a growth manager's partners, those at risk first, then by name. Three queries for any number."""
    quarter = _quarter_start(policy, now)
    seen = _by_partner(Ticket.objects.visible_to(actor))
    lowerings = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind="reclassified", payload__lowered=True)
    tickets = (
        seen.annotate(is_lowered=Exists(lowerings))
        .values("through")
        .annotate(
            open=Count("pk", filter=Q(status__in=OPEN)),
            late=Count("pk", filter=Q(status__in=OPEN, promise__outcome=None, promise__due_at__lte=now)),
            escalated=Count("pk", filter=Q(status__in=OPEN, is_escalated=True)),
            filed=Count("pk", filter=Q(filed_at__gte=quarter)),
            lowered=Count("pk", filter=Q(filed_at__gte=quarter, is_lowered=True)),
            satisfaction=Avg("satisfaction", filter=Q(resolved_at__gte=quarter)),
        )
    )
    by_partner: dict[int, dict[str, Any]] = {row["through"]: row for row in tickets}
    kept = _kept(seen, quarter)
    found = [
        PartnerHealth(
            partner=partner,
            open=facts.get("open", 0),
            late=facts.get("late", 0),
            escalated=facts.get("escalated", 0),
            kept=kept.get(partner.pk),
            satisfaction=facts.get("satisfaction"),
            lowered=facts["lowered"] / facts["filed"] if facts.get("filed") else None,
        )
        for partner in partners_of(actor)
        for facts in [by_partner.get(partner.pk, {})]
    ]
    return sorted(found, key=lambda one: (not one.is_at_risk, one.partner.name.casefold()))


def _by_partner(tickets: QuerySet[Ticket]) -> QuerySet[Any]:
    """Say of each ticket which partner it goes through, as `through`."""
    own = When(organisation__kind=Organisation.Kind.PARTNER, then=F("organisation_id"))
    return tickets.annotate(through=Case(own, default=F("organisation__partner_id"), output_field=IntegerField()))


def _kept(tickets: QuerySet[Any], quarter: datetime) -> dict[int, float]:
    """Return the share of the promises settled since the quarter began that were kept, by partner."""
    settled = (
        tickets.filter(promises__ended_at__gte=quarter)
        .values("through")
        .annotate(
            kept=Count("promises", filter=Q(promises__outcome=Promise.Outcome.KEPT)),
            missed=Count("promises", filter=Q(promises__outcome=Promise.Outcome.MISSED)),
        )
    )
    counted = {row["through"]: (row["kept"], row["kept"] + row["missed"]) for row in settled}
    return {partner: kept / of for partner, (kept, of) in counted.items() if of}


def _quarter_start(policy: Policy, now: datetime) -> datetime:
    """Return when the calendar quarter began, in the zone of the policy's default package."""
    zone = ZoneInfo(policy.calendar_of(policy.default_package).zone)
    today = now.astimezone(zone)
    return datetime(today.year, (today.month - 1) // 3 * 3 + 1, 1, tzinfo=zone)
