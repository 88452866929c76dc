"""What an agent was writing on a ticket, kept on the server with their session until it is sent."""

from typing import Any

from django.http import HttpRequest

from tickets.actions.conversation import MOST
from tickets.models import Ticket

KEPT = 20  # drafts of a person; the oldest goes
_NAMES = ("body", "kind", "not_answer", "then", "prepared")
_KEY = "desk-drafts"


def draft_of(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    return request.session.get(_KEY, {}).get(str(ticket.pk), {})


def keep_draft(request: HttpRequest, ticket: Ticket) -> None:
    """Keep what the composer's form says; an empty one is forgotten."""
    drafts = request.session.get(_KEY, {})
    drafts.pop(str(ticket.pk), None)
    if request.POST.get("body", "").strip():
        drafts[str(ticket.pk)] = {name: request.POST.get(name, "")[:MOST] for name in _NAMES}
    request.session[_KEY] = dict(list(drafts.items())[-KEPT:])


def forget_draft(request: HttpRequest, ticket: Ticket) -> None:
    if draft_of(request, ticket):
        drafts = request.session[_KEY]
        del drafts[str(ticket.pk)]
        request.session[_KEY] = drafts
