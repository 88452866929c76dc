"""My settings: what to be told of by mail, and how."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.policy.roles import Role
from accounts.web.forms import PortalForm
from accounts.web.guards import actor_of, signed_in
from tickets.actions.choosing_notices import choose_notices
from tickets.models import NoticeChoice
from tickets.policy.notices import Kind, Way, bound_to
from tickets.queries.notice_choices import ways_of

WHAT = {
    Kind.NEW: gettext_lazy("A critical ticket was filed."),
    Kind.WAITING: gettext_lazy("Support needs information or asks you something. Without an answer a ticket ends."),
    Kind.MESSAGES: gettext_lazy("Somebody wrote on a ticket of yours, or on one that you follow."),
    Kind.CHANGES: gettext_lazy("Severity, topic and status: such as resolved, reopened or merged."),
    Kind.ADDED: gettext_lazy("A colleague added you to a ticket: from then on you follow it."),
    Kind.BREACHES: gettext_lazy("Support did not give its first response in time."),
    Kind.ESCALATIONS: gettext_lazy("Each step: decided, taken up, concluded."),
}
WHAT_FOR_SUPPORT = {
    Kind.WAITING: gettext_lazy("Information has come, a check is due, or the partner says that it was no answer."),
    Kind.MESSAGES: gettext_lazy("Somebody wrote on a ticket that is yours, or that you follow; internal notes too."),
    Kind.ADDED: gettext_lazy("Somebody assigned a ticket to you, or added you to it."),
    Kind.BREACHES: gettext_lazy("A first response is nearly due, or late."),
    Kind.ESCALATIONS: gettext_lazy("A ticket was escalated, or an escalation waits for support."),
}
WHY_BOUND = {
    Role.MEMBER: gettext_lazy(
        "You are an admin of your organisation: somebody has to know, so it cannot be switched off."
    ),
    Role.GROWTH_MANAGER: gettext_lazy("Your partners wait for your decision, so it cannot be switched off."),
    Role.LEAD: gettext_lazy("Leads answer for it, so it cannot be switched off."),
    Role.ADMINISTRATOR: gettext_lazy("You stand in where there is no lead, so it cannot be switched off."),
}


class NoticesForm(PortalForm):
    """One choice a kind; what a person has to know of cannot be switched off, and the hint says why."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        ways = ways_of(actor)
        super().__init__(*args, initial=ways, **kwargs)
        bound = bound_to(actor.role, is_admin=actor.is_admin)
        what = {**WHAT, **WHAT_FOR_SUPPORT} if actor.is_staff else WHAT
        for kind in ways:
            offered = [way for way in Way if way is not Way.NOTHING or kind not in bound]
            hint = f"{what[kind]} {WHY_BOUND[actor.role]}" if kind in bound else str(what[kind])
            self.fields[kind.value] = forms.TypedChoiceField(
                label=NoticeChoice.Kind(kind).label,
                help_text=hint,
                coerce=Way,
                choices=[(way.value, NoticeChoice.Way(way).label) for way in offered],
            )

    def chosen(self) -> dict[Kind, Way]:
        return {Kind(name): way for name, way in self.cleaned_data.items()}


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """Show and change what a person is told of by mail."""
    actor = actor_of(request)
    form = NoticesForm(request.POST or None, actor=actor)
    if form.is_valid():
        choose_notices(form.chosen(), by=actor, now=timezone.now())
        messages.success(request, _("Your settings are saved."))
        return redirect("notices")
    return render(request, "tickets/notices.html", {"form": form})
