"""Rows of the list: what a person sees of a ticket without opening it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from packages.policy.document import Policy
from packages.policy.wording import Text
from tickets.models import InformationRequest, Ticket
from tickets.queries.promise_state import state_of
from tickets.web.meters import meter
from tickets.wording import ago, day_and_time, policy_text, status_word


def rows_of(tickets: Sequence[Ticket], *, actor: Actor, policy: Policy, now: datetime) -> list[dict[str, Any]]:
    """Return rows for templates/tickets/_list_rows.html. One query, for what sent-back tickets miss."""
    missing = _missing(tickets)
    return [_row(ticket, actor=actor, policy=policy, now=now, missing=missing.get(ticket.pk, 0)) for ticket in tickets]


def about(ticket: Ticket, actor: Actor) -> str:
    """Return whom a ticket is about, or who filed it, where that is not the reader's own organisation."""
    if ticket.client is not None and not _is_own(ticket.client_id, actor):
        return ticket.client.name
    if ticket.client_name:
        return ticket.client_name
    return "" if _is_own(ticket.organisation_id, actor) else ticket.organisation.name


def topic_name(code: str, topics: Mapping[str, Any]) -> str:
    """Return a topic's name in the active language; its code, when the policy no longer knows it."""
    facts = topics.get(code)
    name: Text = facts.name if facts else {}
    return policy_text(name) or code


def _row(ticket: Ticket, *, actor: Actor, policy: Policy, now: datetime, missing: int) -> dict[str, Any]:
    word, is_turn = status_word(ticket, is_staff=actor.is_staff or actor.organisation is None)
    at = ticket.public_activity_at
    return {
        "url": reverse("ticket", args=[ticket.reference]),
        "severity": ticket.severity,
        "subject": ticket.subject,
        "reference": ticket.reference,
        "about": about(ticket, actor),
        "topic": topic_name(ticket.topic.code, policy.topics),
        "is_escalated": ticket.is_escalated,
        "tag": word,
        "tone": "turn" if is_turn else "",
        "meter": meter(state_of(ticket.promise, ticket, now=now), now=now, missing=missing),
        "at": ago(at, now=now),
        "at_iso": at.isoformat(timespec="seconds"),
        "at_full": day_and_time(timezone.localtime(at)),
    }


def _is_own(organisation_id: int | None, actor: Actor) -> bool:
    return actor.organisation is not None and organisation_id == actor.organisation.pk


def _missing(tickets: Sequence[Ticket]) -> dict[int, int]:
    sent_back = [ticket.pk for ticket in tickets if ticket.status == Ticket.Status.NEEDS_INFORMATION]
    if not sent_back:
        return {}
    requests = InformationRequest.objects.filter(ticket__in=sent_back, ended_at=None)
    return {request.ticket_id: len(request.asks) for request in requests}
