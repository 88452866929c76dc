"""How a ticket ends and comes back: resolve, reopen, withdraw, close.

Source: product description, "The life of a ticket".
"""

from datetime import datetime

from accounts.actor import Actor
from accounts.policy.roles import May
from tickets.actions.change import Forbidden, NotNow, add_event, changing, move
from tickets.actions.escalations import lapse
from tickets.actions.guards import is_filing_side
from tickets.actions.promising import running, void_promise
from tickets.models import InformationRequest, Ticket
from tickets.policy.lifecycle import OPEN, Status


def resolve(ticket: Ticket, *, by: Actor, now: datetime, expected: int | None = None) -> Ticket:
    """Mark a ticket as resolved. Support can't without a first response; the partner can at any time.

    Raises: Forbidden, NotNow, StaleTicket.
    """
    _require_part(ticket, by)
    with changing(ticket, now=now, expected=expected) as current:
        resolve_locked(current, by=by, now=now)
        return current


def resolve_locked(ticket: Ticket, *, by: Actor | None, now: datetime, kind: str = "resolved") -> None:
    """Resolve a ticket whose row is taken. Raises: NotNow."""
    if by is not None and by.is_staff and running(ticket) is not None:
        raise NotNow("no_first_response")
    void_promise(ticket, now=now)
    if ticket.state is Status.NEEDS_INFORMATION:
        raise NotNow("not_from_needs_information", to="resolved")
    move(ticket, Status.RESOLVED, now=now)
    lapse(ticket, now=now)
    add_event(ticket, kind, by=by, now=now)


def reopen(ticket: Ticket, *, by: Actor, now: datetime, reason: str = "", expected: int | None = None) -> Ticket:
    """Take a resolved ticket up again: in progress, no new promise, fresh timers. Raises: Forbidden, NotNow."""
    _require_part(ticket, by)
    with changing(ticket, now=now, expected=expected) as current:
        if current.state is not Status.RESOLVED:
            raise NotNow(f"not_from_{current.status}", to="in_progress")
        move(current, Status.IN_PROGRESS, now=now)
        add_event(current, "reopened", by=by, now=now, reason=reason)
        return current


def withdraw(ticket: Ticket, *, by: Actor, now: datetime, expected: int | None = None) -> Ticket:
    """Take a ticket back: its owner's people and the owner's partner, while it is open. Raises: Forbidden, NotNow."""
    if not is_filing_side(ticket, by):
        raise Forbidden("partner_only")
    with changing(ticket, now=now, expected=expected) as current:
        if current.state not in OPEN:
            raise NotNow(f"not_from_{current.status}", to="withdrawn")
        withdraw_locked(current, by=by, now=now, kind="withdrawn")
        return current


def withdraw_locked(ticket: Ticket, *, by: Actor | None, now: datetime, kind: str) -> None:
    void_promise(ticket, now=now)
    InformationRequest.objects.filter(ticket=ticket, ended_at=None).update(ended_at=now)
    move(ticket, Status.WITHDRAWN, now=now)
    lapse(ticket, now=now)
    add_event(ticket, kind, by=by, now=now)


def close_locked(ticket: Ticket, *, by: Actor | None, now: datetime, kind: str) -> None:
    move(ticket, Status.CLOSED, now=now)
    lapse(ticket, now=now)
    add_event(ticket, kind, by=by, now=now)


def close(ticket: Ticket, *, by: Actor, now: datetime, expected: int | None = None) -> Ticket:
    """Close a resolved ticket before its time. Raises: Forbidden, NotNow."""
    if not by.may(May.TRIAGE):
        raise Forbidden("support_only")
    with changing(ticket, now=now, expected=expected) as current:
        if current.state is not Status.RESOLVED:
            raise NotNow(f"not_from_{current.status}", to="closed")
        close_locked(current, by=by, now=now, kind="closed")
        return current


def rate(ticket: Ticket, satisfaction: int, *, by: Actor, now: datetime) -> None:
    """Keep the partner's answer to the question after resolving: 1 bad, 2 fair, 3 good. Raises: Forbidden, NotNow."""
    if not is_filing_side(ticket, by):
        raise Forbidden("partner_only")
    with changing(ticket, now=now) as current:
        ended = current.state in (Status.RESOLVED, Status.CLOSED) and current.merged_into_id is None
        if not ended or satisfaction not in (1, 2, 3):
            raise NotNow("not_to_be_rated")
        if current.satisfaction == satisfaction:
            return
        current.satisfaction = satisfaction
        add_event(current, "rated", by=by, now=now, satisfaction=satisfaction)


def _require_part(ticket: Ticket, by: Actor) -> None:
    if not (is_filing_side(ticket, by) or by.may(May.TRIAGE)):
        raise Forbidden("partner_or_support")
