"""What the new-ticket page asks for while a person types: save, promise, look-alikes, the meaning of a code, files."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy.roles import May
from accounts.web.guards import actor_of, requires
from packages.queries.policies import in_force
from tickets.actions.attaching import discard, stage
from tickets.actions.drafting import save_draft
from tickets.policy.answers import check
from tickets.policy.uploads import FileRefused
from tickets.queries.access import attachment_or_404
from tickets.web.file_words import file_refusal
from tickets.web.filing_page import Writing, alike_rows, filed_from, writing_or_404
from tickets.web.filing_promise import DECIDING, offer_of_values, package_for, promise_context
from tickets.web.forms import asked_fields, code_hint
from tickets.web.typed import typed_in
from tickets.web.typing_guard import while_typing


@while_typing
def save(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Keep what is in the form."""
    actor = actor_of(request)
    try:
        writing = writing_or_404(actor, draft, now=timezone.now())
    except Http404:
        if filed_from(actor, draft) is None:
            raise
        return HttpResponse(_("This draft is filed already."), status=409, content_type="text/plain; charset=utf-8")
    fields = asked_fields(writing.topic, writing.filer)
    save_draft(writing.draft, typed_in(request.POST, fields), own=writing.codes, now=writing.now)
    return HttpResponse(status=204)


@while_typing
def promise(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show what would be promised for the answers as they are now, if the ticket were filed at this minute."""
    writing = _writing(request, draft)
    deciding = [field for field in writing.topic.common if field.code in DECIDING]
    typed = typed_in(request.POST, deciding)
    checked = check(writing.topic, typed, filer=writing.filer, now=writing.now, zone=None, only=DECIDING)
    offer, missing = offer_of_values(
        writing.actor, writing.topic, checked.values, version=writing.version, now=writing.now
    )
    package = offer.package if offer else package_for(writing.actor, writing.version, now=writing.now)
    context = {"promise": promise_context(offer, missing, package=package, policy=writing.version.policy)}
    return render(request, "tickets/_promise_update.html", context)


@while_typing
def alike(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show the open tickets that look like this one."""
    writing = _writing(request, draft)
    form_fields = [field for field in asked_fields(writing.topic, writing.filer) if field.identifies]
    typed = typed_in(request.POST, form_fields)
    checked = check(
        writing.topic, typed, filer=writing.filer, now=writing.now, zone=timezone.get_current_timezone(), only=()
    )
    return render(request, "tickets/_look_alikes.html", {"alike": alike_rows(writing, checked)})


@while_typing
def hint(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the platform's error code in an answer means."""
    text = code_hint(in_force(timezone.now()).policy, request.POST.get(code, "")[:4000])
    return render(request, "tickets/fields/_code_hint.html", {"hint": text})


@while_typing
def files(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Keep one file of a draft, and show it. A refusal is a sentence in plain text."""
    writing = _writing(request, draft)
    codes = {field.code for field in asked_fields(writing.topic, writing.filer)}
    field = request.GET.get("field", "")
    file = request.FILES.get("file")
    if file is None:
        return HttpResponse(_("No file came."), status=400, content_type="text/plain; charset=utf-8")
    try:
        attachment = stage(
            file, by=writing.actor, now=writing.now, draft=writing.draft, field=field if field in codes else ""
        )
    except FileRefused as error:
        sentence = file_refusal(error, file.name or "")
        return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
    return render(request, "tickets/_draft_file.html", {"attachment": attachment})


@require_http_methods(["POST", "DELETE"])
@requires(May.FILE)
def staged_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Remove a file of one's own that was not filed yet."""
    attachment = attachment_or_404(actor_of(request), pk)
    if attachment.ticket_id is not None:
        raise Http404
    discard(attachment)
    return HttpResponse("")


def _writing(request: HttpRequest, draft: UUID) -> Writing:
    return writing_or_404(actor_of(request), draft, now=timezone.now())
