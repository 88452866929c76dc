"""How a growth manager's partners are served: open, late, answered in time, escalated, satisfied."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.actor import Actor
from accounts.models import Organisation
from packages.policy.document import Policy
from tickets.models import Promise, Ticket, TicketEvent
from tickets.queries.escalations import partners_of


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
    """Return a growth manager's partners, those at risk first, then by name. Six queries for any number."""
    partners = list(partners_of(actor))
    clients = Organisation.objects.filter(partner__in=[one.pk for one in partners]).values_list("pk", "partner")
    counted = _counted(actor, since=_quarter_start(policy, now), now=now)
    facts: dict[int | None, Counter[str]] = {one.pk: Counter(counted[one.pk]) for one in partners}
    for client, partner in clients:
        facts[partner].update(counted[client])
    found = [_health(partner, facts[partner.pk]) for partner in partners]
    return sorted(found, key=lambda one: (not one.is_at_risk, one.partner.name.casefold()))


def _health(partner: Organisation, facts: Counter[str]) -> PartnerHealth:
    def share(part: str, of: int) -> float | None:
        return facts[part] / of if of else None

    return PartnerHealth(
        partner=partner,
        open=facts["open"],
        late=facts["late"],
        escalated=facts["escalated"],
        kept=share("kept", facts["kept"] + facts["missed"]),
        satisfaction=share("ratings", facts["rated"]),
        lowered=share("lowered", facts["filed"]),
    )


def _counted(actor: Actor, *, since: datetime, now: datetime) -> dict[int, Counter[str]]:
    """Return the counts of each owner's tickets. Four queries, on the open ones and on the index of owners."""
    seen = Ticket.objects.visible_to(actor)
    # What was filed, answered, lowered or rated since then happened in public, and that index tells when that was last.
    lately = seen.filter(public_activity_at__gte=since)
    promises = Promise.objects.filter(ticket__in=lately, ended_at__gte=since)
    lowerings = TicketEvent.objects.filter(ticket__in=lately, ticket__filed_at__gte=since, kind="reclassified")
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for rows in (
        seen.open().values(owner=F("organisation")).annotate(
            open=Count("status"),
            late=Count("status", filter=Q(promise__outcome=None, promise__due_at__lte=now)),
            escalated=Count("status", filter=Q(is_escalated=True)),
        ),
        lately.values(owner=F("organisation")).annotate(
            filed=Count("pk", filter=Q(filed_at__gte=since)),
            ratings=Coalesce(Sum("satisfaction", filter=Q(resolved_at__gte=since)), 0),
            rated=Count("satisfaction", filter=Q(resolved_at__gte=since)),
        ),
        promises.values(owner=F("ticket__organisation")).annotate(
            kept=Count("pk", filter=Q(outcome=Promise.Outcome.KEPT)),
            missed=Count("pk", filter=Q(outcome=Promise.Outcome.MISSED)),
        ),
        lowerings.filter(payload__lowered=True).values(owner=F("ticket__organisation")).annotate(
            lowered=Count("ticket", distinct=True)
        ),
    ):  # fmt: skip
        for row in rows.order_by():
            counted[row["owner"]].update({name: number for name, number in row.items() if name != "owner"})
    return counted


def _quarter_start(policy: Policy, now: datetime) -> datetime:
    """Return when the calendar quarter began, in the zone of the policy's default package."""
    zone = ZoneInfo(policy.calendar_of(policy.default_package).zone)
    today = now.astimezone(zone)
    return datetime(today.year, (today.month - 1) // 3 * 3 + 1, 1, tzinfo=zone)
