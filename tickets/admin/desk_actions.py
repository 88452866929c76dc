"""What an agent does with a ticket: each is one action of `tickets.actions`; a sentence says why it was not done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.models import User
from packages.queries.policies import in_force
from tickets.actions import ending, escalations, linking, merging, triage
from tickets.actions.attaching import stage, staged_files
from tickets.actions.change import Forbidden, NotNow, StaleTicket
from tickets.actions.completing import send_back as send_back_action
from tickets.actions.conversation import MessageInvalid, add_note, post_message
from tickets.admin.desk_drafts import forget_draft
from tickets.admin.desk_forms import ConcludeForm, PlatformForm, ReclassifyForm, TopicForm
from tickets.admin.desk_frame import actor_of
from tickets.admin.desk_ticket import Trouble, ticket_for, ticket_page
from tickets.admin.prepared_words import prepared_of
from tickets.admin.refusals import NO_SUCH_TICKET, file_sentence, message_sentence, sentence
from tickets.admin.unseen import changed_visibly
from tickets.models import Ticket
from tickets.policy.lifecycle import Status
from tickets.policy.uploads import FileRefused
from tickets.queries.access import visible_ticket
from tickets.queries.escalations import open_escalation
from tickets.wording import refusal

Do = Callable[[Ticket, int | None], object]  # a ticket, and the version of it that the agent saw
THEN = {"waiting_partner": Status.WAITING_PARTNER, "resolved": Status.RESOLVED, "in_progress": Status.IN_PROGRESS}


@require_POST
def message(request: HttpRequest, reference: str) -> HttpResponse:
    """Send an answer, or add an internal note."""
    ticket, by, now = _begin(request, reference)
    post = request.POST.copy()
    try:
        for file in request.FILES.getlist("upload"):
            # Its id joins the others': whatever happens next, the page comes back with it.
            post.appendlist("files", str(stage(file, by=by, now=now).pk))
    except FileRefused as refused:
        return ticket_page(request, ticket, Trouble(file_sentence(refused), post, status=400))
    files = staged_files(by, post.getlist("files"))
    nonce, prepared = _uuid(post.get("nonce", "")), prepared_of(post.get("prepared", ""))
    if post.get("kind") == "note":

        def do(ticket: Ticket, seen: int | None) -> object:
            # A note contradicts nobody, whatever happened meanwhile.
            return add_note(ticket, post.get("body", ""), by=by, now=now, files=files, nonce=nonce)
    else:

        def do(ticket: Ticket, seen: int | None) -> object:
            return post_message(
                ticket, post.get("body", ""), by=by, now=now, files=files, nonce=nonce, expected=seen,
                is_answer=not post.get("not_answer"), prepared=prepared,
                then=THEN.get(post.get("then", "")),
            )  # fmt: skip

    response = _run(request, ticket, do, now=now, entered=post)
    if response.status_code == 302:
        forget_draft(request, ticket)
    return response


@require_POST
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the ticket to a person of support, to oneself, or to nobody."""
    ticket, by, now = _begin(request, reference)
    chosen = request.POST.get("assignee", "")
    person = by.user if chosen == "me" else _person(chosen)
    if person is None and chosen != "nobody":
        return ticket_page(request, ticket, Trouble(refusal("not_support"), request.POST, status=400))
    return _run(request, ticket, lambda one, seen: triage.assign(one, person, by=by, now=now, expected=seen), now=now)


@require_POST
def send_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the ticket back for the fields that are ticked, each with its reason."""
    ticket, by, now = _begin(request, reference)
    asks = {code: request.POST.get(f"reason_{code}", "") for code in request.POST.getlist("field")}
    if not asks or not all(reason.strip() for reason in asks.values()):
        return _again(request, ticket, "send_back", refusal("name_the_fields"))
    return _run(
        request, ticket, lambda one, seen: send_back_action(one, asks, by=by, now=now, expected=seen),
        now=now, dialog="send_back",
    )  # fmt: skip


@require_POST
def reclassify(request: HttpRequest, reference: str) -> HttpResponse:
    ticket, by, now = _begin(request, reference)
    form = ReclassifyForm(request.POST, ticket=ticket)
    if not form.is_valid():
        return _again(request, ticket, "reclassify")
    severity, cause = form.chosen

    def do(ticket: Ticket, seen: int | None) -> object:
        reason = form.cleaned_data["reason"]
        return triage.reclassify(ticket, severity, cause=cause, reason=reason, by=by, now=now, expected=seen)

    return _run(request, ticket, do, now=now, dialog="reclassify")


@require_POST
def change_topic(request: HttpRequest, reference: str) -> HttpResponse:
    ticket, by, now = _begin(request, reference)
    form = TopicForm(request.POST, ticket=ticket, policy=in_force(now).policy)
    if not form.is_valid():
        return _again(request, ticket, "topic")
    chosen = form.cleaned_data

    def do(ticket: Ticket, seen: int | None) -> object:
        return triage.change_topic(ticket, chosen["topic"], reason=chosen["reason"], by=by, now=now, expected=seen)

    return _run(request, ticket, do, now=now, dialog="topic")


@require_POST
def wait_for_platform(request: HttpRequest, reference: str) -> HttpResponse:
    ticket, by, now = _begin(request, reference)
    form = PlatformForm(request.POST)
    if not form.is_valid():
        return _again(request, ticket, "platform")
    named = form.cleaned_data

    def do(ticket: Ticket, seen: int | None) -> object:
        return triage.wait_for_platform(
            ticket, case=named["case"], check_at=named["check_at"], by=by, now=now, expected=seen
        )

    return _run(request, ticket, do, now=now, dialog="platform")


_MOVES: dict[str, Callable[..., object]] = {
    "wait": triage.wait_for_partner,
    "take_up": triage.take_up,
    "resolve": ending.resolve,
    "reopen": ending.reopen,
    "close": ending.close,
}


@require_POST
def move(request: HttpRequest, reference: str, to: str) -> HttpResponse:
    """Move the ticket on in one step that needs no more words."""
    ticket, by, now = _begin(request, reference)
    return _run(request, ticket, lambda one, seen: _MOVES[to](one, by=by, now=now, expected=seen), now=now)


@require_POST
def acknowledge(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the ticket's escalation on, as a lead."""
    ticket, by, now = _begin(request, reference)
    return _run(request, ticket, lambda one, seen: escalations.acknowledge(_escalation(one), by=by, now=now), now=now)


@require_POST
def conclude(request: HttpRequest, reference: str) -> HttpResponse:
    """Say how the ticket's escalation ended, as a lead."""
    ticket, by, now = _begin(request, reference)
    form = ConcludeForm(request.POST)
    if not form.is_valid():
        return _again(request, ticket, "conclude")
    outcome = form.cleaned_data["outcome"]

    def do(ticket: Ticket, seen: int | None) -> object:
        return escalations.conclude(_escalation(ticket), outcome=outcome, by=by, now=now)

    return _run(request, ticket, do, now=now, dialog="conclude")


@require_POST
def unmerge(request: HttpRequest, reference: str) -> HttpResponse:
    """Undo a merge: the ticket goes on by itself."""
    ticket, by, now = _begin(request, reference)
    return _run(request, ticket, lambda one, seen: merging.unmerge(one, by=by, now=now, expected=seen), now=now)


@require_POST
def link(request: HttpRequest, reference: str) -> HttpResponse:
    """Link the ticket with another, or take that link away."""
    ticket, by, now = _begin(request, reference)
    other = visible_ticket(by, request.POST.get("other", ""))
    if other is None:
        return _again(request, ticket, "link", NO_SUCH_TICKET)
    act = linking.unlink if request.POST.get("do") == "unlink" else linking.link
    return _run(request, ticket, lambda one, seen: act(one, other, by=by, now=now), now=now, dialog="link")


def _begin(request: HttpRequest, reference: str) -> tuple[Ticket, Actor, datetime]:
    return ticket_for(request, reference), actor_of(request), timezone.now()


def _run(
    request: HttpRequest,
    ticket: Ticket,
    do: Do,
    *,
    now: datetime,
    dialog: str = "",
    entered: QueryDict | None = None,
) -> HttpResponse:
    """Do it and show the ticket; or show the ticket with why not, and with all that was entered."""
    entered = request.POST if entered is None else entered
    seen, version = _number(request.POST.get("seen", "")), _number(request.POST.get("version", ""))
    try:
        try:
            do(ticket, version)
        except StaleTicket as stale:
            # What the portal did by itself meanwhile (a warning, a reminder) contradicts nobody.
            if seen is None or changed_visibly(ticket, seen):
                raise
            do(ticket, stale.current.version)
    except StaleTicket:
        trouble = Trouble(refusal("stale"), entered, dialog, seen=seen)
    except Forbidden as refused:
        trouble = Trouble(sentence(refused, ticket, now=now), entered, dialog, status=403)
    except NotNow as refused:
        trouble = Trouble(sentence(refused, ticket, now=now), entered, dialog)
    except MessageInvalid as invalid:
        trouble = Trouble(message_sentence(invalid), entered, dialog, status=400)
    else:
        return redirect("admin:desk_ticket", ticket.reference)
    return ticket_page(request, ticket_for(request, ticket.reference), trouble)


def _again(request: HttpRequest, ticket: Ticket, dialog: str, why: str = "") -> HttpResponse:
    """Show the dialog again, with what was entered and what is wrong with it."""
    return ticket_page(request, ticket, Trouble(why, request.POST, dialog, status=400))


def _escalation(ticket: Ticket) -> Any:
    escalation = open_escalation(ticket)
    if escalation is None:
        raise NotNow("no_escalation")
    return escalation


def _person(value: str) -> User | None:
    number = _number(value)
    return User.objects.filter(pk=number).first() if number is not None else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
