"""What can be done to a ticket: complete, resolve, reopen, withdraw, got worse. Each may carry `If-Match`."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import invalid, read
from accounts.api.description import IF_MATCH, LANGUAGE, described
from accounts.api.errors import Fault, pointer_to
from packages.queries.policies import version
from tickets.actions import ending, triage
from tickets.actions.completing import complete, open_request
from tickets.actions.filing import Invalid, PromiseMoved, topic_facts
from tickets.api import bodies, serializers
from tickets.api.base import TicketsView
from tickets.api.filing_bodies import Given, add_files, given_in
from tickets.api.promises import offer_facts
from tickets.api.refusals import invalid_answers, promise_moved
from tickets.models import Ticket
from tickets.wording import refusal

REFUSALS = (404, 409, 412)


def _step(summary: str, body: Any) -> Callable[[Any], Any]:
    return described(
        summary,
        serializers.TicketInFull,
        tag="Tickets",
        body=body,
        parameters=[IF_MATCH, LANGUAGE],
        refusals=REFUSALS,
    )


class Resolve(TicketsView):
    @_step("Resolve a ticket", bodies.NothingBody)
    def post(self, request: Request, reference: str) -> Response:
        """Mark a ticket as resolved. It closes itself later; until then it can be reopened."""
        ticket = self.ticket(reference)
        read(bodies.NothingBody, request)
        return self.in_full(ending.resolve(ticket, by=self.actor, now=self.now, expected=self.expected(ticket)))


class Reopen(TicketsView):
    @_step("Reopen a ticket", bodies.ReopenBody)
    def post(self, request: Request, reference: str) -> Response:
        """Take a resolved ticket up again. It gets no new promise."""
        ticket = self.ticket(reference)
        given = read(bodies.ReopenBody, request)
        expected = self.expected(ticket)
        return self.in_full(
            ending.reopen(ticket, by=self.actor, now=self.now, reason=given.get("reason", ""), expected=expected)
        )


class Withdraw(TicketsView):
    @_step("Withdraw a ticket", bodies.NothingBody)
    def post(self, request: Request, reference: str) -> Response:
        """Take an open ticket back."""
        ticket = self.ticket(reference)
        read(bodies.NothingBody, request)
        return self.in_full(ending.withdraw(ticket, by=self.actor, now=self.now, expected=self.expected(ticket)))


class GotWorse(TicketsView):
    @_step("Say that it got worse", bodies.WorseBody)
    def post(self, request: Request, reference: str) -> Response:
        """Change impact and workaround until the first response. A severity that is found higher gets a new promise."""
        ticket = self.ticket(reference)
        given = read(bodies.WorseBody, request)
        expected = self.expected(ticket)
        return self.in_full(triage.get_worse(ticket, by=self.actor, now=self.now, expected=expected, **given))


class Complete(TicketsView):
    @_step("Complete the information", bodies.CompleteBody)
    def post(self, request: Request, reference: str) -> Response:
        """Give the fields of the ticket's `information_request` anew; then the clock starts, in full."""
        ticket = self.ticket(reference)
        expected = self.expected(ticket)
        given = given_in(request.data, bodies.CompleteBody)
        topic = topic_facts(version(ticket.form_version_id), ticket.topic.code)
        add_files(given, topic, by=self.actor)
        _only_what_is_asked(ticket, given)
        try:
            completed = complete(
                ticket,
                given.answers,
                by=self.actor,
                now=self.now,
                files=tuple(given.files),
                basis=given.body.get("basis"),
                expected=expected,
            )
        except Invalid as exc:
            raise invalid_answers(exc, topic, given.placed) from exc
        except PromiseMoved as exc:
            raise promise_moved(exc, lambda offer: offer_facts(offer, now=self.now, language=self.language)) from exc
        return self.in_full(completed)


def _only_what_is_asked(ticket: Ticket, given: Given) -> None:
    """Refuse answers that support did not ask for: they would change nothing, unseen. Raises: ProblemError."""
    request = open_request(ticket)
    faults = list(given.faults)
    asked = request.asks if request is not None else given.answers
    faults += [
        Fault(given.placed[code] + pointer_to(code), code, "not_asked", refusal("not_asked"))
        for code in given.answers
        if code not in asked
    ]
    if faults:
        raise invalid(faults)
