"""What is said on a ticket, and its record."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import invalid, read
from accounts.api.description import IF_MATCH, LANGUAGE, PAGE, described
from accounts.api.errors import Fault
from accounts.api.paging import paged
from accounts.policy.roles import May, Role
from tickets.actions.change import Forbidden
from tickets.actions.conversation import add_note, post_message
from tickets.api import bodies, serializers
from tickets.api.base import TicketsView
from tickets.api.filing_bodies import Given, add_files
from tickets.api.representations import absolute
from tickets.facts import events_facts, message_facts
from tickets.models import Attachment, Message, Ticket, TicketEvent

Kind = Message.Kind


class Messages(TicketsView):
    @described(
        "List messages", serializers.MessagePage, tag="Conversation", parameters=[*PAGE, LANGUAGE], refusals=(404,)
    )
    def get(self, request: Request, reference: str) -> Response:
        """The conversation, the first message first. Internal notes are for support only."""
        ticket = self.ticket(reference)
        kinds = [Kind.PUBLIC, Kind.NOTE] if self.actor.is_staff else [Kind.PUBLIC]
        rows = Message.objects.filter(ticket=ticket, kind__in=kinds).select_related("author", "token")
        rows = rows.prefetch_related("attachments")
        return paged(rows, request, self._facts, by="at", latest_first=False)

    @described(
        "Post a message",
        serializers.Message,
        tag="Conversation",
        status=201,
        body=bodies.MessageBody,
        parameters=[IF_MATCH, LANGUAGE],
        refusals=(404, 409, 412),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Say something that everybody on the ticket sees.

        From the partner's side it gives the turn back to support, and reopens what was resolved.
        """
        ticket = self.ticket(reference)
        given = read(bodies.MessageBody, request)
        self._supports_own(given)
        found = Given({**given, "attachments": [str(one) for one in given.get("attachments", [])]}, {}, {})
        add_files(found, None, by=self.actor)
        if found.faults:
            raise invalid(found.faults)
        message = self._say(ticket, given, found.files)
        return Response(self._facts([message])[0], status=201)

    def _supports_own(self, given: dict[str, Any]) -> None:
        if not self.actor.may(May.TRIAGE) and (given.get("is_answer") or given.get("internal")):
            raise Forbidden("support_only")
        if given.get("is_answer") and given.get("internal"):
            message = _("An internal note is never an answer.")
            raise invalid([Fault("/is_answer", "is_answer", "internal", message)])

    def _say(self, ticket: Ticket, given: dict[str, Any], files: Sequence[Attachment]) -> Message:
        common: dict[str, Any] = {"by": self.actor, "now": self.now, "files": files, "expected": self.expected(ticket)}
        text = given.get("body", "")
        if given.get("internal"):
            return add_note(ticket, text, **common)
        # A program says when it answers: what it says by itself is no person's investigation.
        return post_message(ticket, text, is_answer=given.get("is_answer", False), **common)

    def _facts(self, rows: list[Message]) -> list[dict[str, Any]]:
        managers = frozenset(
            row.author.pk for row in rows if row.author is not None and row.author.role == Role.GROWTH_MANAGER
        )
        return [self._one(row, managers) for row in rows]

    def _one(self, row: Message, managers: frozenset[int]) -> dict[str, Any]:
        facts = message_facts(row, managers=managers)
        return {**facts, "attachments": [absolute(self.request, one) for one in facts["attachments"]]}


class Events(TicketsView):
    @described(
        "Read the record", serializers.EventPage, tag="Conversation", parameters=[*PAGE, LANGUAGE], refusals=(404,)
    )
    def get(self, request: Request, reference: str) -> Response:
        """What happened to the ticket, the first thing first: each as a sentence, with the reason that was given."""
        ticket = self.ticket(reference)
        rows = TicketEvent.objects.filter(ticket=ticket).select_related("token")
        if not self.actor.is_staff:
            rows = rows.filter(is_public=True)
        topics = {code: topic.name for code, topic in self.policy.topics.items()}

        def represent(events: list[TicketEvent]) -> list[dict[str, Any]]:
            return events_facts(ticket, events, topics, is_staff=self.actor.is_staff)

        return paged(rows, request, represent, by="at", latest_first=False)
