"""Timers and events in words, for the pages of the engine room. In English only."""

from django import template

from tickets.models import TicketEvent, Timer

register = template.Library()

# Of each kind, what happens; {} is what its key says: a share, or which of several.
TIMERS = {
    "warning": "Warning at {} % of the time",
    "breach": "Deadline of the first response",
    "information_reminder": "Reminder {} of missing information",
    "information_withdraw": "Withdrawn, if information is still missing",
    "partner_reminder": "Reminder {} of an answer",
    "auto_resolve": "Resolved, if nobody answered",
    "auto_close": "Closed, if it stayed resolved",
    "check_due": "Date to look at the platform's case",
    "escalation_decide": "Escalation to decide on: {}",
    "escalation_acknowledge": "Escalation to acknowledge: {}",
}


@register.filter
def timer_words(timer: Timer) -> str:
    """Return what a timer is for: "Warning at 80 % of the time"."""
    return TIMERS.get(timer.kind, timer.kind).format(timer.key.rpartition(":")[2])


@register.filter
def event_words(event: TicketEvent) -> str:
    """Return the kind of an event: "Promise missed"."""
    return event.kind.replace("_", " ").capitalize()
