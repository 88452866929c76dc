"""Puts a prepared answer into the composer: asked for by the list, or by a button where there are no scripts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tickets.admin.desk_frame import actor_of
from tickets.admin.desk_ticket import Trouble, ticket_for, ticket_page
from tickets.admin.prepared_words import used_answer


@require_GET
def prepared_text(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Give one as a fragment: what it says here, what has no value, and that the message will remember it."""
    ticket = ticket_for(request, reference)
    used = used_answer(ticket, str(pk), by=actor_of(request), now=timezone.now())
    if used is None:
        raise Http404
    return render(request, "admin/desk/_prepared_used.html", {"prepared": used})


@require_POST
def insert(request: HttpRequest, reference: str) -> HttpResponse:
    """Put one below what is written, for browsers without scripts; nothing is sent."""
    ticket = ticket_for(request, reference)
    post = request.POST.copy()
    used = used_answer(ticket, post.get("choice", ""), by=actor_of(request), now=timezone.now())
    if used is not None:
        post["body"] = "\n\n".join(part for part in (post.get("body", "").rstrip(), used["text"]) if part)
        post["prepared"] = str(used["id"])
    return ticket_page(request, ticket, Trouble("", post, status=200))
