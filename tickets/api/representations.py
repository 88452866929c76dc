"""A ticket and what belongs to it, for programs. Everybody reads the same; support sees internal notes besides."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from rest_framework.request import Request

from accounts.actor import Actor
from packages.policy.document import Policy
from packages.policy.wording import wording
from tickets import escalation_wording
from tickets.api.promises import promise_facts, promise_line
from tickets.facts import author, instant, organisation_line
from tickets.models import Escalation, InformationRequest, Ticket
from tickets.wording import severity_reason, status_word


def ticket_line(ticket: Ticket, *, actor: Actor, policy: Policy, now: datetime, language: str) -> dict[str, Any]:
    """Return a ticket as the list shows it. No query, when its promise and organisations were selected."""
    topic = policy.topics.get(ticket.topic.code)
    word, _own_turn = status_word(ticket, is_staff=actor.is_staff)
    return {
        "reference": ticket.reference,
        "url": reverse("api_ticket", args=[ticket.reference]),
        "subject": ticket.subject,
        "topic": {"code": ticket.topic.code, "name": wording(topic.name, language) if topic else ticket.topic.code},
        "language": ticket.language,
        "severity": ticket.severity,
        "status": ticket.status,
        "status_text": word,
        "turn": ticket.turn.value,
        "organisation": organisation_line(ticket.organisation),
        "client": organisation_line(ticket.client),
        "client_name": ticket.client_name or (ticket.client.name if ticket.client else ""),
        "escalated": ticket.is_escalated,
        "filed_at": instant(ticket.filed_at),
        "updated_at": instant(ticket.public_activity_at),
        "promise": promise_line(ticket.promise, ticket, now=now),
    }


def ticket_in_full(
    ticket: Ticket,
    *,
    actor: Actor,
    policy: Policy,
    asked: InformationRequest | None,
    merged_into: Ticket | None,
    now: datetime,
    language: str,
) -> dict[str, Any]:
    """Return a ticket with its answers, its promise and how that was counted.

    `asked` is what support waits for; `merged_into` is where it goes on, None where the actor doesn't see that.
    """
    return {
        **ticket_line(ticket, actor=actor, policy=policy, now=now, language=language),
        "description": ticket.description,
        "environment": ticket.environment,
        "impact": ticket.impact,
        "workaround": ticket.workaround,
        "fields": ticket.answers,
        "typed": ticket.typed,
        "severity_reason": {"code": ticket.severity_cause, "text": severity_reason(ticket.severity_cause)},
        "shared": ticket.is_shared,
        "confidential_from_partner": ticket.is_confidential,
        "filed_by": author(ticket.filed_by, ticket.token.name if ticket.token else ""),
        "status_since": instant(ticket.status_since),
        "next_update_by": instant(ticket.check_at),
        "platform_case": ticket.platform_case,
        "resolved_at": instant(ticket.resolved_at),
        "merged_into": merged_into.reference if merged_into is not None else None,
        "information_request": _information(asked),
        "promise": promise_facts(ticket.promise, ticket, now=now, language=language)
        if ticket.promise
        else promise_line(None, ticket, now=now),
    }


def escalation_facts(escalation: Escalation, *, actor: Actor, reads_texts: bool, now: datetime) -> dict[str, Any]:
    """Return an escalation with its steps; `reads_texts` shows what people wrote."""
    return {
        "id": escalation.pk,
        "ticket": escalation.ticket.reference,
        "state": escalation.state,
        "state_text": escalation_wording.state_word(escalation.state),
        "cause": escalation.cause,
        "reason": escalation.reason if reads_texts else "",
        "partner": organisation_line(escalation.partner),
        "manager": str(escalation.manager),
        "asked_at": instant(escalation.asked_at),
        "decide_by": instant(escalation.decide_by),
        "escalated_at": instant(escalation.escalated_at),
        "acknowledge_by": instant(escalation.acknowledge_by),
        "acknowledged_at": instant(escalation.acknowledged_at),
        "acknowledged_by": author(escalation.acknowledged_by, ""),
        "ended_at": instant(escalation.ended_at),
        "decline_reason": escalation.decline_reason if reads_texts else "",
        "outcome": escalation.outcome if reads_texts else "",
        "steps": [
            {"text": step.text, "state": step.state, "note": step.note}
            for step in escalation_wording.steps(escalation, reader=actor, now=now, with_texts=False)
        ],
    }


def absolute(request: Request, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts with their address in full."""
    return {**facts, "url": request.build_absolute_uri(facts["url"])}


def _information(asked: InformationRequest | None) -> dict[str, Any] | None:
    return {"at": instant(asked.at), "fields": asked.asks} if asked is not None else None
