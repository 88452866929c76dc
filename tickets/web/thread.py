"""A ticket's page, the part of it that keeps itself up to date, and the preview of what is being written."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.actor import Actor
from accounts.web.guards import actor_of, signed_in
from packages.queries.policies import version
from tickets.actions.completing import open_request
from tickets.actions.conversation import MOST
from tickets.markdown import render_markdown
from tickets.models import Attachment, Ticket
from tickets.policy.secrets import masked
from tickets.policy.uploads import ACCEPT, INLINE
from tickets.queries.access import public_seq_or_404, ticket_or_404
from tickets.queries.merging import merged_conversations
from tickets.queries.promise_state import state_of
from tickets.queries.related import Related, related_to
from tickets.queries.timeline import Timeline, timeline_of
from tickets.web.escalations import card
from tickets.web.incidents import incident_on
from tickets.web.list_rows import about, topic_name
from tickets.web.next_step import next_step
from tickets.web.promise_card import promise_card
from tickets.web.thread_entries import Reader, said_since, shown_entries, shown_files, shown_merged, shown_pictures
from tickets.web.ticket_facts import allowed, details, head_line, people, writing
from tickets.wording import policy_text, status_word

STOP_POLLING = 286  # htmx asks no more after it


@require_GET
@never_cache
@signed_in
def ticket(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a ticket: conversation, promise, facts, and what the actor can do."""
    actor = actor_of(request)
    return ticket_page(request, ticket_or_404(actor, reference), actor)


def ticket_page(
    request: HttpRequest,
    found: Ticket,
    actor: Actor,
    *,
    typed: str = "",
    files: Sequence[Attachment] = (),
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """Return the page; with what was typed and attached, and what is wrong with it, when a message was refused."""
    staged = [{"file": one, "is_picture": one.content_type in INLINE} for one in files]
    context = page_context(found, actor, after=0) | {"typed": typed, "staged": staged, "error": error}
    return render(request, "tickets/ticket.html", context, status=status)


@require_GET
@never_cache
def updates(request: HttpRequest, reference: str) -> HttpResponse:
    """Return what is new since the event that the page has seen; nothing, after one small query, when nothing is."""
    if not request.user.is_authenticated:
        # The page stays as it is: somebody may be writing on it.
        return HttpResponse(status=STOP_POLLING)
    actor = actor_of(request)
    seen = request.GET.get("after", "")
    after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    if public_seq_or_404(actor, reference) <= after:
        return HttpResponse(status=204)
    found = ticket_or_404(actor, reference)
    context = page_context(found, actor, after=after)
    return render(request, "tickets/_updates.html", context | {"said": said_since(context["entries"])})


@require_POST
@signed_in
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """Return what a message will look like, its secrets masked as they will be."""
    ticket_or_404(actor_of(request), reference)
    return HttpResponse(render_markdown(masked(request.POST.get("body", "")[:MOST])))


def page_context(found: Ticket, actor: Actor, *, after: int) -> dict[str, Any]:
    """Return what the page shows, its conversation from the event after `after` on."""
    now = timezone.now()
    terms = version(found.form_version_id)
    timeline = timeline_of(found, terms, with_internal=False, after=after)
    related = related_to(actor, found)
    state = state_of(found.promise, found, now=now)
    word, is_turn = status_word(found, is_staff=actor.organisation is None)
    topic = topic_name(found.topic.code, terms.policy.topics)
    is_running = found.promise is not None and found.promise.outcome is None
    return {
        "ticket": found,
        "entries": shown_entries(found, timeline, Reader(actor, now)),
        "last_seq": max(timeline.last_seq, after),
        "updates_url": reverse("ticket_updates", args=[found.reference]),
        "status_word": word,
        "status_tone": "turn" if is_turn else "",
        "head_line": head_line(found, about(found, actor), topic, now=now),
        "next": next_step(found, state, actor=actor, now=now, merged_into=related.merged_into),
        "promise": promise_card(found, timeline.promises, now=now),
        "asked": _asked(found, timeline),
        "details": details(found, terms, timeline.files),
        "files": shown_files(timeline.files) + shown_pictures(timeline.files),
        "people": people(found, actor),
        "may": allowed(found, actor, is_running=is_running) | writing(related.merged_into or found, actor),
        "writes_on": related.merged_into or found,
        "related": related,
        "merged": _merged(related, actor, now),
        "escalation_card": card(actor, found, now),
        "incident": incident_on(found, actor, now=now),
        "nonce": uuid.uuid4(),
        "accept": ACCEPT,
        "max_bytes": settings.ATTACHMENT_MAX_BYTES,
    }


def _asked(found: Ticket, timeline: Timeline) -> list[dict[str, str]]:
    """Return the fields that support waits for, each with its reason."""
    if found.status != Ticket.Status.NEEDS_INFORMATION:
        return []
    request = open_request(found)
    names = timeline.names.fields
    asks = request.asks if request else {}
    return [{"label": policy_text(names.get(code, {})) or code, "reason": reason} for code, reason in asks.items()]


def _merged(related: Related, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return the tickets that were merged into this one, each with what was said on it."""
    reader = Reader(actor, now)
    return [
        {"ticket": one.ticket, "entries": shown_merged(one, reader)}
        for one in merged_conversations(related.merged, with_internal=False)
    ]
