"""What is posted of an event, signed as the Standard Webhooks specification says.

A repeat carries the same webhook-id, so that a receiver can drop it; its time and signature are new.
Source: https://www.standardwebhooks.com (specification 1.0).
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from standardwebhooks import Webhook

from accounts.policy.roles import Role
from accounts.sealing import unseal
from packages.queries.policies import in_force
from tickets.facts import events_facts, instant, message_facts, organisation_line
from tickets.models import Message, Outbox, Ticket, TicketEvent, WebhookEndpoint

PURPOSE = "tickets.webhooks"  # of the sealed secrets


def body_of(row: Outbox, *, now: datetime) -> bytes:
    """Return what is posted, as JSON: sentences in English, instants in UTC."""
    with translation.override("en"), timezone.override(UTC):
        facts = _event_body(row.event, now) if row.event is not None else _test_body(row)
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(row: Outbox, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the headers of a delivery. While a secret is being replaced, both sign."""
    assert row.endpoint is not None  # the table's check says so
    now = now.astimezone(UTC)
    signatures = [Webhook(secret).sign(str(row.pk), now, body.decode()) for secret in secrets_of(row.endpoint, now=now)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Partner-Support-Webhooks/1",
        "webhook-id": str(row.pk),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """Return the secrets that sign now, the latest first."""
    sealed = [endpoint.secret]
    if endpoint.old_secret_until is not None and now < endpoint.old_secret_until:
        sealed.append(endpoint.old_secret)
    return [unseal(one, purpose=PURPOSE) for one in sealed]


def _event_body(event: TicketEvent, now: datetime) -> dict[str, Any]:
    ticket = Ticket.objects.select_related("organisation", "client", "topic").get(pk=event.ticket_id)
    names = {code: topic.name for code, topic in in_force(now).policy.topics.items()}
    (facts,) = events_facts(ticket, [event], names, is_staff=False)
    data = {"ticket": _ticket_line(ticket), "event": {**facts, "seq": _place(event)}}
    if message := _message(event):
        data["message"] = message
    return {"type": f"ticket.{event.kind}", "timestamp": instant(event.at), "data": data}


def _test_body(row: Outbox) -> dict[str, Any]:
    return {
        "type": "webhook.test",
        "timestamp": instant(row.queued_at),
        "data": {"text": "A test. Whoever answers with a status from 200 to 299 has taken it."},
    }


def _ticket_line(ticket: Ticket) -> dict[str, Any]:
    """Return the ticket as it stands when this leaves: never older than the event."""
    return {
        "reference": ticket.reference,
        "url": settings.SITE_URL + reverse("api_ticket", args=[ticket.reference]),
        "page": settings.SITE_URL + reverse("ticket", args=[ticket.reference]),
        "subject": ticket.subject,
        "topic": ticket.topic.code,
        "severity": ticket.severity,
        "status": ticket.status,
        "escalated": ticket.is_escalated,
        "organisation": organisation_line(ticket.organisation),
        "client": organisation_line(ticket.client),
    }


def _place(event: TicketEvent) -> int:
    """Return an event's place among those that the organisation sees: 1, 2, 3, without a gap for what is internal."""
    return TicketEvent.objects.filter(ticket=event.ticket_id, is_public=True, seq__lte=event.seq).count()


def _message(event: TicketEvent) -> dict[str, Any] | None:
    """Return the message that an event consists of; None when it is none, or was erased."""
    found = Message.objects.filter(ticket=event.ticket_id, pk=event.payload.get("message"), kind=Message.Kind.PUBLIC)
    message = found.select_related("author", "token").prefetch_related("attachments").first()
    if message is None or event.kind != "message":
        return None
    managers = {message.author.pk} if message.author and message.author.role == Role.GROWTH_MANAGER else set()
    facts = message_facts(message, managers=frozenset(managers))
    files = [{**one, "url": settings.SITE_URL + one["url"]} for one in facts.pop("attachments")]
    return {**{key: value for key, value in facts.items() if key != "internal"}, "attachments": files}
