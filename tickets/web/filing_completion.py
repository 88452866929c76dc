"""Complete a ticket that was sent back: the named fields with the reasons of support; then the clock starts anew."""

import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.policy.roles import May
from accounts.web.guards import actor_of, requires
from packages.policy.document import Topic
from packages.queries.policies import InForce, version
from tickets.actions.attaching import discard, stage, staged_files
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.completing import all_answers, complete, offer_anew, open_request
from tickets.actions.filing import Invalid, PromiseMoved, filer_kind, topic_facts
from tickets.models import Attachment, InformationRequest, Ticket
from tickets.policy.answers import Checked, check
from tickets.policy.secrets import masked_by_name
from tickets.policy.uploads import FileRefused
from tickets.queries.access import ticket_or_404
from tickets.queries.offers import Offer
from tickets.web.file_words import file_refusal
from tickets.web.filing_page import upload_facts
from tickets.web.filing_promise import promise_context
from tickets.web.form_layout import named_helper
from tickets.web.forms import Asking, TicketForm, confirmation, is_confirmed
from tickets.web.typed import Typed, typed_from, typed_in
from tickets.web.typing_guard import while_typing
from tickets.wording import refusal

_STAYS = ("add", "remove_file", "preview")


@dataclass(frozen=True)
class Completion:
    """What support asked for, and whom it asked."""

    actor: Actor
    ticket: Ticket
    request: InformationRequest
    version: InForce
    topic: Topic
    now: datetime
    staged: tuple[Attachment, ...] = ()

    @property
    def filer(self) -> str:
        return "partner" if self.ticket.organisation.is_partner else filer_kind(self.actor)

    @cached_property
    def asking(self) -> Asking:
        fields = tuple(field for field in self.topic.all_fields if field.code in self.request.asks)
        return Asking(self.topic, self.version.policy, self.filer, fields, files=self.staged)

    @cached_property
    def before(self) -> dict[str, Any]:
        return all_answers(self.ticket)

    def given(self, form: TicketForm) -> dict[str, Any]:
        """Return raw answers; new files stand beside those that the ticket has."""
        given = form.raw_answers
        for code, value in given.items():
            if isinstance(self.before.get(code), list) and self.before[code] and code in self._file_codes:
                given[code] = [*self.before[code], *value] if value else []
        return given

    @property
    def _file_codes(self) -> set[str]:
        return {field.code for field in self.asking.fields if field.kind == "file"}

    def judge(self, form: TicketForm) -> Checked:
        """Return what the validator says of the ticket with these answers in it."""
        known = [str(pk) for pk in self.ticket.attachments.values_list("pk", flat=True)]
        return check(
            self.topic,
            {**self.before, **self.given(form)},
            filer=self.filer,
            now=self.now,
            zone=timezone.get_current_timezone(),
            files=[*known, *(str(one.pk) for one in self.staged)],
            only=self.request.asks.keys(),
        )


@requires(May.FILE)
def complete_ticket(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for what support named, and start the clock anew when it is there."""
    actor, now = actor_of(request), timezone.now()
    ticket = ticket_or_404(actor, reference)
    completion = _completion(actor, ticket, _staged(actor, request), now)
    if completion is None:
        messages.info(request, refusal("nothing_asked"))
        return redirect("ticket", reference=ticket.reference)
    if request.method == "POST":
        return _sent(request, completion)
    typed = typed_from(completion.before, completion.asking.fields, timezone.get_current_timezone())
    return _page(request, completion, _form(completion, typed))


@while_typing
def promise(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what would be promised if the ticket were complete at this minute."""
    actor, now = actor_of(request), timezone.now()
    completion = _completion(actor, ticket_or_404(actor, reference), (), now)
    if completion is None:
        return HttpResponse(status=204)
    form = _form(completion, typed_in(request.POST, completion.asking.fields))
    return render(request, "tickets/_promise_update.html", {"promise": _promise(completion, completion.judge(form))})


@while_typing
def files(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep one file for a ticket that is being completed, and show it."""
    actor = actor_of(request)
    ticket_or_404(actor, reference)
    file = request.FILES.get("file")
    if file is None:
        return HttpResponse(_("No file came."), status=400, content_type="text/plain; charset=utf-8")
    try:
        attachment = stage(file, by=actor, now=timezone.now(), field=request.GET.get("field", ""))
    except FileRefused as error:
        sentence = file_refusal(error, file.name or "")
        return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
    return render(request, "tickets/_draft_file.html", {"attachment": attachment})


def _completion(actor: Actor, ticket: Ticket, staged: tuple[Attachment, ...], now: datetime) -> Completion | None:
    asked = open_request(ticket)
    if asked is None:
        return None
    terms = version(ticket.form_version_id)
    return Completion(actor, ticket, asked, terms, topic_facts(terms, ticket.topic.code), now, staged)


def _staged(actor: Actor, request: HttpRequest) -> tuple[Attachment, ...]:
    """Return the files that came before this request, without the one whose button was pressed."""
    found = []
    for attachment in staged_files(actor, request.POST.getlist("staged")):
        if str(attachment.pk) == request.POST.get("remove_file"):
            discard(attachment)
        else:
            found.append(attachment)
    return tuple(found)


def _form(completion: Completion, typed: Typed, *, spare_rows: int = 0) -> TicketForm:
    return TicketForm(completion.asking, typed, spare_rows=spare_rows, reasons=completion.request.asks)


def _sent(request: HttpRequest, completion: Completion) -> HttpResponse:
    completion, refused_files = _with_files(request, completion)
    typed, masked = masked_by_name(typed_in(request.POST, completion.asking.fields))
    form = _form(completion, typed, spare_rows=1 if "add" in request.POST else 0)
    if any(button in request.POST for button in _STAYS):
        return _page(request, completion, form, file_errors=refused_files)
    checked = completion.judge(form)
    if masked or refused_files:
        form.place(checked, masked=masked)
        return _page(request, completion, form, status=400, file_errors=refused_files)
    if checked.is_valid and not is_confirmed(checked, typed, request.POST.get("confirmed", "")):
        form.place(checked)
        return _page(request, completion, form, confirmed=confirmation(checked, typed))
    return _complete(request, completion, form, checked)


def _complete(request: HttpRequest, completion: Completion, form: TicketForm, checked: Checked) -> HttpResponse:
    ticket = completion.ticket
    confirmed = confirmation(checked, form.typed)
    try:
        complete(
            ticket,
            completion.given(form),
            by=completion.actor,
            now=completion.now,
            zone=timezone.get_current_timezone(),
            files=completion.staged,
            basis=request.POST.get("basis", ""),
        )
    except Invalid as refused:
        form.place(refused.checked)
        return _page(request, completion, form, status=400, confirmed=confirmed)
    except PromiseMoved as moved:
        return _page(request, completion, form, moved=moved.offer, confirmed=confirmed)
    except Forbidden as refused:
        raise PermissionDenied(refusal(refused.code, **refused.params)) from refused
    except NotNow as refused:
        # Somebody else was first: the ticket shows what happened.
        messages.info(request, refusal(refused.code, **refused.params))
    else:
        messages.success(request, _("Thank you: the clock runs again, in full."))
    return redirect("ticket", reference=ticket.reference)


def _with_files(request: HttpRequest, completion: Completion) -> tuple[Completion, list[str]]:
    staged, refused = list(completion.staged), []
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            try:
                staged.append(stage(file, by=completion.actor, now=completion.now, field=name.removeprefix("file.")))
            except FileRefused as error:
                refused.append(file_refusal(error, file.name or ""))
    facts = (completion.actor, completion.ticket, completion.request, completion.version, completion.topic)
    return Completion(*facts, completion.now, tuple(staged)), refused


def _promise(completion: Completion, checked: Checked, offer: Offer | None = None) -> dict[str, Any]:
    if offer is None:
        # The severity may be among what is asked: the preview stands on the new answers.
        ticket = copy.copy(completion.ticket)
        for code in ("impact", "workaround", "environment"):
            setattr(ticket, code, checked.values.get(code, getattr(ticket, code)))
        offer = offer_anew(ticket, now=completion.now)
    return promise_context(offer, [], package=offer.package, policy=offer.version.policy)


def _page(
    request: HttpRequest,
    completion: Completion,
    form: TicketForm,
    *,
    status: int = 200,
    confirmed: str = "",
    moved: Offer | None = None,
    file_errors: list[str] | None = None,
) -> HttpResponse:
    for text in file_errors or []:
        form.summary.append({"anchor": "", "text": text})
    context = {
        "ticket": completion.ticket,
        "form": form,
        "helper": named_helper(form),
        "confirmed": confirmed,
        "moved": moved,
        "promise": _promise(completion, completion.judge(form), moved),
        "upload": upload_facts(reverse("completion_files", args=[completion.ticket.reference])),
    }
    return render(request, "tickets/complete.html", context, status=status)
