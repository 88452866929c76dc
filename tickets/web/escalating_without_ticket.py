"""Without a ticket there is no escalation: the way from the wish to a filed ticket, with the text kept.

Source: support policy, "Tiers and escalation".
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.models import Membership
from accounts.policy.roles import May
from accounts.web.guards import actor_of, signed_in
from tickets.actions.preparing import begin_draft, prepare_draft
from tickets.escalation_wording import refusal
from tickets.models import Ticket
from tickets.policy.escalation import RIGHTS, Refusal
from tickets.queries import escalations as queries
from tickets.queries.escalation_lists import open_tickets
from tickets.web.escalation_forms import WithoutTicketForm
from tickets.web.escalations import act_of

SHOWN = 20


class PreparedDraftForm(WithoutTicketForm):
    """The text of a ticket, and whom of the partner it is prepared for."""

    member = forms.ModelChoiceField(
        label=gettext_lazy("Who files it"),
        queryset=Membership.objects.none(),
        empty_label=gettext_lazy("Choose a person of your partner"),
        error_messages={"required": gettext_lazy("Choose who completes and files it.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = queries.partners_of(actor)
        self.fields["member"].queryset = (  # type: ignore[attr-defined]
            Membership.objects.filter(organisation__in=partners, user__is_active=True)
            .select_related("user", "organisation")
            .order_by("organisation__name", "user__name")
        )
        self.order_fields(["member", "description"])


@signed_in
def escalate_without_ticket(request: HttpRequest) -> HttpResponse:
    """Show why nothing can be escalated yet, offer the open tickets, and lead what is typed into a new one."""
    actor, now = actor_of(request), timezone.now()
    if actor.may(May.DECIDE_ESCALATION):
        return _for_growth_manager(request, actor)
    if not actor.may(May.FILE):
        return _refused_page(request, actor, status=403 if request.method == "POST" else 200)
    form = WithoutTicketForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft = begin_draft(form.cleaned_data["description"], by=actor, now=now)
        return redirect("new_ticket_form", draft=draft.pk)
    return render(request, "tickets/escalate_without_ticket.html", _context(actor, form), status=_status(form))


def _for_growth_manager(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = PreparedDraftForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        member = form.cleaned_data["member"]
        prepare_draft(form.cleaned_data["description"], member=member, by=actor, now=timezone.now())
        messages.success(
            request,
            _("The draft is with %(name)s, under their drafts. It is a ticket once they have completed and filed it.")
            % {"name": member.user},
        )
        return redirect("manager_desk")
    return render(request, "tickets/escalate_without_ticket.html", _context(actor, form), status=_status(form))


def _refused_page(request: HttpRequest, actor: Actor, *, status: int) -> HttpResponse:
    worded = refusal(Refusal.NOT_YOURS, {}, ticket=None, now=timezone.now())
    return render(request, "tickets/escalation_refused.html", {"refusal": worded}, status=status)


def _context(actor: Actor, form: forms.Form) -> dict[str, Any]:
    now = timezone.now()
    answer = queries.may(actor, None, act=act_of(actor), now=now)
    tickets: list[Ticket] = [] if answer.code in RIGHTS else list(open_tickets(actor)[:SHOWN])
    return {
        "form": form,
        "refusal": refusal(answer.code, answer.params, ticket=None, now=now),
        "tickets": tickets,
        "is_manager": actor.may(May.DECIDE_ESCALATION),
    }


def _status(form: forms.Form) -> int:
    return 400 if form.is_bound else 200
