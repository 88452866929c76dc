"""The growth manager's desk: what waits for a decision, where escalations stand, how the partners are served."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Tier
from accounts.policy.roles import May
from accounts.web.guards import actor_of, only
from packages.queries.policies import in_force
from tickets.escalation_wording import state_word, waiting_note
from tickets.models import Escalation, Ticket
from tickets.policy.lifecycle import VALID_OPEN
from tickets.queries import escalation_lists
from tickets.queries.partner_health import PartnerHealth, partners_health
from tickets.queries.promise_state import state_of
from tickets.web.escalations import request_facts
from tickets.web.meters import meter
from tickets.wording import status_word

PAGE = 30


@only(May.DECIDE_ESCALATION)
def manager_desk(request: HttpRequest) -> HttpResponse:
    """Show everything of the growth manager's partners on one page; the decisions stand first."""
    actor, now = actor_of(request), timezone.now()
    policy = in_force(now).policy
    listed = escalation_lists.of_manager(actor, now=now)
    health = partners_health(actor, policy=policy, now=now)
    paginator = Paginator(escalation_lists.open_tickets(actor), PAGE)
    paginator.count = sum(one.open for one in health)  # counted already
    page = paginator.get_page(request.GET.get("page"))
    asked = {one.ticket_id: one.pk for one in listed.to_decide}
    context = {
        "requests": request_facts(actor, listed.to_decide, policy=policy, now=now),
        "under_way": [_row(one, now) for one in listed.under_way],
        "ended": [_row(one, now) for one in listed.ended],
        "partners": [_partner_row(one) for one in health],
        "tickets": [_ticket_row(one, asked.get(one.pk), now) for one in page],
        "page": page,
        "previous_url": f"?page={page.previous_page_number()}#tickets" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}#tickets" if page.has_next() else "",
    }
    return render(request, "tickets/manager_desk.html", context)


def _row(escalation: Escalation, now: datetime) -> dict[str, Any]:
    """Return a line of an escalation: where it stands, and by when the next step is expected."""
    return {
        "escalation": escalation,
        "ticket": escalation.ticket,
        "word": state_word(escalation.state),
        "note": waiting_note(escalation, now=now),
        "is_late": escalation.state == Escalation.State.ESCALATED
        and escalation.acknowledge_by is not None
        and now >= escalation.acknowledge_by,
    }


def _ticket_row(ticket: Ticket, asked: int | None, now: datetime) -> dict[str, Any]:
    """Return a line of a ticket; `asked` is its request that waits for a decision. No button where none is possible."""
    word, _is_turn = status_word(ticket, is_staff=True)
    possible = ticket.state in VALID_OPEN and not ticket.is_escalated
    return {
        "ticket": ticket,
        "word": word,
        "state": meter(state_of(ticket.promise, ticket, now=now), now=now),
        "decide_url": reverse("decide_escalation", args=[asked]) if asked else "",
        "escalate_url": reverse("escalate", args=[ticket.reference]) if possible else "",
    }


def _partner_row(health: PartnerHealth) -> dict[str, Any]:
    def percent(share: float | None) -> int | None:
        return None if share is None else round(100 * share)

    return {
        "health": health,
        "tier": Tier(health.partner.tier).label if health.partner.tier else "",
        "kept": percent(health.kept),
        "lowered": percent(health.lowered),
        "satisfaction": None if health.satisfaction is None else round(50 * (health.satisfaction - 1)),
    }
