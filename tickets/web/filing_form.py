"""Write a ticket and file it: the page comes back with all that is on it until the ticket is valid and promised so."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.policy.roles import May
from accounts.web.guards import actor_of, requires
from packages.policy.document import Policy
from packages.queries.policies import in_force
from tickets.actions.attaching import discard, stage
from tickets.actions.drafting import save_draft
from tickets.actions.filing import Filing, Invalid, PromiseMoved, file_ticket
from tickets.models import Draft, Ticket
from tickets.policy.uploads import FileRefused
from tickets.queries.access import draft_or_404
from tickets.web.file_words import file_refusal
from tickets.web.filing_page import SHARED, Writing, filed_from, form_of, page_context, preset
from tickets.web.forms import confirmation, is_confirmed
from tickets.web.incidents import shown_incidents
from tickets.web.typed import typed_in

_STAYS = ("add", "remove_file", "preview")  # buttons that change the page and file nothing


@requires(May.FILE)
def new_ticket_form(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show a draft's form; file it when it is sent. A draft that was filed leads to its ticket."""
    actor, now = actor_of(request), timezone.now()
    try:
        found = draft_or_404(actor, draft)
    except Http404:
        ticket = filed_from(actor, draft)
        if ticket is None:
            raise
        return redirect("ticket", reference=ticket.reference)
    version = in_force(now)
    topic = version.policy.topics.get(found.topic.code) if found.topic else None
    if topic is None:
        return _topic_gone(request, found, version.policy, now)
    writing = Writing(actor, found, version, topic, now)
    if request.method == "POST":
        return _sent(request, writing)
    form = form_of(writing, typed_in(preset(writing), writing.asking.fields))
    return _page(request, writing, form)


def _topic_gone(request: HttpRequest, draft: Draft, policy: Policy, now: datetime) -> HttpResponse:
    """Lead to the choice of a topic, with all that was typed; the policy may have dropped the one that was chosen."""
    if request.method == "POST":
        fields = {field.code: field for topic in policy.topics.values() for field in topic.all_fields}
        save_draft(draft, typed_in(request.POST, tuple(fields.values())), own=frozenset(), now=now)
    if draft.topic:
        messages.warning(request, _("This topic is no longer offered. Choose another one: what you wrote is kept."))
    return redirect(f"{reverse('new_ticket')}?draft={draft.pk}")


def _sent(request: HttpRequest, writing: Writing) -> HttpResponse:
    refused_files = _take_files(request, writing)
    typed, masked = save_draft(
        writing.draft, typed_in(request.POST, writing.asking.fields), own=writing.codes, now=writing.now
    )
    form = form_of(writing, typed, spare_rows=1 if "add" in request.POST else 0)
    if any(button in request.POST for button in _STAYS):
        return _page(request, writing, form, file_errors=refused_files)
    checked = writing.judge(form)
    if masked or refused_files or not checked.is_valid:
        form.place(checked, masked=masked)
        return _page(
            request, writing, form, status=400, file_errors=refused_files, confirmed=confirmation(checked, typed)
        )
    if not is_confirmed(checked, typed, request.POST.get("confirmed", "")):
        form.place(checked)
        return _page(request, writing, form, confirmed=confirmation(checked, typed))
    try:
        ticket = _file(request, writing, form)
    except Invalid as refused:
        form.place(refused.checked)
        return _page(request, writing, form, status=400)
    except PromiseMoved as moved:
        return _page(request, writing, form, confirmed=confirmation(checked, typed), moved=moved.offer)
    messages.success(request, _("The ticket is filed: %(reference)s.") % {"reference": ticket.reference})
    return redirect("ticket", reference=ticket.reference)


def _file(request: HttpRequest, writing: Writing, form: Any) -> Ticket:
    wish = form.typed.get(SHARED, "")
    filing = Filing(
        topic=writing.topic.code,
        answers=form.raw_answers,
        zone=timezone.get_current_timezone(),
        files=writing.files,
        draft=writing.draft,
        shared={"yes": True, "no": False}.get(wish),
        basis=request.POST.get("basis", ""),
    )
    return file_ticket(filing, by=writing.actor, now=writing.now)


def _take_files(request: HttpRequest, writing: Writing) -> list[str]:
    """Keep the files that came with the form itself, and drop the one whose button was pressed; return refusals."""
    unwanted = request.POST.get("remove_file", "")
    for attachment in list(writing.files):
        if str(attachment.pk) == unwanted:
            discard(attachment)
            writing.files.remove(attachment)
    refused = []
    codes = {field.code for field in writing.asking.fields}
    for name in request.FILES:
        field = name.removeprefix("file.")
        for file in request.FILES.getlist(name):
            try:
                staged = stage(
                    file, by=writing.actor, now=writing.now, draft=writing.draft, field=field if field in codes else ""
                )
            except FileRefused as error:
                refused.append(file_refusal(error, file.name or ""))
            else:
                writing.files.append(staged)
    return refused


def _page(request: HttpRequest, writing: Writing, form: Any, *, status: int = 200, **facts: Any) -> HttpResponse:
    context = page_context(writing, form, writing.judge(form), **facts)
    topic = writing.draft.topic_id
    context["incidents"] = shown_incidents(writing.actor, now=writing.now, topic_id=topic)
    for text in context["file_errors"]:
        form.summary.append({"anchor": "id_files", "text": text})
    return render(request, "tickets/new_form.html", context, status=status)
