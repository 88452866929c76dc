"""The parts of a ticket's page that are asked for by themselves: who is here, previews, drafts, files."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tickets.actions.attaching import discard, stage, staged_files
from tickets.actions.promising import replacement, running
from tickets.admin import presence
from tickets.admin.desk_drafts import keep_draft
from tickets.admin.desk_forms import ReclassifyForm
from tickets.admin.desk_frame import actor_of
from tickets.admin.desk_ticket import ticket_for
from tickets.admin.refusals import file_sentence
from tickets.admin.unseen import QUIET, changes_since
from tickets.event_words import EventNames, event_sentence
from tickets.markdown import render_markdown
from tickets.models import Ticket
from tickets.policy.secrets import masked
from tickets.policy.uploads import FileRefused
from tickets.queries.access import tickets_named
from tickets.queries.promise_state import promise_calendar, promise_clock
from tickets.wording import day_and_time, duration, zone_city


@require_GET
def live(request: HttpRequest, reference: str) -> HttpResponse:
    """Say who else has the ticket open, and what happened since the agent looked. Asked every ten seconds."""
    now, actor = timezone.now(), actor_of(request)
    ticket = tickets_named(actor, reference).only("pk", "reference", "seq").first()
    if ticket is None or actor.user is None:
        raise Http404
    others = presence.note(ticket, actor.user, is_writing=bool(request.GET.get("writing")), now=now)
    seen = request.GET.get("seen", "")
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else ticket.seq
    changes = []
    if ticket.seq > since:
        found = [one for one in changes_since(ticket, since) if one.kind not in QUIET and one.actor_id != actor.user.pk]
        names = EventNames(people={one.actor_id: str(one.actor) for one in found if one.actor_id})
        changes = [event_sentence(one, names) for one in found]
    return render(
        request, "admin/desk/_live.html", {"others": others, "changes": changes, "reference": ticket.reference}
    )


@require_GET
def reclassify_preview(request: HttpRequest, reference: str) -> HttpResponse:
    """Say what the deadline would become, before anything is changed."""
    ticket, now = ticket_for(request, reference), timezone.now()
    form = ReclassifyForm({**request.GET.dict(), "reason": "preview"}, ticket=ticket)
    if not form.is_valid():
        return HttpResponse("")
    severity, cause = form.chosen
    old = running(ticket)
    context = {"to": Ticket.Severity(severity).label, "from": ticket.get_severity_display()}
    if old is not None:
        offer = replacement(old, severity, cause=cause, now=now)
        zone = ZoneInfo(promise_calendar(old).zone)
        left = promise_clock(old).open_time_between(now, offer.due_at) if offer.due_at > now else None
        context |= {
            "old_due": day_and_time(old.due_at.astimezone(zone)),
            "new_due": day_and_time(offer.due_at.astimezone(zone)),
            "city": zone_city(zone.key),
            "left": duration(left) if left is not None else "",
            "is_same": offer.due_at == old.due_at,
        }
    return render(request, "admin/desk/_reclassify_preview.html", context)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Show what a message will look like."""
    return HttpResponse(render_markdown(masked(request.POST.get("body", ""))))


@require_POST
def draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep what the agent is writing."""
    keep_draft(request, ticket_for(request, reference))
    return HttpResponse(status=204)


@require_POST
def upload(request: HttpRequest, reference: str) -> HttpResponse:
    """Take one file for a message that is being written."""
    ticket_for(request, reference)
    file = request.FILES.get("file")
    if file is None:
        return HttpResponse("Choose a file.", status=400, content_type="text/plain")
    try:
        attachment = stage(file, by=actor_of(request), now=timezone.now())
    except FileRefused as refused:
        return HttpResponse(file_sentence(refused), status=400, content_type="text/plain; charset=utf-8")
    return render(request, "admin/desk/_staged_file.html", {"attachment": attachment})


@require_POST
def discard_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Remove a file that was not sent yet: one's own only. Raises: Http404."""
    for attachment in staged_files(actor_of(request), [str(pk)]):
        discard(attachment)
        return HttpResponse("")
    raise Http404
