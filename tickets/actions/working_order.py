"""Where a ticket stands in the queue: `work_at`, kept with every change.

Source: data model, "Working order".
"""

from datetime import datetime

from packages.policy.severity import Severity
from tickets.models import Escalation, Message, Ticket
from tickets.policy.lifecycle import Status
from tickets.queries.offers import hours_of


def refresh(ticket: Ticket, *, now: datetime) -> None:
    """Set `work_at` and `is_escalated` of a locked ticket from its present state; the caller saves it.

    The deadline while a promise runs; after the first response the same clock and target, counted from the partner's
    oldest unanswered message; the check date while the platform is waited for; NULL while it is not support's turn. An
    open escalation pulls it forward to the moment by which a lead must acknowledge.
    """
    escalation = Escalation.objects.filter(ticket=ticket, state__in=["escalated", "acknowledged"]).first()
    ticket.is_escalated = escalation is not None
    ticket.work_at = _own_place(ticket, now=now)
    if escalation is not None and escalation.acknowledge_by is not None and ticket.work_at is not None:
        ticket.work_at = min(ticket.work_at, escalation.acknowledge_by)


def _own_place(ticket: Ticket, *, now: datetime) -> datetime | None:
    if ticket.state is Status.WAITING_PLATFORM:
        return ticket.check_at
    if ticket.state not in (Status.NEW, Status.IN_PROGRESS):
        return None
    if ticket.promise is not None and ticket.promise.outcome is None:
        return ticket.promise.due_at
    hours = hours_of(ticket, now=now)
    return hours.clock.deadline(_waiting_since(ticket), hours.package.targets[Severity(ticket.severity)])


def _waiting_since(ticket: Ticket) -> datetime:
    """Return when the partner began to wait: their oldest message since support's last one, else the status's start."""
    public = Message.objects.filter(ticket=ticket, kind=Message.Kind.PUBLIC)
    last = public.filter(by_support=True).order_by("-at").values_list("at", flat=True).first()
    theirs = public.filter(by_support=False)
    if last is not None:
        theirs = theirs.filter(at__gt=last)
    return theirs.order_by("at").values_list("at", flat=True).first() or ticket.status_since
