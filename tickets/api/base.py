"""What the views of tickets share: the ticket by its reference, refusals worded, an answer with the ticket's tag."""

from functools import cached_property
from typing import Any

from django.conf import settings
from rest_framework.response import Response

from accounts.api.views import ApiView
from packages.policy.document import Policy
from packages.queries.policies import in_force
from tickets.actions.completing import open_request
from tickets.api.refusals import as_problem
from tickets.api.representations import absolute, ticket_in_full
from tickets.api.tags import expected, tag_of
from tickets.models import Ticket
from tickets.policy.lifecycle import Status
from tickets.queries.access import ticket_or_404
from tickets.queries.related import merge_target


class TicketsView(ApiView):
    """A view about tickets. What is not visible is not found."""

    @cached_property
    def policy(self) -> Policy:
        """The policy in force now, for the names of codes."""
        return in_force(self.now).policy

    def ticket(self, reference: str) -> Ticket:
        """Raises: Http404."""
        return ticket_or_404(self.actor, reference)

    def expected(self, ticket: Ticket) -> int | None:
        """Return the version that `If-Match` asks for. Raises: StaleTicket."""
        return expected(ticket, self.request, is_staff=self.actor.is_staff)

    def in_full(self, ticket: Ticket, *, status: int = 200, **more: Any) -> Response:
        """Answer with a ticket as it stands now in the database."""
        ticket = self.ticket(ticket.reference)
        facts = ticket_in_full(
            ticket,
            actor=self.actor,
            policy=self.policy,
            asked=open_request(ticket) if ticket.state is Status.NEEDS_INFORMATION else None,
            merged_into=merge_target(self.actor, ticket),
            now=self.now,
            language=self.language,
        )
        headers = {"ETag": tag_of(ticket, is_staff=self.actor.is_staff)}
        answer = absolute(self.request, facts)
        if status == 201:
            headers["Location"] = answer["url"]
        return Response({**answer, **more}, status=status, headers=headers)

    def worded(self, exc: Exception) -> Exception:
        actor = getattr(self.request, "actor", None)
        return as_problem(super().worded(exc), reader_is_staff=bool(actor and actor.is_staff))

    @property
    def site(self) -> str:
        return str(settings.SITE_URL)
