"""Escalations as the growth manager's desk and the leads' board list them."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from accounts.actor import Actor
from accounts.models import Organisation
from tickets.models import Escalation, Ticket
from tickets.queries.escalations import partners_of

State = Escalation.State
RECENT = timedelta(days=30)


def _with_facts(escalations: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return escalations.select_related(
        "ticket__organisation__partner", "ticket__client", "ticket__topic", "ticket__promise__version",
        "ticket__promise__package", "ticket__assignee", "partner__growth_manager", "partner__deputy", "manager",
        "asked_by", "decided_by", "acknowledged_by", "concluded_by",
    ).defer("ticket__promise__version__document")  # fmt: skip


def of_manager(actor: Actor) -> QuerySet[Escalation]:
    """Return the escalations through the partners that a growth manager has now, on tickets that they may see."""
    return _with_facts(
        Escalation.objects.filter(partner__in=partners_of(actor), ticket__in=Ticket.objects.visible_to(actor))
    )


def waiting_for_decision(actor: Actor) -> QuerySet[Escalation]:
    """Return the requests that a growth manager can decide, the soonest expected first."""
    through = Q(ticket__organisation=F("partner")) | Q(ticket__organisation__partner=F("partner"))
    return of_manager(actor).filter(through, state=State.ASKED).order_by("decide_by", "id")


def under_way(actor: Actor) -> QuerySet[Escalation]:
    """Return the growth manager's escalations that support has, the one waiting longest for its lead first."""
    return of_manager(actor).filter(state__in=[State.ESCALATED, State.ACKNOWLEDGED]).order_by(
        F("acknowledged_at").asc(nulls_first=True), "acknowledge_by", "id"
    )


def ended_lately(actor: Actor, *, now: datetime) -> QuerySet[Escalation]:
    """Return what ended in the last 30 days, the latest first."""
    return of_manager(actor).filter(ended_at__gte=now - RECENT).order_by("-ended_at", "-id")


def open_tickets(actor: Actor) -> QuerySet[Ticket]:
    """Return the open tickets of the growth manager's partners and their clients, in working order."""
    seen = Ticket.objects.visible_to(actor).open().in_working_order()
    facts = seen.select_related("organisation__partner", "client", "topic", "promise__version", "assignee")
    return facts.defer("promise__version__document")


def shown_to_leads(state: str) -> QuerySet[Escalation]:
    """Return the escalations in a state as the board lists them.

    Waiting ones by when they are expected, the others the latest first. Of the requests that a growth manager has not
    decided the leads see those on Critical tickets, and those whose time to decide ran out long ago: of these they were
    told.
    """
    found = _with_facts(Escalation.objects.filter(state=state))
    if state == State.ASKED:
        return found.filter(
            Q(ticket__severity=Ticket.Severity.CRITICAL)
            | Q(timers__kind="escalation_decide", timers__key="leads", timers__fired_at__isnull=False)
        ).order_by("decide_by", "id").distinct()
    if state == State.ESCALATED:
        return found.order_by("acknowledge_by", "id")
    if state == State.ACKNOWLEDGED:
        return found.order_by("acknowledged_at", "id")
    return found.order_by("-ended_at", "-id")


def ended_for_leads(*, partner: int | None = None, topic: str = "", tier: str = "") -> QuerySet[Escalation]:
    """Return what came of past escalations that were made, the latest first, of a partner, topic or tier."""
    ended = Escalation.objects.filter(state__in=[State.CONCLUDED, State.LAPSED], escalated_at__isnull=False)
    found = _with_facts(ended)
    if partner is not None:
        found = found.filter(partner=partner)
    if topic:
        found = found.filter(ticket__topic__code=topic)
    if tier:
        found = found.filter(partner__tier=tier)
    return found.order_by("-ended_at", "-id")


def partners_with_escalations() -> QuerySet[Organisation]:
    """Return the partners in a tier, and those that once escalated, by name."""
    known = Q(pk__in=Escalation.objects.values("partner")) | ~Q(tier="")
    return Organisation.objects.filter(known, kind=Organisation.Kind.PARTNER).order_by("name")
