"""Preview a promise; list, read and file tickets."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.api.description import LANGUAGE, PAGE, described
from accounts.api.paging import paged
from accounts.policy.roles import May
from accounts.policy.scopes import READ
from packages.queries.policies import in_force
from tickets.actions.change import Forbidden
from tickets.actions.filing import Filing, Invalid, PromiseMoved, file_ticket
from tickets.api import bodies, serializers
from tickets.api.base import TicketsView
from tickets.api.filing_bodies import add_files, given_in, judged, topic_of, warnings_of
from tickets.api.promises import offer_facts
from tickets.api.refusals import invalid_answers, promise_moved
from tickets.api.representations import absolute, ticket_line
from tickets.api.selecting import FILTERS, selected
from tickets.models import Ticket as TicketRow
from tickets.queries.offers import Offer, offer_for

DECISIVE = ("environment", "impact", "workaround")


class PromisePreview(TicketsView):
    scope = READ  # it changes nothing

    @described("Preview a promise", serializers.Offer, tag="Tickets", body=bodies.PromiseBody, parameters=[LANGUAGE])
    def post(self, request: Request) -> Response:
        """What would be promised if a ticket with these answers were filed now: severity, why, and the deadline.

        Nothing is saved. Send `basis` when filing, to be told if another promise would be given.
        """
        organisation = _files_for(self.actor).organisation
        assert organisation is not None  # _files_for asked
        version = in_force(self.now)
        given = given_in(request.data, bodies.PromiseBody)
        topic = topic_of(given, version)
        values = judged(given, topic, by=self.actor, now=self.now, only=DECISIVE).values
        offer = offer_for(
            organisation, topic.code, now=self.now, version=version, **{code: values[code] for code in DECISIVE}
        )
        return Response(offer_facts(offer, now=self.now, language=self.language))


class Tickets(TicketsView):
    @described("List tickets", serializers.TicketPage, tag="Tickets", parameters=[*FILTERS, *PAGE, LANGUAGE])
    def get(self, request: Request) -> Response:
        """The tickets that the token's owner may see, the last filed first."""
        tickets = selected(self.actor, request)
        return paged(tickets, request, self._lines, by="filed_at", latest_first=True)

    @described(
        "File a ticket",
        serializers.TicketFiled,
        tag="Tickets",
        status=201,
        body=bodies.TicketBody,
        parameters=[LANGUAGE],
        refusals=(409,),
    )
    def post(self, request: Request) -> Response:
        """File a ticket: the same rules and messages as the page's.

        A ticket that lacks something is not filed, and `errors` says what is missing where. What merely looks unusual
        is filed as it is, and named in `warnings`. With a `basis` that is no longer so, nothing is filed, and the
        problem `promise_moved` holds the new promise.
        """
        _files_for(self.actor)
        version = in_force(self.now)
        given = given_in(request.data, bodies.TicketBody)
        topic = topic_of(given, version)
        add_files(given, topic, by=self.actor)
        checked = judged(given, topic, by=self.actor, now=self.now)
        filing = Filing(
            topic=topic.code,
            answers=given.answers,
            files=given.files,
            shared=given.body.get("shared"),
            basis=given.body.get("basis"),
        )
        try:
            ticket = file_ticket(filing, by=self.actor, now=self.now)
        except Invalid as exc:
            raise invalid_answers(exc, topic, given.placed) from exc
        except PromiseMoved as exc:
            raise promise_moved(exc, self._offer) from exc
        return self.in_full(ticket, status=201, warnings=warnings_of(checked, given, topic))

    def _lines(self, rows: list[TicketRow]) -> list[dict[str, Any]]:
        def line(row: TicketRow) -> dict[str, Any]:
            return ticket_line(row, actor=self.actor, policy=self.policy, now=self.now, language=self.language)

        return [absolute(self.request, line(row)) for row in rows]

    def _offer(self, offer: Offer) -> dict[str, Any]:
        return offer_facts(offer, now=self.now, language=self.language)


class Ticket(TicketsView):
    @described("Read a ticket", serializers.TicketInFull, tag="Tickets", parameters=[LANGUAGE], refusals=(404,))
    def get(self, request: Request, reference: str) -> Response:
        """A ticket with its answers, its promise and how the deadline was counted.

        The `ETag` names the version that you saw; send it as `If-Match` with a change.
        """
        return self.in_full(self.ticket(reference))


def _files_for(actor: Actor) -> Actor:
    """Return an actor who files for an organisation. Raises: Forbidden."""
    if actor.organisation is None or not actor.may(May.FILE):
        raise Forbidden("files_for_nobody")
    return actor
