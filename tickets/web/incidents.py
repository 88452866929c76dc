"""Incidents in the portal: shown above what one files and on a ticket, and "tell me when it's over" with one click."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.policy.roles import May
from accounts.web.guards import actor_of, requires
from tickets.actions.change import NotNow
from tickets.actions.drafting import save_draft
from tickets.actions.incidents import subscribe, unsubscribe
from tickets.markdown import render_markdown
from tickets.models import Incident, Ticket
from tickets.queries.incidents import going_on_for, incident_of, incident_or_404
from tickets.web.filing_page import writing_or_404
from tickets.web.forms import asked_fields
from tickets.web.typed import typed_in
from tickets.wording import ago, policy_text

OVER = gettext_lazy("This incident is over already.")


def shown_incidents(actor: Actor, *, now: datetime, topic_id: int | None = None) -> list[dict[str, Any]]:
    """Return what goes on, of a topic or of all, for tickets/_incidents.html. One query."""
    return [_shown(one, now) for one in going_on_for(actor, topic_id=topic_id)]


def incident_on(ticket: Ticket, actor: Actor, *, now: datetime) -> dict[str, Any] | None:
    """Return the incident that a ticket is part of, for its page. One query at most."""
    incident = incident_of(ticket, actor)
    return {**_shown(incident, now), "may_await": actor.may(May.FILE)} if incident else None


@require_POST
@requires(May.FILE)
def await_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the person when it is over; `stop` tells them no more. What they typed on the way is kept."""
    actor, now, incident = actor_of(request), timezone.now(), incident_or_404(pk)
    try:
        if "stop" in request.GET:
            unsubscribe(incident, by=actor)
        else:
            subscribe(incident, by=actor, now=now)
    except NotNow:
        messages.info(request, str(OVER))
        return _back(request)
    if request.htmx:  # type: ignore[attr-defined]
        incident.is_awaited = "stop" not in request.GET  # type: ignore[attr-defined]
        context = {"incident": _shown(incident, now), "draft": request.GET.get("draft"), "ticket": _reference(request)}
        return render(request, "tickets/_incident_await.html", context)
    if "stop" not in request.GET:
        messages.success(request, _("You get a mail when it is over."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Lead back to where the person was, a form with all that was typed."""
    if reference := _reference(request):
        return redirect("ticket", reference=reference)
    draft = _uuid(request.GET.get("draft", ""))
    if draft is None:
        return redirect("new_ticket")
    writing = writing_or_404(actor_of(request), draft, now=timezone.now())
    if "subject" in request.POST:
        fields = asked_fields(writing.topic, writing.filer)
        save_draft(writing.draft, typed_in(request.POST, fields), own=writing.codes, now=writing.now)
    return redirect("new_ticket_form", draft=draft)


def _shown(incident: Incident, now: datetime) -> dict[str, Any]:
    return {
        "pk": incident.pk,
        "title": policy_text(incident.titles),
        "text": render_markdown(policy_text(incident.outcomes) or policy_text(incident.texts)),
        "is_over": incident.is_over,
        "at": ago(incident.ended_at or incident.declared_at, now=now),
        "is_awaited": incident.is_awaited,  # type: ignore[attr-defined]
    }


def _reference(request: HttpRequest) -> str:
    reference = request.GET.get("ticket", "")
    return reference if reference.isascii() and reference.replace("-", "").isalnum() and len(reference) <= 12 else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
