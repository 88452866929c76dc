"""A ticket's conversation and record in one order: what people wrote where they wrote it, what happened in between.

Only support is given what is internal; for everybody else it is not read at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from packages.policy.wording import Text
from packages.queries.policies import InForce
from tickets.event_words import EventNames
from tickets.models import Attachment, Message, Promise, Ticket, TicketEvent

# What a message's event says is said by the message itself.
_SAID_BY_MESSAGES = frozenset({"message", "note"})


GIVES_PROMISE = frozenset({"filed", "completed", "unmerged"})  # other events only point at one


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `message` is what it consists of, `reason` what was written beside it.

    A message whose text was erased keeps its place; its event stands alone.
    """

    event: TicketEvent
    number: int  # of the event among those that this reader is shown, from 1: gaps would tell of internal ones
    message: Message | None = None
    reason: str = ""
    files: tuple[Attachment, ...] = ()
    promise: Promise | None = None  # given by this event
    answered: Promise | None = None  # settled by this message

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def is_said(self) -> bool:
        return self.event.kind in _SAID_BY_MESSAGES


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything of a ticket in the order of its record; `filed_files` came with the filing."""

    entries: tuple[Entry, ...]
    names: EventNames
    promises: tuple[Promise, ...]
    files: tuple[Attachment, ...]

    @property
    def filed_files(self) -> tuple[Attachment, ...]:
        return tuple(one for one in self.files if one.message_id is None)

    @property
    def last_seq(self) -> int:
        return self.entries[-1].number if self.entries else 0


def timeline_of(ticket: Ticket, terms: InForce, *, with_internal: bool, after: int = 0) -> Timeline:
    """Return what happened to a ticket since the event numbered `after`, in order. At most six queries.

    `terms` is the version whose names of fields and topics are shown; `with_internal` is for support only.
    """
    found = TicketEvent.objects.filter(ticket=ticket).select_related("actor", "token").order_by("seq")
    events = list(found.filter(seq__gt=after) if with_internal else found.filter(is_public=True)[after:])
    messages = _messages(ticket, events, with_internal=with_internal)
    files = _files(ticket, with_internal=with_internal)
    promises = tuple(ticket.promises.select_related("package").order_by("number"))
    by_message: dict[int | None, list[Attachment]] = {}
    for one in files:
        by_message.setdefault(one.message_id, []).append(one)
    given = {one.pk: one for one in promises}
    answered = {one.message_id: one for one in promises if one.message_id and one.answered_at}
    entries = []
    for number, event in enumerate(events, start=after + 1):
        message = messages.get(event.payload.get("message", 0))
        reason = messages.get(event.payload.get("reason_id", 0))
        entries.append(
            Entry(
                event=event,
                number=event.seq if with_internal else number,
                message=message if event.kind in _SAID_BY_MESSAGES else None,
                reason=reason.body if reason else "",
                files=tuple(by_message.get(message.pk, ())) if message and event.kind in _SAID_BY_MESSAGES else (),
                promise=given.get(event.payload.get("promise", 0)) if event.kind in GIVES_PROMISE else None,
                answered=answered.get(message.pk) if message else None,
            )
        )
    return Timeline(tuple(entries), _names(ticket, terms, events), promises, tuple(files))


def _messages(ticket: Ticket, events: Iterable[TicketEvent], *, with_internal: bool) -> dict[int, Message]:
    wanted = {event.payload.get(key) for event in events for key in ("message", "reason_id")} - {None}
    found = Message.objects.filter(ticket=ticket, pk__in=wanted).select_related(
        "author__membership__organisation", "token__organisation"
    )
    if not with_internal:
        found = found.exclude(kind=Message.Kind.NOTE)
    return {message.pk: message for message in found}


def _files(ticket: Ticket, *, with_internal: bool) -> list[Attachment]:
    found = Attachment.objects.filter(ticket=ticket).order_by("at", "id")
    return list(found if with_internal else found.filter(is_internal=False))


def _names(ticket: Ticket, terms: InForce, events: Iterable[TicketEvent]) -> EventNames:
    people = {event.actor_id: str(event.actor) for event in events if event.actor_id}
    others = {event.payload["to"] for event in events if event.kind == "assigned" and event.payload.get("to")}
    if missing := others - people.keys():
        people |= {one.pk: str(one) for one in User.objects.filter(pk__in=missing).only("name", "email")}
    topic = terms.policy.topics.get(ticket.topic.code)
    fields: Mapping[str, Text] = {one.code: one.label for one in topic.all_fields} if topic else {}
    return EventNames(
        people=people,
        fields=fields,
        topics={code: facts.name for code, facts in terms.policy.topics.items()},
    )
