"""Events, messages and files as programs read them: the same through the API and in a webhook."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from accounts.models import Organisation, User
from packages.policy.wording import Text
from packages.queries.policies import version
from tickets.event_words import EventNames, event_sentence
from tickets.models import Attachment, Message, Ticket, TicketEvent


def instant(at: datetime | None) -> str | None:
    """Return an instant in UTC as ISO 8601."""
    return at.astimezone(UTC).isoformat() if at is not None else None


def organisation_line(organisation: Organisation | None) -> dict[str, Any] | None:
    return {"id": organisation.pk, "name": organisation.name} if organisation is not None else None


def author(person: User | None, token: str) -> str:
    """Return the name at what somebody did: the person's, or that of the organisation's token."""
    return str(person) if person is not None else token


def message_facts(message: Message, *, managers: frozenset[int] = frozenset()) -> dict[str, Any]:
    """Return a message with its files. `managers` are the authors who are growth managers."""
    token = message.token.name if message.token else ""
    return {
        "id": message.pk,
        "at": instant(message.at),
        "author": author(message.author, token),
        "author_role": _role(message, managers),
        "internal": message.kind == Message.Kind.NOTE,
        "is_answer": message.is_answer,
        "disputed_at": instant(message.disputed_at),
        "body": message.body,
        "attachments": [attachment_facts(one) for one in message.attachments.all()],
    }


def attachment_facts(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": str(attachment.pk),
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.digest,
        "at": instant(attachment.at),
        "message": attachment.message_id,
        "url": reverse("api_attachment", args=[attachment.pk]),
    }


def events_facts(
    ticket: Ticket, events: Sequence[TicketEvent], topics: Mapping[str, Text], *, is_staff: bool
) -> list[dict[str, Any]]:
    """Return entries of a ticket's record as sentences, with the reason that was given. `topics` are names by code."""
    form = version(ticket.form_version_id).policy.topics.get(ticket.topic.code)
    labels = {field.code: field.label for field in form.all_fields} if form else {}
    names = EventNames(people=_people(events), fields=labels, topics=topics)
    reasons = _reasons(events)
    return [_event_facts(event, names, reasons, is_staff=is_staff) for event in events]


def _event_facts(
    event: TicketEvent, names: EventNames, reasons: Mapping[int, str], *, is_staff: bool
) -> dict[str, Any]:
    facts = {
        "id": event.pk,
        "kind": event.kind,
        "at": instant(event.at),
        "text": event_sentence(event, names),
        "reason": reasons.get(event.payload.get("reason_id", 0), ""),
    }
    return {**facts, "internal": not event.is_public} if is_staff else facts


def _people(events: Iterable[TicketEvent]) -> dict[int, str]:
    ids = {event.actor_id for event in events}
    ids |= {event.payload.get("to") for event in events if event.kind == "assigned"}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk in ids if pk is not None])}


def _reasons(events: Iterable[TicketEvent]) -> dict[int, str]:
    ids = [event.payload["reason_id"] for event in events if "reason_id" in event.payload]
    return dict(Message.objects.filter(pk__in=ids).values_list("pk", "body")) if ids else {}


def _role(message: Message, managers: frozenset[int]) -> str:
    if message.by_support:
        return "support"
    return "growth_manager" if message.author_id and message.author_id in managers else "organisation"
