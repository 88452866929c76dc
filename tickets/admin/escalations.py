"""The leads' board of escalations: what waits for a lead against its target, what a lead has, and what came of it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organisation, Tier
from accounts.policy.roles import May
from packages.policy.document import Policy
from packages.queries.policies import in_force
from tickets.actions import escalations
from tickets.actions.change import Forbidden, NotNow
from tickets.admin.desk_frame import actor_of, frame
from tickets.escalation_wording import refusal, state_word, waiting_note
from tickets.models import Escalation
from tickets.queries import escalation_lists
from tickets.queries.escalations import escalation_or_404, standings
from tickets.queries.promise_state import promise_clock, state_of
from tickets.web.escalations import cause_text
from tickets.web.meters import meter
from tickets.wording import duration, policy_text

PAGE = 50
State = Escalation.State


class PastForm(forms.Form):
    """Whose past escalations are shown."""

    partner = forms.ModelChoiceField(Organisation.objects.none(), required=False, empty_label="Partner: any")
    tier = forms.ChoiceField(required=False)
    topic = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = escalation_lists.partners_with_escalations()  # type: ignore[attr-defined]
        self.fields["tier"].choices = [("", "Tier: any"), *Tier.choices]  # type: ignore[attr-defined]
        topics = [(code, policy_text(topic.name)) for code, topic in policy.topics.items()]
        self.fields["topic"].choices = [("", "Topic: any"), *topics]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "field", "aria-label": name.capitalize()}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show the escalations by step; `?view=past` those that ended."""
    if request.GET.get("view") == "past":
        return _past(request)
    actor, now = actor_of(request), timezone.now()
    policy = in_force(now).policy
    listed = escalation_lists.for_leads()
    context = {
        "waiting": [_row(one, policy, now) for one in listed.waiting],
        "acknowledged": [_row(one, policy, now) for one in listed.acknowledged],
        "asked": [_row(one, policy, now) for one in listed.asked],
        "now_count": len(listed.waiting) + len(listed.acknowledged),
        "has_more": listed.has_more,
        "is_lead": actor.may(May.LEAD),
        "partners": _limited(policy, now) if actor.may(May.LEAD) else [],
        "title": "Escalations",
    }
    return render(request, "admin/desk/escalations.html", frame(request, **context))


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an escalation on. Leads only."""
    actor, now = actor_of(request), timezone.now()
    escalation = escalation_or_404(actor, pk)
    try:
        escalations.acknowledge(escalation, by=actor, now=now)
    except (Forbidden, NotNow) as error:
        return _refused(request, error, now)
    messages.success(request, f"{escalation.ticket.reference} is acknowledged: partner and growth manager are told.")
    return redirect("admin:escalations")


@require_POST
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how an escalation ended. Leads only."""
    actor, now = actor_of(request), timezone.now()
    escalation = escalation_or_404(actor, pk)
    try:
        escalations.conclude(escalation, outcome=request.POST.get("outcome", ""), by=actor, now=now)
    except (Forbidden, NotNow) as error:
        return _refused(request, error, now, typed=request.POST.get("outcome", ""))
    messages.success(request, f"The escalation of {escalation.ticket.reference} is concluded.")
    return redirect("admin:escalations")


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow a partner one escalation beyond its limit this month. Leads only."""
    actor, now = actor_of(request), timezone.now()
    partner = get_object_or_404(Organisation, pk=pk, kind=Organisation.Kind.PARTNER)
    try:
        escalations.grant_one_more(partner, reason=request.POST.get("reason", ""), by=actor, now=now)
    except (Forbidden, NotNow) as error:
        return _refused(request, error, now, typed=request.POST.get("reason", ""))
    messages.success(request, f"{partner} may escalate once more this month.")
    return redirect("admin:escalations")


def _past(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    policy = in_force(now).policy
    form = PastForm(request.GET, policy=policy)
    chosen = form.cleaned_data if form.is_valid() else {}
    partner = chosen.get("partner")
    found = escalation_lists.ended_for_leads(
        partner=partner.pk if partner else None, topic=chosen.get("topic", ""), tier=chosen.get("tier", "")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    kept = {name: request.GET[name] for name in ("view", *form.fields) if request.GET.get(name)}
    context = {
        "rows": [_row(one, policy, now) for one in page],
        "form": form,
        "page": page,
        "previous_url": _address(kept, page.previous_page_number()) if page.has_previous() else "",
        "next_url": _address(kept, page.next_page_number()) if page.has_next() else "",
        "title": "Past escalations",
    }
    return render(request, "admin/desk/past_escalations.html", frame(request, **context))


def _address(kept: dict[str, str], page: int) -> str:
    return "?" + urlencode({**kept, "page": page})


def _row(escalation: Escalation, policy: Policy, now: datetime) -> dict[str, Any]:
    ticket = escalation.ticket
    due_at = escalation.decide_by if escalation.state == State.ASKED else escalation.acknowledge_by
    return {
        "escalation": escalation,
        "ticket": ticket,
        "state": meter(state_of(ticket.promise, ticket, now=now), now=now),
        "cause": cause_text(policy, escalation.cause),
        "word": state_word(escalation.state),
        "note": waiting_note(escalation, now=now),
        "age": _age(escalation, now),
        "is_late": escalation.state in (State.ASKED, State.ESCALATED) and due_at is not None and now >= due_at,
    }


def _age(escalation: Escalation, now: datetime) -> str:
    """Return how long the step has waited, of how long it may: both opening time."""
    asked = escalation.state == State.ASKED
    start = escalation.asked_at if asked else escalation.escalated_at
    due_at = escalation.decide_by if asked else escalation.acknowledge_by
    promise = escalation.ticket.promise
    if start is None or due_at is None or promise is None:
        return ""
    clock = promise_clock(promise)
    end = max(start, escalation.acknowledged_at or now)
    return f"{duration(clock.open_time_between(start, end))} of {duration(clock.open_time_between(start, due_at))}"


def _limited(policy: Policy, now: datetime) -> list[dict[str, Any]]:
    """Return the partners whose tier has a limit, with what they used this month; none has by default."""
    tiers = [code for code, tier in policy.tiers.items() if tier.monthly_limit is not None]
    if not tiers:
        return []
    partners = list(escalation_lists.partners_with_escalations().filter(tier__in=tiers))
    found = standings(partners, policy=policy, now=now)
    return [{"partner": partner, "standing": found[partner.pk]} for partner in partners]


def _refused(request: HttpRequest, error: Forbidden | NotNow, now: datetime, *, typed: str = "") -> HttpResponse:
    worded = refusal(error.code, error.params, ticket=None, now=now)
    context = {"refusal": worded, "typed": typed, "title": "Nothing was changed"}
    status = 403 if isinstance(error, Forbidden) else 409
    return render(request, "admin/desk/escalation_refused.html", frame(request, **context), status=status)
