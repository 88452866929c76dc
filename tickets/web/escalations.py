"""Pages of an escalation: ask for one, withdraw it, decide on it; and its card on the ticket's page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.policy.roles import May, Role
from accounts.web.guards import actor_of, only, signed_in
from packages.policy.document import Policy
from packages.queries.policies import in_force
from tickets.actions import escalations
from tickets.actions.change import Forbidden, NotNow
from tickets.escalation_wording import Wording, refusal, state_word, steps
from tickets.models import Escalation, Ticket
from tickets.policy.escalation import RIGHTS, Act, Answer, Refusal
from tickets.queries import escalations as queries
from tickets.queries.access import ticket_or_404
from tickets.queries.escalation_lists import request_or_404
from tickets.queries.promise_state import state_of
from tickets.web.escalation_forms import DeclineForm, EscalationForm
from tickets.web.meters import meter
from tickets.wording import policy_text, short_moment


def card(actor: Actor, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Return the context of `tickets/_escalation_card.html`, as `escalation_card` there. At most ten queries.

    Empty where the card has nothing to say: to support, whose board has it, and to a client of nobody.
    """
    # Most tickets have none: to join all its people costs more than to ask first.
    latest = queries.latest_escalation(ticket) if ticket.escalations.exists() else None
    act = act_of(actor)
    answer = queries.may_beside(actor, ticket, latest, act=act, now=now)
    if latest is None and (actor.is_staff or answer.code == Refusal.NO_PARTNER):
        return {}
    shown = {
        "ticket": ticket,
        "act": act.value,
        "escalate_url": reverse("escalate", args=[ticket.reference]) if answer.allowed else "",
        "refusal": None if answer.allowed or actor.is_staff else _worded(answer, ticket, now),
        "has_button": answer.allowed or answer.code not in RIGHTS,
    }
    return shown | (_standing(actor, ticket, latest, now) if latest is not None else {})


def act_of(actor: Actor) -> Act:
    """Return what the one button of a ticket means for an actor: a growth manager escalates, everybody else asks."""
    return Act.INITIATE if actor.role is Role.GROWTH_MANAGER else Act.ASK


@signed_in
def escalate(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for an escalation of a ticket; for a growth manager: make it. Refused, it says why and what to do."""
    actor, now = actor_of(request), timezone.now()
    ticket = ticket_or_404(actor, reference)
    act = act_of(actor)
    answer = queries.may(actor, ticket, act=act, now=now)
    if not answer.allowed:
        return _refused(request, ticket, answer, now)
    policy = in_force(now).policy
    form = EscalationForm(request.POST or None, policy=policy)
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out(act, ticket, form, by=actor, now=now)
        except (NotNow, Forbidden) as error:
            return _refused(request, ticket, Answer(False, error.code, error.params), now)
        done = _("The growth manager has been asked.") if act is Act.ASK else _("The ticket is escalated.")
        messages.success(request, done)
        return redirect("ticket", reference=ticket.reference)
    context = _form_context(ticket, act, form, now)
    return render(request, "tickets/escalate.html", context, status=400 if form.is_bound else 200)


@require_POST
@signed_in
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    actor, now = actor_of(request), timezone.now()
    escalation = queries.escalation_or_404(actor, pk)
    try:
        escalations.withdraw(escalation, by=actor, now=now)
    except Forbidden as error:
        return _refused(request, escalation.ticket, Answer(False, error.code), now)
    except NotNow as error:
        messages.warning(request, refusal(error.code, error.params, ticket=escalation.ticket, now=now).sentence)
    else:
        messages.success(request, _("The request was withdrawn."))
    return redirect("ticket", reference=escalation.ticket.reference)


@only(May.DECIDE_ESCALATION)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Escalate or decline a request, with everything that is needed for it on the page."""
    actor, now = actor_of(request), timezone.now()
    escalation = request_or_404(actor, pk)
    wants_to_decline = request.POST.get("decision") == "decline"
    form = DeclineForm(request.POST if wants_to_decline else None)
    if request.method == "POST" and (not wants_to_decline or form.is_valid()):
        return _decision(request, escalation, form if wants_to_decline else None, now)
    [found] = request_facts(actor, [escalation], policy=in_force(now).policy, now=now)
    context = {"request_facts": found, "form": form, "ticket": escalation.ticket}
    return render(request, "tickets/escalation_decide.html", context, status=400 if form.is_bound else 200)


def request_facts(
    actor: Actor, requests: Sequence[Escalation], *, policy: Policy, now: datetime
) -> list[dict[str, Any]]:
    """Return what a growth manager needs to decide on each request: the ticket, its promise, why, and the standing.

    At most three queries for any number of what `tickets.queries.escalation_lists` returns.
    """
    standings = queries.standings({one.partner for one in requests}, policy=policy, now=now)
    return [
        {
            "escalation": one,
            "state": meter(state_of(one.ticket.promise, one.ticket, now=now), now=now),
            "cause": cause_text(policy, one.cause),
            "steps": steps(one, reader=actor, now=now, with_texts=True),
            "standing": standings[one.partner_id],
            "decide_by": short_moment(one.decide_by, now=now) if one.decide_by else "",
            "is_overdue": one.decide_by is not None and now >= one.decide_by,
            "is_waiting": one.state == Escalation.State.ASKED,
        }
        for one in requests
    ]


def cause_text(policy: Policy, code: str) -> str:
    """Return why now, in the reader's language; the code itself where a later policy dropped it."""
    text = policy.escalation_causes.get(code)
    return policy_text(text) if text else code


def _standing(actor: Actor, ticket: Ticket, latest: Escalation, now: datetime) -> dict[str, Any]:
    """Return what the card shows of the latest escalation."""
    reads_texts = queries.reads_texts(actor, latest)
    asked = latest.state == Escalation.State.ASKED
    return {
        "escalation": latest,
        "state_word": state_word(latest.state),
        "steps": steps(latest, reader=actor, now=now, with_texts=reads_texts),
        "cause": cause_text(in_force(now).policy, latest.cause),
        "reason": latest.reason if reads_texts else "",
        "withdraw_url": reverse("withdraw_escalation", args=[latest.pk])
        if asked and actor.organisation == latest.partner and actor.may(May.ASK_ESCALATION)
        else "",
        "decide_url": reverse("decide_escalation", args=[latest.pk])
        if asked and queries.manages(actor, latest.partner)
        else "",
    }


def _carry_out(act: Act, ticket: Ticket, form: EscalationForm, *, by: Actor, now: datetime) -> Escalation:
    action = escalations.initiate if act is Act.INITIATE else escalations.ask
    return action(ticket, cause=form.cleaned_data["cause"], reason=form.cleaned_data["reason"], by=by, now=now)


def _decision(request: HttpRequest, escalation: Escalation, form: DeclineForm | None, now: datetime) -> HttpResponse:
    actor = actor_of(request)
    try:
        if form is None:
            escalations.escalate(escalation, by=actor, now=now)
            messages.success(request, _("The ticket is escalated. Support's leads have been told."))
        else:
            escalations.decline(escalation, reason=form.cleaned_data["reason"], by=actor, now=now)
            messages.success(request, _("The request is declined. The partner has been told why."))
    except (NotNow, Forbidden) as error:
        messages.warning(request, refusal(error.code, error.params, ticket=escalation.ticket, now=now).sentence)
    return redirect("manager_desk")


def _form_context(ticket: Ticket, act: Act, form: EscalationForm, now: datetime) -> dict[str, Any]:
    partner = queries.partner_of(ticket)
    assert partner is not None  # the rule allowed it
    return {
        "ticket": ticket,
        "form": form,
        "is_initiative": act is Act.INITIATE,
        "manager": partner.growth_manager,
        "due": short_moment(queries.step_due_at(ticket, now=now), now=now),
        "standing": queries.standing_of(partner, now=now),
        "state": meter(state_of(ticket.promise, ticket, now=now), now=now),
    }


def _refused(request: HttpRequest, ticket: Ticket, answer: Answer, now: datetime) -> HttpResponse:
    """Say why not: a page to read, and for what was sent 403 (one may not) or 409 (not now)."""
    # What was typed is shown once more, to be taken elsewhere: the form it was typed into is gone.
    typed = request.POST.get("reason", "")
    context = {"ticket": ticket, "refusal": _worded(answer, ticket, now), "typed": typed}
    status = 200
    if request.method == "POST":
        status = 403 if answer.code in RIGHTS else 409
    return render(request, "tickets/escalation_refused.html", context, status=status)


def _worded(answer: Answer, ticket: Ticket, now: datetime) -> Wording:
    return refusal(answer.code, answer.params, ticket=ticket, now=now)
