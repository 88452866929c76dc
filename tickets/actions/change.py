"""How a ticket changes: its row is taken first, the event and who is told are written in the same transaction."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from accounts.actor import Actor
from tickets.actions.finding import find_by
from tickets.actions.timer_plan import replan
from tickets.actions.working_order import refresh
from tickets.models import Message, Ticket, TicketEvent
from tickets.notifications.outbox import enqueue
from tickets.policy.cleaning import storable
from tickets.policy.lifecycle import Status, may_move
from tickets.policy.secrets import masked

# What `add_event` changes of a ticket.
RECORDED = ("seq", "version", "activity_at", "public_seq", "public_activity_at")


class StaleTicket(Exception):
    """The ticket changed since the person saw it; nothing was done. `current` is it as it stands now."""

    def __init__(self, current: Ticket) -> None:
        super().__init__(f"{current.reference} changed meanwhile")
        self.current = current


class Forbidden(Exception):
    """The actor may see the ticket, but not do this to it. `code` says what it takes."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotNow(Exception):
    """The move does not fit the ticket's state. `code` says why; the edges word it (`tickets.wording.refusal`)."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@contextmanager
def changing(ticket: Ticket, *, now: datetime, expected: int | None = None) -> Iterator[Ticket]:
    """Take the ticket's row for one change: yields it as it stands now, and saves it when the block ends.

    Its timers and its place in the queue follow from its new state, in the same transaction. `expected` is the version
    that a person saw. On SQLite an immediate transaction is the lock.

    Raises: StaleTicket, if `expected` is not the version any more.
    """
    with transaction.atomic():
        current = take(ticket.pk)
        if expected is not None and current.version != expected:
            raise StaleTicket(current)
        yield current
        settle(current, now=now)


@contextmanager
def changing_both(
    ticket: Ticket, other: Ticket, *, now: datetime, expected: int | None = None
) -> Iterator[tuple[Ticket, Ticket]]:
    """Take the rows of two different tickets for one change, as `changing` does one; yields them as they were named.

    Whoever takes two takes them in the order of their ids, so that no two changes wait for each other. `expected` is
    the version of the first that a person saw.

    Raises: StaleTicket.
    """
    with transaction.atomic():
        taken = {pk: take(pk) for pk in sorted({ticket.pk, other.pk})}
        current, second = taken[ticket.pk], taken[other.pk]
        if expected is not None and current.version != expected:
            raise StaleTicket(current)
        yield current, second
        for one in taken.values():
            settle(one, now=now)


def take(pk: int) -> Ticket:
    """Take a ticket's row until the transaction ends. Return it as it stands now."""
    taken = Ticket.objects.select_for_update(no_key=True).get(pk=pk)
    # After the lock and not by a join within it: PostgreSQL reads joined rows as they were before it waited, so that a
    # promise answered by whoever held the row would still seem to run.
    prefetch_related_objects([taken], "organisation", "topic", "promise__package")
    return taken


def take_free(ids: Collection[int]) -> dict[int, Ticket]:
    """Take the rows of those tickets that nobody else has, until the transaction ends; by id, as they stand now.

    Their long texts are read only when asked for.
    """
    free = Ticket.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=ids)
    taken = list(free.defer("description", "answers", "typed"))
    prefetch_related_objects(taken, "promise", "organisation__partner")
    return {ticket.pk: ticket for ticket in taken}


def settle(ticket: Ticket, *, now: datetime) -> None:
    """Let timers and working order follow from a locked ticket's state, and save it."""
    replan(ticket, now=now)
    refresh(ticket, now=now)
    ticket.save()


def move(ticket: Ticket, to: Status, *, now: datetime) -> None:
    """Put a locked ticket into another state; nothing happens when it is in it already.

    Raises: NotNow, if there is no way from the one to the other.
    """
    if ticket.state is to:
        return
    if not may_move(ticket.state, to):
        raise NotNow(f"not_from_{ticket.status}", to=to.value)
    ticket.status = to
    ticket.status_since = now
    ticket.resolved_at = now if to is Status.RESOLVED else ticket.resolved_at if to is Status.CLOSED else None


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

    `payload` holds ids and codes; the free text of `reason` becomes a message row of its own, which can be erased;
    keys and tokens in it are masked.
    """
    reason = masked(storable(reason)).strip()
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
        find_by(ticket, reason, internal=not public)
    ticket.seq += 1
    ticket.version += 1
    ticket.activity_at = now
    if public:
        ticket.public_seq += 1
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
    enqueue(event, ticket=ticket)
    return event
