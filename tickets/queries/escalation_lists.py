"""Escalations as the growth manager's desk and the leads' board list them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts.actor import Actor
from accounts.models import Organisation
from tickets.models import Escalation, Message, Ticket, Timer
from tickets.queries.escalations import partners_of
from tickets.queries.promise_state import READ

State = Escalation.State
TAKEN = (State.ESCALATED, State.ACKNOWLEDGED)
RECENT = timedelta(days=30)
MOST = 150  # open ones are far fewer; beyond it the pages of tickets have them
ON_BOARD = 50  # more than leads can take on at once; those that wait longest come first
_PEOPLE = ("partner__growth_manager", "partner__deputy", "decided_by", "acknowledged_by", "concluded_by")
_OF_ROW = (
    "partner", "ticket", "state", "cause", "reason", "outcome", "asked_at", "decide_by", "escalated_at",
    "acknowledge_by", "acknowledged_at", "ended_at", "made_at", "partner__name", "partner__tier", "ticket__reference",
    "ticket__version", "ticket__seq", "ticket__subject", "ticket__severity", "ticket__status",
    "ticket__promise", "ticket__assignee__name", "ticket__assignee__email",
    *(f"ticket__promise__{name}" for name in READ),
    *(f"{who}__{name}" for who in _PEOPLE for name in ("name", "email")),
)  # fmt: skip


def _with_facts(escalations: QuerySet[Escalation]) -> QuerySet[Escalation]:
    """Bring what growth managers see of each, and what was said last on its ticket, to everybody who sees it."""
    said = Message.objects.filter(ticket=OuterRef("ticket"), kind=Message.Kind.PUBLIC).order_by("-at", "-pk")
    return (
        escalations.select_related(
            "ticket__organisation__partner", "ticket__client", "ticket__topic", "ticket__promise__package",
            "ticket__assignee", "partner__growth_manager", "partner__deputy", "manager",
            "asked_by", "decided_by", "acknowledged_by", "concluded_by",
        )
        .annotate(said_last=Subquery(said.values("body")[:1]), said_by=Subquery(said.values("author__name")[:1]))
    )  # fmt: skip


def request_or_404(actor: Actor, pk: int) -> Escalation:
    """Return an escalation that a growth manager sees, through a partner that they have now. Raises: Http404."""
    found = _with_facts(_of_partners(actor).filter(pk=pk)).first()
    if found is None:
        raise Http404
    return found


def _of_partners(actor: Actor) -> QuerySet[Escalation]:
    return Escalation.objects.filter(partner__in=partners_of(actor), ticket__in=Ticket.objects.visible_to(actor))


@dataclass(frozen=True, slots=True)
class ManagersList:
    """A growth manager's escalations: what they decide, what support has, what ended in the last 30 days."""

    to_decide: list[Escalation]  # the soonest expected first
    under_way: list[Escalation]  # those that wait for a lead first
    ended: list[Escalation]  # the latest first


def of_manager(actor: Actor, *, now: datetime) -> ManagersList:
    """Return the escalations through the partners that a growth manager has now, on tickets that they may see.

    Two queries: which they are, and what they show. Open ones come before ended ones, should there be more than fit.
    """
    through = Q(ticket__organisation=F("partner")) | Q(ticket__organisation__partner=F("partner"))
    lately = (
        _of_partners(actor)
        .filter((Q(state=State.ASKED) & through) | Q(state__in=TAKEN) | Q(ended_at__gte=now - RECENT))
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")
    )
    found = list(_with_facts(Escalation.objects.filter(pk__in=list(lately.values_list("pk", flat=True)[:MOST]))))
    return ManagersList(
        to_decide=sorted((one for one in found if one.state == State.ASKED), key=_waits_for_decision),
        under_way=sorted((one for one in found if one.state in TAKEN), key=_waits_for_lead),
        ended=sorted((one for one in found if one.ended_at is not None), key=_ended, reverse=True),
    )


def open_tickets(actor: Actor) -> QuerySet[Ticket]:
    """Return the open tickets that an actor may see, in working order."""
    seen = Ticket.objects.visible_to(actor).open().in_working_order()
    facts = seen.select_related("organisation__partner", "client", "topic", "promise", "assignee")
    return facts.defer("description", "answers")


def _in_rows(escalations: QuerySet[Escalation]) -> QuerySet[Escalation]:
    """Read what a row of the leads' lists shows and nothing else."""
    return escalations.select_related("ticket__promise", "ticket__assignee", *_PEOPLE).only(*_OF_ROW)


@dataclass(frozen=True, slots=True)
class LeadsList:
    """What a lead sees now. Waiting ones by when they are expected."""

    waiting: list[Escalation]
    acknowledged: list[Escalation]
    asked: list[Escalation]  # on Critical tickets, and those that growth manager and deputy left unanswered
    has_more: bool  # than the board shows


def for_leads() -> LeadsList:
    """Return the open escalations that leads are shown, those first that were expected first. One query.

    Of the requests not yet decided these are the Critical ones, shown at once, and those that the leads were told of.
    """
    told = Timer.objects.filter(
        escalation=OuterRef("pk"), kind="escalation_decide", key="leads", fired_at__isnull=False
    )
    shown = Escalation.objects.filter(
        Q(state__in=TAKEN) | (Q(state=State.ASKED) & (Q(ticket__severity=Ticket.Severity.CRITICAL) | Exists(told)))
    )
    expected = Coalesce("acknowledge_by", "decide_by", "made_at")
    found = list(_in_rows(shown).order_by(F("acknowledged_at").asc(nulls_first=True), expected, "pk")[: ON_BOARD + 1])
    board = found[:ON_BOARD]
    return LeadsList(
        waiting=[one for one in board if one.state == State.ESCALATED],
        acknowledged=[one for one in board if one.state == State.ACKNOWLEDGED],
        asked=[one for one in board if one.state == State.ASKED],
        has_more=len(found) > ON_BOARD,
    )


def ended_for_leads(*, partner: int | None = None, topic: str = "", tier: str = "") -> QuerySet[Escalation]:
    """Return what came of past escalations that were made, the latest first, of a partner, topic or tier."""
    ended = Escalation.objects.filter(state__in=[State.CONCLUDED, State.LAPSED], escalated_at__isnull=False)
    found = _in_rows(ended)
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


def _waits_for_decision(escalation: Escalation) -> tuple[datetime, int]:
    return (escalation.decide_by or escalation.made_at, escalation.pk)


def _ended(escalation: Escalation) -> tuple[datetime, int]:
    return (escalation.ended_at or escalation.made_at, escalation.pk)


def _waits_for_lead(escalation: Escalation) -> tuple[bool, datetime, int]:
    """Sort what no lead has acknowledged first, then by when it was expected."""
    expected = escalation.acknowledged_at or escalation.acknowledge_by or escalation.made_at
    return (escalation.acknowledged_at is not None, expected, escalation.pk)
