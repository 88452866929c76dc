"""How a ticket changes: its row is taken first, the event and who is told are written in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from tickets.models import Message, Ticket, TicketEvent
from tickets.notifications.outbox import enqueue


class StaleTicket(Exception):
    """The ticket changed since the person saw it; nothing was done. `current` is it as it stands now."""

    def __init__(self, current: Ticket) -> None:
        super().__init__(f"{current.reference} changed meanwhile")
        self.current = current


class NotNow(Exception):
    """The move does not fit the ticket's state. `code` says why; the edges word it (`tickets.wording.refusal`)."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@contextmanager
def changing(ticket: Ticket, *, expected: int | None = None) -> Iterator[Ticket]:
    """Take the ticket's row for one change: yields it as it stands now, and saves it when the block ends.

    `expected` is the version that a person saw. On SQLite an immediate transaction is the lock.

    Raises: StaleTicket, if `expected` is not the version any more.
    """
    with transaction.atomic():
        # Only the row itself: PostgreSQL can't lock the nullable side of a join.
        current = Ticket.objects.select_for_update(of=("self",)).select_related("organisation", "topic", "promise").get(pk=ticket.pk)
        if expected is not None and current.version != expected:
            raise StaleTicket(current)
        yield current
        current.save()


def add_event(
    ticket: Ticket,
    kind: str,
    *,
    by: Actor | None,
    now: datetime,
    public: bool = True,
    reason: str = "",
    **payload: Any,
) -> TicketEvent:
    """Write what happened into the record and queue who is told, within `changing`. `by` None is the portal itself.

    `payload` holds ids and codes; the free text of `reason` becomes a message row of its own, which can be erased.
    """
    if reason:
        payload["reason_id"] = Message.objects.create(
            ticket=ticket,
            author=by.user if by else None,
            token=by.token if by else None,
            by_support=bool(by and by.is_staff),
            kind=Message.Kind.REASON if public else Message.Kind.NOTE,
            body=reason,
            at=now,
        ).pk
    ticket.seq += 1
    ticket.version += 1
    ticket.activity_at = now
    if public:
        ticket.public_seq = ticket.seq
        ticket.public_activity_at = now
    event = TicketEvent.objects.create(
        ticket=ticket,
        seq=ticket.seq,
        kind=kind,
        is_public=public,
        actor=by.user if by else None,
        token=by.token if by else None,
        payload=payload,
        at=now,
    )
    enqueue(event, ticket=ticket, now=now)
    return event
