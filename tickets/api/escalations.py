"""Escalations of a filed ticket: ask, decide, acknowledge, conclude. Without a ticket there is none."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import read
from accounts.api.description import LANGUAGE, PAGE, described
from accounts.api.errors import ProblemError
from accounts.api.paging import paged
from accounts.policy.roles import Role
from tickets.actions import escalations
from tickets.actions.change import Forbidden, NotNow
from tickets.api import bodies, serializers
from tickets.api.base import TicketsView
from tickets.api.refusals import escalation_refused
from tickets.api.representations import escalation_facts
from tickets.models import Escalation, Ticket
from tickets.policy.escalation import RIGHTS, Act
from tickets.queries import escalations as queries
from tickets.queries.escalations import escalation_or_404

PEOPLE = ("ticket", "partner__growth_manager", "partner__deputy", "manager", "asked_by", "decided_by",
          "acknowledged_by", "concluded_by")  # fmt: skip


class EscalationsView(TicketsView):
    """Refusals are worded with the way on."""

    about: Ticket | None = None

    def worded(self, exc: Exception) -> Exception:
        if isinstance(exc, Forbidden | NotNow):
            return escalation_refused(exc, ticket=self.about, now=self.now, site=self.site)
        return super().worded(exc)

    def ticket(self, reference: str) -> Ticket:
        self.about = super().ticket(reference)
        return self.about

    def facts(self, rows: list[Escalation]) -> list[dict[str, Any]]:
        return [
            escalation_facts(row, actor=self.actor, reads_texts=queries.reads_texts(self.actor, row), now=self.now)
            for row in rows
        ]

    def one(self, escalation: Escalation, *, status: int = 200) -> Response:
        row = Escalation.objects.select_related(*PEOPLE).get(pk=escalation.pk)
        return Response(self.facts([row])[0], status=status)


class Escalations(EscalationsView):
    @property
    def allowed_methods(self) -> list[str]:
        """POST is there to say how to file, and is never allowed."""
        return [method for method in super().allowed_methods if method != "POST"]

    @described(
        "List escalations",
        serializers.EscalationPage,
        tag="Escalations",
        parameters=[*PAGE, LANGUAGE],
    )
    def get(self, request: Request) -> Response:
        """The escalations of all tickets that may be seen, the latest first."""
        seen = Escalation.objects.filter(ticket__in=Ticket.objects.visible_to(self.actor)).select_related(*PEOPLE)
        return paged(seen, request, self.facts, by="made_at", latest_first=True)

    @described(
        "No escalation without a ticket", serializers.EscalationInFull, tag="Escalations", status=201,
        body=bodies.NothingBody, parameters=[LANGUAGE], refusals=(405, 409),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Always refused: an escalation needs a filed ticket. The problem says how to file one."""
        act = Act.INITIATE if self.actor.role is Role.GROWTH_MANAGER else Act.ASK
        answer = queries.may(self.actor, None, act=act, now=self.now)
        if answer.code in RIGHTS:
            raise Forbidden(answer.code, **answer.params)
        refused = escalation_refused(NotNow(answer.code, **answer.params), ticket=None, now=self.now, site=self.site)
        facts = {**refused.facts, "tickets": request.build_absolute_uri("/api/v1/tickets/")}
        raise ProblemError(405, refused.code, str(refused.detail), **facts)


class TicketEscalations(EscalationsView):
    @described(
        "List a ticket's escalations", serializers.EscalationPage, tag="Escalations",
        parameters=[*PAGE, LANGUAGE], refusals=(404,),
    )  # fmt: skip
    def get(self, request: Request, reference: str) -> Response:
        """The escalations of a ticket, the latest first."""
        rows = Escalation.objects.filter(ticket=self.ticket(reference)).select_related(*PEOPLE)
        return paged(rows, request, self.facts, by="made_at", latest_first=True)

    @described(
        "Ask for an escalation", serializers.EscalationInFull, tag="Escalations", status=201,
        body=bodies.EscalationBody, parameters=[LANGUAGE], refusals=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, reference: str) -> Response:
        """Ask the growth manager to escalate a filed, valid, open ticket; the growth manager escalates it at once.

        Where it is not possible, the problem says why and what to do, and `action` where that is.
        """
        ticket = self.ticket(reference)
        given = {"cause": "", "reason": "", **read(bodies.EscalationBody, request, partial=True)}
        act = escalations.initiate if self.actor.role is Role.GROWTH_MANAGER else escalations.ask
        return self.one(act(ticket, by=self.actor, now=self.now, **given), status=201)


def _step(summary: str, body: Any) -> Callable[[Any], Any]:
    return described(
        summary, serializers.EscalationInFull, tag="Escalations", body=body, parameters=[LANGUAGE], refusals=(404, 409)
    )


class EscalationStep(EscalationsView):
    def escalation(self, reference: str, pk: int) -> Escalation:
        """Raises: Http404, if there is none on this ticket or it may not be seen."""
        ticket = self.ticket(reference)
        escalation = escalation_or_404(self.actor, pk)
        if escalation.ticket_id != ticket.pk:
            raise Http404
        return escalation


class Escalate(EscalationStep):
    @_step("Escalate", bodies.NothingBody)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """Of the growth manager: escalate what the partner asked for."""
        escalation = self.escalation(reference, pk)
        read(bodies.NothingBody, request)
        return self.one(escalations.escalate(escalation, by=self.actor, now=self.now))


class Decline(EscalationStep):
    @_step("Decline", bodies.DeclineBody)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """Of the growth manager: decline, with a reason."""
        escalation = self.escalation(reference, pk)
        given = {"reason": "", **read(bodies.DeclineBody, request, partial=True)}
        return self.one(escalations.decline(escalation, by=self.actor, now=self.now, **given))


class WithdrawRequest(EscalationStep):
    @_step("Withdraw a request", bodies.NothingBody)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """Of the partner: take a request back before it is decided."""
        escalation = self.escalation(reference, pk)
        read(bodies.NothingBody, request)
        return self.one(escalations.withdraw(escalation, by=self.actor, now=self.now))


class Acknowledge(EscalationStep):
    @_step("Acknowledge", bodies.NothingBody)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """Of a support lead: take it on."""
        escalation = self.escalation(reference, pk)
        read(bodies.NothingBody, request)
        return self.one(escalations.acknowledge(escalation, by=self.actor, now=self.now))


class Conclude(EscalationStep):
    @_step("Conclude", bodies.ConcludeBody)
    def post(self, request: Request, reference: str, pk: int) -> Response:
        """Of a support lead: say how it ended."""
        escalation = self.escalation(reference, pk)
        given = {"outcome": "", **read(bodies.ConcludeBody, request, partial=True)}
        return self.one(escalations.conclude(escalation, by=self.actor, now=self.now, **given))
