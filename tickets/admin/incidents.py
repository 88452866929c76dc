"""Incidents at the desk: what goes on and what went on, one with its tickets, and its one answer to all of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from packages.policy.wording import wording
from packages.queries.policies import in_force
from tickets.actions import incident_answers, incidents
from tickets.actions.change import NotNow
from tickets.actions.conversation import MessageInvalid
from tickets.actions.incidents import StaleIncident
from tickets.admin.desk_frame import actor_of, frame
from tickets.admin.incident_forms import AnswerForm, IncidentForm, OutcomeForm
from tickets.admin.incident_words import forget_choices
from tickets.markdown import render_markdown
from tickets.models import Incident, IncidentAnswer, Ticket
from tickets.policy.lifecycle import Status
from tickets.queries.incidents import all_incidents, answers_of, incident_or_404, linked_tickets, skipped_of
from tickets.queries.promise_state import state_of
from tickets.web.incidents import OVER
from tickets.web.meters import meter
from tickets.wording import ago, refusal

SHOWN = 200
# A request says it on as many tickets as fit; the worker goes on with the others.
PATIENCE = timedelta(seconds=5)
STALE = "Somebody changed or answered this incident while you were writing. Nothing is lost: look at it and send again."
SKIPPED = {
    "needs_information": "it waits for information",
    "resolved": "it is resolved already",
    "closed": "it is closed",
    "withdrawn": "it was withdrawn",
    "merged": "it is merged into another",
    "unlinked": "it was taken out of the incident meanwhile",
}


@require_GET
def incident_list(request: HttpRequest) -> HttpResponse:
    """Show what goes on; `?view=past` what is over."""
    now, is_past = timezone.now(), request.GET.get("view") == "past"
    named = in_force(now).policy.topics
    rows = [
        {
            "incident": one,
            "topics": ", ".join(_name(named, topic.code) for topic in one.topics.all()) or "every topic",
            "since": ago(one.declared_at, now=now),
            "ended": ago(one.ended_at, now=now) if one.ended_at else "",
        }
        for one in all_incidents(ended=is_past)
    ]
    context = {"rows": rows, "is_past": is_past, "title": "Incidents"}
    return render(request, "admin/desk/incidents.html", frame(request, **context))


@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """Declare an incident: everybody who files sees it at once."""
    form = IncidentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        incident = incidents.declare(form.declared, by=actor_of(request), now=timezone.now())
        forget_choices()
        messages.success(request, "Everybody who files sees it now.")
        return redirect("admin:incident", incident.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something else of an incident."""
    incident, now = incident_or_404(pk), timezone.now()
    form = IncidentForm(request.POST or None, incident=incident)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, incident)
    try:
        incidents.update(incident, form.declared, by=actor_of(request), now=now, expected=_version(request))
    except (StaleIncident, NotNow) as refused:
        return _form_page(request, form, incident_or_404(pk), trouble=_why(refused))
    forget_choices()
    messages.success(request, "It is changed.")
    return redirect("admin:incident", pk)


@require_GET
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an incident: what is said of it, its tickets with their promises, the answers and whom they reached."""
    return _page(request, incident_or_404(pk))


@require_POST
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is over: who wanted to know is told once."""
    found, form = incident_or_404(pk), OutcomeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, outcome_form=form, status=400)
    try:
        told = incidents.conclude(
            found, form.spoken("outcome"), by=actor_of(request), now=timezone.now(), expected=_version(request)
        )
    except (StaleIncident, NotNow) as refused:
        return _page(request, incident_or_404(pk), outcome_form=form, trouble=_why(refused), status=409)
    forget_choices()
    people = "1 person is told" if told == 1 else f"{told} people are told"
    messages.success(request, f"It is over. {people}.")
    return redirect("admin:incident", pk)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one answer to all tickets of an incident, and say whom it did not reach."""
    found, form, now = incident_or_404(pk), AnswerForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, found, answer_form=form, status=400)
    then = form.cleaned_data["then"]
    try:
        made = incident_answers.answer_all(
            found, form.spoken("answer"), id=_id(request), by=actor_of(request), now=now, expected=_version(request),
            is_answer=not form.cleaned_data["not_answer"], then=Status(then) if then else None,
        )  # fmt: skip
    except MessageInvalid as invalid:
        return _page(request, found, answer_form=form, trouble=refusal(invalid.code), status=400)
    except (StaleIncident, NotNow) as refused:
        return _page(request, incident_or_404(pk), answer_form=form, trouble=_why(refused), status=409)
    _send(request, made, now)
    return redirect("admin:incident", pk)


def _send(request: HttpRequest, made: IncidentAnswer, now: datetime) -> None:
    left = incident_answers.send_pending(timezone.now, answer=made, until=now + PATIENCE)
    if left:
        messages.info(request, f"It is being sent: {left} tickets are left.")
    else:
        sent = made.replies.filter(skipped="").count()
        messages.success(request, f"Sent to {sent} ticket{'' if sent == 1 else 's'}. What was skipped is listed.")


def _page(
    request: HttpRequest,
    found: Incident,
    *,
    answer_form: AnswerForm | None = None,
    outcome_form: OutcomeForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    named = in_force(now).policy.topics
    tickets = linked_tickets(found, limit=SHOWN + 1)
    context = {
        "incident": found,
        "topics": ", ".join(_name(named, one.code) for one in found.topics.all()) or "every topic",
        "since": ago(found.declared_at, now=now),
        "ended": ago(found.ended_at, now=now) if found.ended_at else "",
        "text": render_markdown(found.texts["en"]),
        "outcome": render_markdown(found.outcomes.get("en", "")),
        "languages": ", ".join(name for code, name in settings.LANGUAGES if code in found.titles),
        "waiting": found.subscriptions.count(),
        "rows": [_row(one, named, now) for one in tickets[:SHOWN]],
        "is_cut": len(tickets) > SHOWN,
        "answers": _told(found, now),
        "answer_form": answer_form or AnswerForm(),
        "outcome_form": outcome_form or OutcomeForm(),
        "concludes": outcome_form is not None,
        "id": request.POST.get("id") or str(uuid4()),
        "trouble": trouble,
        "title": str(found),
    }
    return render(request, "admin/desk/incident.html", frame(request, **context), status=status)


def _form_page(
    request: HttpRequest, form: IncidentForm, incident: Incident | None, *, trouble: str = ""
) -> HttpResponse:
    context = {"form": form, "incident": incident, "trouble": trouble, "title": "Incident"}
    status = 409 if trouble else 400 if form.errors else 200
    return render(request, "admin/desk/incident_form.html", frame(request, **context), status=status)


def _row(ticket: Ticket, named: Any, now: datetime) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "topic": _name(named, ticket.topic.code),
        "status": str(Ticket.Status(ticket.status).label),
        "state": meter(state_of(ticket.promise, ticket, now=now), now=now),
    }


def _told(found: Incident, now: datetime) -> list[dict[str, Any]]:
    skipped: dict[UUID, list[dict[str, str]]] = {}
    for reply in skipped_of(found):
        why = SKIPPED.get(reply.skipped) or refusal(reply.skipped)
        row = {"reference": reply.ticket.reference, "subject": reply.ticket.subject, "why": why}
        skipped.setdefault(reply.answer_id, []).append(row)
    return [
        {
            "answer": one,
            "text": one.texts["en"],
            "at": ago(one.at, now=now),
            "then": dict(AnswerForm.base_fields["then"].choices)[one.then] if one.then else "",  # type: ignore[attr-defined]
            "skipped": skipped.get(one.pk, []),
        }
        for one in answers_of(found)
    ]


def _name(named: Any, code: str) -> str:
    return wording(named[code].name, "en") if code in named else code


def _why(refused: StaleIncident | NotNow) -> str:
    return str(OVER) if isinstance(refused, NotNow) else STALE


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid4()
