"""What the rule of escalations looks at, read from the database; and the times of the chain."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.actor import Actor
from accounts.models import Organisation
from accounts.policy.roles import Role
from packages.models import Subscription
from packages.policy.document import Policy
from packages.policy.severity import Severity
from packages.queries.policies import in_force
from tickets.models import Escalation, EscalationGrant, Ticket
from tickets.policy import lifecycle
from tickets.policy.escalation import Act, Answer, Asker, Condition, Facts, Relation, may_escalate
from tickets.queries.offers import hours_of


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in support's time zone: its first day, its start, and the start of the next one."""

    first: date
    starts_at: datetime
    ends_at: datetime

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Standing:
    """How many escalations a partner made this month, and how many it has. `limit` None: as many as needed."""

    used: int
    limit: int | None
    grants: int
    month: Month

    @property
    def allowance(self) -> int | None:
        return None if self.limit is None else self.limit + self.grants


def partner_of(ticket: Ticket) -> Organisation | None:
    """Return the partner whose growth manager a ticket goes through: its owner, or the one that owns its owner."""
    return ticket.organisation if ticket.organisation.is_partner else ticket.organisation.partner


def manages(actor: Actor, partner: Organisation | None) -> bool:
    """Is the actor now the growth manager of this partner, or the deputy?"""
    if partner is None or actor.user is None or actor.role is not Role.GROWTH_MANAGER:
        return False
    return actor.user.pk in (partner.growth_manager_id, partner.deputy_id)


def reads_texts(actor: Actor, escalation: Escalation) -> bool:
    """May the actor read what people wrote on it? That is for the partner, its manager and support."""
    return actor.is_staff or actor.organisation == escalation.partner or manages(actor, escalation.partner)


def partners_of(actor: Actor) -> QuerySet[Organisation]:
    """Return the partners that a growth manager has now, as manager or deputy, by name."""
    return Organisation.objects.filter(Q(growth_manager=actor.user) | Q(deputy=actor.user)).order_by("name")


def may(actor: Actor, ticket: Ticket | None, *, act: Act, now: datetime) -> Answer:
    """Answer whether the act is possible now, for an actor and a ticket that they may see (or none)."""
    return may_escalate(facts(actor, ticket, act=act, now=now))


def may_beside(actor: Actor, ticket: Ticket, latest: Escalation | None, *, act: Act, now: datetime) -> Answer:
    """Answer as `may` does, for a page that has the latest escalation at hand: the open one is always the latest."""
    opened = latest if latest is not None and latest.is_open else None
    return may_escalate(_facts(actor, ticket, opened, act=act, now=now))


def facts(actor: Actor, ticket: Ticket | None, *, act: Act, now: datetime) -> Facts:
    """Return what the rule needs to know. Everything is read as it stands now, whoever the actor was before."""
    opened = open_escalation(ticket) if ticket is not None else None
    return _facts(actor, ticket, opened, act=act, now=now)


def _facts(actor: Actor, ticket: Ticket | None, opened: Escalation | None, *, act: Act, now: datetime) -> Facts:
    partner = _partner_without_ticket(actor) if ticket is None else partner_of(ticket)
    about_whom = Facts(
        act=act,
        asker=_asker(actor, partner),
        relation=_relation(actor, ticket, partner),
        has_partner=partner is not None,
        is_confidential=ticket is not None and ticket.is_confidential,
    )
    if partner is None:
        return about_whom
    if opened is not None and is_left_behind(opened, partner):
        opened = None
    standing = standing_of(partner, now=now)
    return replace(
        about_whom,
        tier=partner.tier,
        has_manager=partner.growth_manager_id is not None,
        condition=_condition(ticket),
        status=ticket.status if ticket is not None else "",
        open_state=opened.state if opened else "",
        open_since=since(opened) if opened else None,
        monthly_limit=standing.limit,
        grants=standing.grants,
        used=standing.used,
        next_possible_at=standing.month.ends_at,
    )


def open_escalation(ticket: Ticket) -> Escalation | None:
    """Return the one escalation of the ticket that has not ended."""
    return Escalation.objects.filter(ticket=ticket, state__in=Escalation.OPEN_STATES).select_related("partner").first()


def latest_escalation(ticket: Ticket) -> Escalation | None:
    """Return the ticket's open escalation, or the one that ended last, with its people."""
    people = ("partner__growth_manager", "partner__deputy", "manager", "asked_by", "decided_by", "acknowledged_by")
    return Escalation.objects.filter(ticket=ticket).select_related(*people, "concluded_by").order_by("-pk").first()


def is_left_behind(escalation: Escalation, partner: Organisation | None) -> bool:
    """Does the request wait for nobody: it was made through a partner that the ticket no longer goes through?"""
    return escalation.state == Escalation.State.ASKED and (
        partner is None or partner != escalation.partner or not partner.tier
    )


def since(escalation: Escalation) -> datetime:
    """Return when the escalation came into the state that it has."""
    steps = (escalation.ended_at, escalation.acknowledged_at, escalation.escalated_at, escalation.asked_at)
    return next((at for at in steps if at is not None), escalation.made_at)


def standing_of(partner: Organisation, *, now: datetime) -> Standing:
    """Return what the partner used of this month's escalations. Made ones count; declined and withdrawn do not."""
    return standings([partner], policy=in_force(now).policy, now=now)[partner.pk]


def standings(partners: Collection[Organisation], *, policy: Policy, now: datetime) -> dict[int, Standing]:
    """Return the standing of each partner, by id. At most three queries for any number."""
    months = _months(partners, policy, now)
    earliest = min((month.starts_at for month in months.values()), default=now)
    made = Escalation.objects.filter(partner__in=partners, escalated_at__gte=earliest).exclude(
        state__in=[Escalation.State.DECLINED, Escalation.State.WITHDRAWN]
    )
    used = Counter(
        partner for partner, at in made.values_list("partner_id", "escalated_at") if months[partner].holds(at)
    )
    limits = {code: tier.monthly_limit for code, tier in policy.tiers.items()}
    limited = [partner for partner in partners if limits.get(partner.tier) is not None]
    granted = EscalationGrant.objects.filter(partner__in=limited) if limited else EscalationGrant.objects.none()
    grants = Counter(
        partner for partner, month in granted.values_list("partner_id", "month") if months[partner].first == month
    )
    return {
        partner.pk: Standing(
            used=used[partner.pk],
            limit=limits.get(partner.tier),
            grants=grants[partner.pk],
            month=months[partner.pk],
        )
        for partner in partners
    }


def month_at(partner: Organisation, now: datetime) -> Month:
    """Return the month that `now` is in.

    In the zone of the calendar of the partner's package: one partner has one count, whatever its tickets' calendars.
    """
    return _months([partner], in_force(now).policy, now)[partner.pk]


def step_due_at(ticket: Ticket, *, now: datetime) -> datetime:
    """Return by when the next step of the chain is expected: the severity's target of opening time from now.

    Source: support policy, "Targets for the chain".
    """
    target = in_force(now).policy.escalation_targets[Severity(ticket.severity)]
    return hours_of(ticket, now=now).clock.deadline(now, target)


def escalation_or_404(actor: Actor, pk: int) -> Escalation:
    """Return an escalation of a ticket that the actor may see. Raises: Http404."""
    seen = Escalation.objects.filter(pk=pk, ticket__in=Ticket.objects.visible_to(actor))
    escalation = seen.select_related("ticket__organisation__partner", "partner").first()
    if escalation is None:
        raise Http404
    return escalation


def _partner_without_ticket(actor: Actor) -> Organisation | None:
    if actor.role is Role.GROWTH_MANAGER:
        return partners_of(actor).first()
    if actor.organisation is None:
        return None
    return actor.organisation if actor.is_partner else actor.organisation.partner


def _asker(actor: Actor, partner: Organisation | None) -> Asker:
    if manages(actor, partner):
        return Asker.MANAGER
    if actor.organisation is None:
        return Asker.OTHER
    return Asker.PARTNER if actor.is_partner else Asker.CLIENT


def _relation(actor: Actor, ticket: Ticket | None, partner: Organisation | None) -> Relation:
    if ticket is None:
        return Relation.NO_TICKET
    if partner is None or not (manages(actor, partner) or actor.organisation == partner):
        return Relation.OTHER
    if ticket.organisation_id == partner.pk:
        # A manager sees nothing that is confidential from the partner, and what they don't see they can't escalate.
        hidden = ticket.is_confidential and not actor.is_partner
        return Relation.OTHER if hidden else Relation.OWN
    return Relation.OTHER if ticket.is_confidential else Relation.CLIENT


def _condition(ticket: Ticket | None) -> Condition:
    if ticket is None or ticket.state in lifecycle.VALID_OPEN:
        return Condition.OPEN
    return Condition.NEEDS_INFORMATION if ticket.state in lifecycle.OPEN else Condition.ENDED


def _months(partners: Collection[Organisation], policy: Policy, now: datetime) -> dict[int, Month]:
    zones = {code: policy.calendar_of(code).zone for code in policy.packages}
    packages: dict[int, str] = {}
    if len(set(zones.values())) > 1:
        held = Subscription.objects.filter(organisation__in=partners, starts_at__lte=now).order_by("starts_at")
        packages = dict(held.values_list("organisation", "package__code"))  # the latest of each stays
    usual = zones[policy.default_package]
    return {partner.pk: _month(now, ZoneInfo(zones.get(packages.get(partner.pk, ""), usual))) for partner in partners}


def _month(now: datetime, zone: ZoneInfo) -> Month:
    first = now.astimezone(zone).date().replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Month(first, _midnight(first, zone), _midnight(following, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
