"""The catalogue of what people are told of: for each kind of event, who, and whether at once.

What is missing here is told to nobody by mail: the pages show it. Who is named here must still be allowed to see it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tickets.models import Ticket, TicketEvent


class Who(StrEnum):
    """Groups of people around a ticket."""

    PEOPLE = "people"  # who filed it and who follows it, outside support
    ADMINS = "admins"  # of the organisation whose ticket it is, and of its partner
    SUPPORT = "support"  # the assignee and who follows it in support
    LEADS = "leads"
    DESK = "desk"  # every agent and lead
    MANAGER = "manager"  # of the escalation, or of the ticket's partner
    DEPUTY = "deputy"
    ASKER = "asker"  # who asked for the escalation
    ADDED = "added"  # whom the event itself names


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told of an event. What is urgent leaves at once, unless its reader chose a digest."""

    who: frozenset[Who]
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """An event of a ticket, and who is to be told of it."""

    event: TicketEvent
    ticket: Ticket
    notice: Notice | None


Rule = Notice | Callable[[TicketEvent, Ticket], Notice | None]


def notice_of(event: TicketEvent, ticket: Ticket) -> Notice | None:
    """Return who is to be told of an event; None when nobody is."""
    rule = CATALOGUE.get(event.kind)
    return rule(event, ticket) if callable(rule) else rule


def news_of(event: TicketEvent, ticket: Ticket) -> News:
    return News(event, ticket, notice_of(event, ticket))


def _told(*who: Who) -> Notice:
    return Notice(frozenset(who))


def _at_once(*who: Who) -> Notice:
    return Notice(frozenset(who), is_urgent=True)


def _filed(event: TicketEvent, ticket: Ticket) -> Notice | None:
    return _at_once(Who.DESK) if ticket.severity == Ticket.Severity.CRITICAL else None


def _warned(event: TicketEvent, ticket: Ticket) -> Notice:
    """Half of the time is the assignee's matter; near the deadline, or with no assignee, it is the leads' as well."""
    is_last = bool(ticket.promise and event.at >= ticket.promise.close_at)
    return _at_once(Who.SUPPORT, Who.LEADS) if is_last or ticket.assignee_id is None else _at_once(Who.SUPPORT)


def _worse(event: TicketEvent, ticket: Ticket) -> Notice:
    if ticket.severity == Ticket.Severity.CRITICAL:
        return _at_once(Who.SUPPORT, Who.LEADS)
    return _told(Who.SUPPORT)


def _asked(event: TicketEvent, ticket: Ticket) -> Notice:
    """A request on a critical ticket is shown to the leads at once. Source: support policy, "Tiers and escalation"."""
    if ticket.severity == Ticket.Severity.CRITICAL:
        return _at_once(Who.MANAGER, Who.LEADS)
    return _at_once(Who.MANAGER)


def _reminded(event: TicketEvent, ticket: Ticket) -> Notice | None:
    return {
        "manager": _at_once(Who.MANAGER),
        "deputy": _at_once(Who.DEPUTY),
        "leads": _at_once(Who.LEADS),
    }.get(str(event.payload.get("to")))


CATALOGUE: dict[str, Rule] = {
    "filed": _filed,
    "completed": _told(Who.SUPPORT),
    "message": _told(Who.PEOPLE, Who.SUPPORT),
    "note": _told(Who.SUPPORT),
    "sent_back": _told(Who.PEOPLE),
    "assigned": _told(Who.ADDED),
    "reclassified": _told(Who.PEOPLE),
    "topic_changed": _told(Who.PEOPLE),
    "waiting_platform": _told(Who.PEOPLE),
    "waiting_partner": _told(Who.PEOPLE),
    "resolved": _told(Who.PEOPLE, Who.SUPPORT),
    "reopened": _told(Who.PEOPLE, Who.SUPPORT),
    "withdrawn": _told(Who.PEOPLE, Who.SUPPORT),
    "merged": _told(Who.PEOPLE),
    "unmerged": _told(Who.PEOPLE),
    "answer_disputed": _told(Who.SUPPORT, Who.LEADS),
    "followed": _told(Who.ADDED),
    "got_worse": _worse,
    "promise_warned": _warned,
    "promise_missed": _at_once(Who.SUPPORT, Who.LEADS, Who.PEOPLE, Who.ADMINS),
    "information_reminder": _told(Who.PEOPLE),
    "partner_reminder": _told(Who.PEOPLE),
    "auto_resolved": _told(Who.PEOPLE),
    "auto_withdrawn": _told(Who.PEOPLE),
    "check_due": _told(Who.SUPPORT),
    "escalation_asked": _asked,
    "escalation_escalated": _at_once(Who.LEADS, Who.ASKER, Who.SUPPORT, Who.ADMINS),
    "escalation_declined": _at_once(Who.ASKER, Who.ADMINS),
    "escalation_acknowledged": _at_once(Who.ASKER, Who.MANAGER, Who.ADMINS),
    "escalation_concluded": _at_once(Who.ASKER, Who.MANAGER, Who.PEOPLE, Who.ADMINS),
    "escalation_withdrawn": _at_once(Who.MANAGER),
    "escalation_lapsed": _at_once(Who.ASKER, Who.MANAGER),
    "escalation_reminder": _reminded,
}
