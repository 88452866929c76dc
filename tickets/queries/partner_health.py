"""How a growth manager's partners are served: open, late, answered in time, escalated, satisfied."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Avg, Case, Count, F, IntegerField, Q, QuerySet, When

from accounts.actor import Actor
from accounts.models import Organisation
from packages.queries.policies import in_force
from tickets.models import Escalation, Promise, Ticket, TicketEvent
from tickets.policy import lifecycle
from tickets.queries.escalations import partners_of

OPEN_ESCALATION = [Escalation.State.ESCALATED, Escalation.State.ACKNOWLEDGED]
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
    asked: int
    kept: float | None
    satisfaction: float | None
    lowered: float | None

    @property
    def is_at_risk(self) -> bool:
        """Something is late or escalated, or fewer than nine of ten answers came in time."""
        return bool(self.late or self.escalated or (self.kept is not None and self.kept < 0.9))


def partners_health(actor: Actor, *, now: datetime) -> list[PartnerHealth]:
    """Return a growth manager's partners, those at risk first, then by name. A handful of queries for any number."""
    partners = list(partners_of(actor))
    quarter = _quarter_start(now)
    seen = _by_partner(Ticket.objects.visible_to(actor))
    tickets = seen.values("through").annotate(
        open=Count("pk", filter=Q(status__in=OPEN)),
        late=Count("pk", filter=Q(status__in=OPEN, promise__outcome=None, promise__due_at__lte=now)),
        filed=Count("pk", filter=Q(filed_at__gte=quarter)),
        satisfaction=Avg("satisfaction", filter=Q(resolved_at__gte=quarter)),
    )
    by_partner = {row["through"]: row for row in tickets}
    kept, lowered = _kept(seen, quarter), _lowered(seen, quarter)
    states = _escalations(partners)
    found = [
        PartnerHealth(
            partner=partner,
            open=facts.get("open", 0),
            late=facts.get("late", 0),
            escalated=sum(states.get((partner.pk, state), 0) for state in OPEN_ESCALATION),
            asked=states.get((partner.pk, Escalation.State.ASKED), 0),
            kept=kept.get(partner.pk),
            satisfaction=facts.get("satisfaction"),
            lowered=lowered.get(partner.pk, 0) / facts["filed"] if facts.get("filed") else None,
        )
        for partner in partners
        for facts in [by_partner.get(partner.pk, {})]
    ]
    return sorted(found, key=lambda one: (not one.is_at_risk, one.partner.name.casefold()))


def _by_partner(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Say of each ticket which partner it goes through, as `through`."""
    own = When(organisation__kind=Organisation.Kind.PARTNER, then=F("organisation_id"))
    return tickets.annotate(through=Case(own, default=F("organisation__partner_id"), output_field=IntegerField()))


def _kept(tickets: QuerySet[Ticket], quarter: datetime) -> dict[int, float]:
    """Return the share of the promises settled since the quarter began that were kept, by partner."""
    settled = tickets.filter(promises__ended_at__gte=quarter).values("through").annotate(
        kept=Count("promises", filter=Q(promises__outcome=Promise.Outcome.KEPT)),
        missed=Count("promises", filter=Q(promises__outcome=Promise.Outcome.MISSED)),
    )
    counted = {row["through"]: (row["kept"], row["kept"] + row["missed"]) for row in settled}
    return {partner: kept / of for partner, (kept, of) in counted.items() if of}


def _lowered(tickets: QuerySet[Ticket], quarter: datetime) -> dict[int, int]:
    """Return how many tickets filed since the quarter began were lowered by support, by partner."""
    events = TicketEvent.objects.filter(kind="reclassified", payload__lowered=True)
    lowered = tickets.filter(filed_at__gte=quarter, pk__in=events.values("ticket"))
    return dict(lowered.values("through").annotate(n=Count("pk")).values_list("through", "n"))


def _escalations(partners: list[Organisation]) -> dict[tuple[int, str], int]:
    counted = (
        Escalation.objects.filter(partner__in=partners, state__in=Escalation.OPEN_STATES)
        .values_list("partner", "state")
        .annotate(n=Count("pk"))
    )
    return {(partner, state): n for partner, state, n in counted}


def _quarter_start(now: datetime) -> datetime:
    """Return when the calendar quarter began, in the zone of the policy's default package."""
    policy = in_force(now).policy
    zone = ZoneInfo(policy.calendar_of(policy.default_package).zone)
    today = now.astimezone(zone)
    return datetime(today.year, (today.month - 1) // 3 * 3 + 1, 1, tzinfo=zone)
