"""What each kind of timer does when it is due.

A kind is a function with a name. It is given the timer, its ticket with the row taken, and the instant; it returns why
it did nothing, or "" when its effect happened. A late wake-up does what is still true and says why it skips the rest.
"""

from collections.abc import Callable
from datetime import datetime

from tickets.actions import automatic, escalations
from tickets.actions.change import RECORDED, add_event, settle
from tickets.actions.timer_plan import expected_timers, generation
from tickets.models import Promise, Ticket, Timer

Handler = Callable[[Timer, Ticket, datetime], str]
KINDS: dict[str, Handler] = {}

REPLACED = "the promise was replaced"
ANSWERED = "the promise was settled before"
LATE_ALREADY = "the deadline had passed already"
LATER_WARNING = "a later warning was due already"
LATER_STEP = "a later step was due already"
MOVED_ON = "the ticket had moved on"


def kind(name: str) -> Callable[[Handler], Handler]:
    """Register a handler under the name that timers carry."""

    def register(handler: Handler) -> Handler:
        KINDS[name] = handler
        return handler

    return register


@kind("warning")
def _warn(timer: Timer, ticket: Ticket, now: datetime) -> str:
    number, _, share = timer.key.partition(":")
    if reason := _no_longer_runs(ticket.promise, number):
        return reason
    promise = ticket.promise
    assert promise is not None  # it runs
    if now >= promise.due_at:
        return LATE_ALREADY
    # Woken late, when the last warning is due as well: one word is enough.
    if timer.due_at < promise.close_at <= now:
        return LATER_WARNING
    add_event(ticket, "promise_warned", by=None, now=now, public=False, promise=promise.pk, share=int(share))
    ticket.save(update_fields=RECORDED)
    return ""


@kind("breach")
def _breach(timer: Timer, ticket: Ticket, now: datetime) -> str:
    if reason := _no_longer_runs(ticket.promise, timer.key):
        return reason
    promise = ticket.promise
    assert promise is not None  # it runs
    if now < promise.due_at:
        return "the deadline was moved"
    add_event(ticket, "promise_missed", by=None, now=now, promise=promise.pk)
    ticket.save(update_fields=RECORDED)
    return ""


@kind("information_reminder")
def _remind_of_information(timer: Timer, ticket: Ticket, now: datetime) -> str:
    return _remind(timer, ticket, now, while_in=Ticket.Status.NEEDS_INFORMATION)


@kind("partner_reminder")
def _remind_partner(timer: Timer, ticket: Ticket, now: datetime) -> str:
    return _remind(timer, ticket, now, while_in=Ticket.Status.WAITING_PARTNER)


@kind("information_withdraw")
def _withdraw(timer: Timer, ticket: Ticket, now: datetime) -> str:
    if not _still_waits(timer, ticket, Ticket.Status.NEEDS_INFORMATION):
        return MOVED_ON
    automatic.auto_withdraw(ticket, now=now)
    settle(ticket, now=now)
    return ""


@kind("auto_resolve")
def _resolve(timer: Timer, ticket: Ticket, now: datetime) -> str:
    if not _still_waits(timer, ticket, Ticket.Status.WAITING_PARTNER):
        return MOVED_ON
    automatic.auto_resolve(ticket, now=now)
    settle(ticket, now=now)
    return ""


@kind("auto_close")
def _close(timer: Timer, ticket: Ticket, now: datetime) -> str:
    if not _still_waits(timer, ticket, Ticket.Status.RESOLVED):
        return MOVED_ON
    automatic.auto_close(ticket, now=now)
    settle(ticket, now=now)
    return ""


@kind("check_due")
def _check(timer: Timer, ticket: Ticket, now: datetime) -> str:
    if ticket.check_at is None or ticket.check_at > now or not ticket.is_open:
        return MOVED_ON
    automatic.check_due(ticket, now=now)
    settle(ticket, now=now)
    return ""


@kind("escalation_decide")
def _decide(timer: Timer, ticket: Ticket, now: datetime) -> str:
    return _remind_of_escalation(timer, ticket, now, while_it_is="asked")


@kind("escalation_acknowledge")
def _acknowledge(timer: Timer, ticket: Ticket, now: datetime) -> str:
    return _remind_of_escalation(timer, ticket, now, while_it_is="escalated")


def _no_longer_runs(promise: Promise | None, number: str) -> str:
    if promise is None or str(promise.number) != number:
        return REPLACED
    return ANSWERED if promise.outcome is not None or promise.answered_at is not None else ""


def _still_waits(timer: Timer, ticket: Ticket, status: str) -> bool:
    wait = timer.key.partition(":")[0]
    return ticket.status == status and wait == generation(ticket.status_since)


def _remind(timer: Timer, ticket: Ticket, now: datetime, *, while_in: str) -> str:
    if not _still_waits(timer, ticket, while_in):
        return MOVED_ON
    # Woken late, when the next reminder or the end of the wait is due as well: one word is enough.
    if any(timer.due_at < later.due_at <= now for later in expected_timers(ticket)):
        return LATER_STEP
    add_event(ticket, timer.kind, by=None, now=now, n=int(timer.key.partition(":")[2]))
    ticket.save(update_fields=RECORDED)
    return ""


def _remind_of_escalation(timer: Timer, ticket: Ticket, now: datetime, *, while_it_is: str) -> str:
    escalation = timer.escalation
    if escalation is None:
        return MOVED_ON
    escalation.refresh_from_db()
    if escalation.state != while_it_is:
        return f"the escalation is {escalation.state}"
    note = escalations.remind(escalation, timer.key, ticket=ticket, now=now)
    if not note:
        ticket.save()
    return note
