"""The outbox: who is told becomes a row in the transaction of the event; a worker delivers it afterwards."""

from datetime import datetime

from tickets.models import Outbox, Ticket, TicketEvent


def enqueue(event: TicketEvent, *, ticket: Ticket, now: datetime) -> list[Outbox]:
    """Queue who is told of an event, within its transaction. Return the rows."""
    return []
