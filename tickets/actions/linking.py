"""Link tickets that have to do with each other, and take the link away again.

The record of it is support's own: an event that everybody reads would tell one organisation of another's ticket. The
link itself is shown to who may see both.
"""

from datetime import datetime

from accounts.actor import Actor
from accounts.policy.roles import May
from tickets.actions.change import Forbidden, NotNow, add_event, changing_both
from tickets.models import Ticket, TicketLink


def link(ticket: Ticket, other: Ticket, *, by: Actor, now: datetime) -> None:
    """Link two tickets; nothing happens when they are. Raises: Forbidden; NotNow, with itself."""
    first, second = _pair(ticket, other, by)
    with changing_both(ticket, other, now=now) as (one, two):
        _, is_new = TicketLink.objects.get_or_create(first_id=first, second_id=second)
        if is_new:
            _record(one, two, "linked", by=by, now=now)


def unlink(ticket: Ticket, other: Ticket, *, by: Actor, now: datetime) -> None:
    """Take a link away; nothing happens when there is none. Raises: Forbidden; NotNow, with itself."""
    first, second = _pair(ticket, other, by)
    with changing_both(ticket, other, now=now) as (one, two):
        gone, _ = TicketLink.objects.filter(first=first, second=second).delete()
        if gone:
            _record(one, two, "unlinked", by=by, now=now)


def _pair(ticket: Ticket, other: Ticket, by: Actor) -> tuple[int, int]:
    if not by.may(May.TRIAGE):
        raise Forbidden("support_only")
    if ticket.pk == other.pk:
        raise NotNow("link_itself")
    return min(ticket.pk, other.pk), max(ticket.pk, other.pk)


def _record(one: Ticket, two: Ticket, kind: str, *, by: Actor, now: datetime) -> None:
    add_event(one, kind, by=by, now=now, public=False, reference=two.reference)
    add_event(two, kind, by=by, now=now, public=False, reference=one.reference)
