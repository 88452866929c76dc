"""Writing on a ticket: a message with its files, and the files staged for it while it is written."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.web.guards import actor_of
from tickets.actions.attaching import discard, move_to_draft, stage, staged_files
from tickets.actions.change import NotNow
from tickets.actions.conversation import MOST, MessageInvalid, post_message
from tickets.actions.drafting import start_draft
from tickets.models import Attachment
from tickets.policy.secrets import has_secret
from tickets.policy.uploads import INLINE, FileRefused
from tickets.queries.access import attachment_or_404, ticket_or_404
from tickets.web.file_words import file_refusal
from tickets.web.refusals import SeeOther, back_to, masked_note, posts
from tickets.web.thread import ticket_page
from tickets.wording import refusal


@posts
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """Post a message. Sent twice it is said once; refused, it comes back with everything that was typed."""
    actor, now = actor_of(request), timezone.now()
    found = ticket_or_404(actor, reference)
    body = request.POST.get("body", "")
    files = staged_files(actor, request.POST.getlist("files"))
    try:
        _stage_too(request, actor, files)
        message = post_message(found, body, by=actor, now=now, files=files, nonce=_nonce(request))
    except _FileNotTaken as error:
        return ticket_page(request, found, actor, typed=body, files=files, error=str(error), status=400)
    except MessageInvalid as error:
        return ticket_page(request, found, actor, typed=body, files=files, error=refusal(error.code), status=400)
    except NotNow as error:
        # Closed meanwhile: what was typed and attached stands in the form that starts a new ticket.
        found.refresh_from_db()
        why = refusal(error.code, **error.params)
        return ticket_page(request, found, actor, typed=body, files=files, error=why, status=409)
    if has_secret(body):
        messages.warning(request, masked_note())
    return back_to(reference, f"m{message.pk}")


@posts
def follow_up(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a new ticket that follows one that has ended, with what was typed and attached."""
    actor, now = actor_of(request), timezone.now()
    found = ticket_or_404(actor, reference)
    files = staged_files(actor, request.POST.getlist("files"))
    body = request.POST.get("body", "")
    try:
        _stage_too(request, actor, files)
    except _FileNotTaken as error:
        return ticket_page(request, found, actor, typed=body, files=files, error=str(error), status=400)
    answers = {"subject": found.subject, "description": body[:MOST]}
    draft = start_draft(by=actor, now=now, topic=found.topic.code, answers=answers, follows=found)
    move_to_draft(files, draft)
    return SeeOther(reverse("new_ticket_form", args=[draft.pk]))


@posts
def add_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Stage one file for the message that is being written; it is the sender's alone until then."""
    actor = actor_of(request)
    ticket_or_404(actor, reference)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return HttpResponse(refusal("empty"), status=400, content_type="text/plain; charset=utf-8")
    try:
        staged = stage(file, by=actor, now=timezone.now())
    except FileRefused as error:
        text = file_refusal(error, file.name or "")
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    context = {"file": staged, "reference": reference, "is_picture": staged.content_type in INLINE}
    return render(request, "tickets/_staged_file.html", context, status=201)


@posts
def remove_file(request: HttpRequest, reference: str, pk: UUID) -> HttpResponse:
    """Remove a file that was staged and not sent yet."""
    actor = actor_of(request)
    ticket_or_404(actor, reference)
    staged = attachment_or_404(actor, pk)
    if staged.ticket_id is not None or staged.draft_id is not None:
        raise Http404
    discard(staged)
    return HttpResponse()


def _stage_too(request: HttpRequest, actor: Actor, files: list[Attachment]) -> None:
    """Stage what came along with the form itself, beside `files`: without scripts that is how files are sent.

    Raises: _FileNotTaken; those before it are in `files`.
    """
    uploads = [file for file in request.FILES.getlist("file") if isinstance(file, UploadedFile) and file.name]
    for file in uploads:
        try:
            files.append(stage(file, by=actor, now=timezone.now()))
        except FileRefused as error:
            raise _FileNotTaken(file_refusal(error, file.name or "")) from error
    most = settings.ATTACHMENTS_MAX
    if len(files) > most:
        raise _FileNotTaken(file_refusal(FileRefused("too_many", most=most), files[most].name))


class _FileNotTaken(Exception):
    """One of the files can't be taken; the text says which, and why."""


def _nonce(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("nonce", ""))
    except ValueError:
        return None
