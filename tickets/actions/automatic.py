"""What a timer does to a ticket whose row is already taken: nobody's name stands at it."""

from datetime import datetime

from tickets.actions.change import add_event, move
from tickets.actions.ending import close_locked, resolve_locked, withdraw_locked
from tickets.models import Ticket
from tickets.policy.lifecycle import Status


def auto_withdraw(ticket: Ticket, *, now: datetime) -> None:
    """Withdraw a ticket whose missing information never came."""
    withdraw_locked(ticket, by=None, now=now, kind="auto_withdrawn")


def auto_resolve(ticket: Ticket, *, now: datetime) -> None:
    """Resolve a ticket whose question the partner left unanswered."""
    resolve_locked(ticket, by=None, now=now, kind="auto_resolved")


def auto_close(ticket: Ticket, *, now: datetime) -> None:
    """Close a ticket that stayed resolved."""
    close_locked(ticket, by=None, now=now, kind="auto_closed")


def check_due(ticket: Ticket, *, now: datetime) -> None:
    """The date on which support wanted to look again has come: it is support's turn."""
    if ticket.state is Status.WAITING_PLATFORM:
        move(ticket, Status.IN_PROGRESS, now=now)
    add_event(ticket, "check_due", by=None, now=now, public=False)
