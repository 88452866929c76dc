"""What people are told of by mail, in a few kinds; who has which; and what cannot be switched off.

Source: product description, "The portal", and support policy, "Tiers and escalation".
"""

from enum import StrEnum

from accounts.policy.roles import STAFF, Role


class Kind(StrEnum):
    """What an event is to the person who is told of it: a choice is made for each, not for each of many events."""

    NEW = "new"  # a critical ticket was filed
    WAITING = "waiting"  # something waits for the reader
    MESSAGES = "messages"
    CHANGES = "changes"
    ADDED = "added"  # the ticket was given to the reader, or they were added to it
    BREACHES = "breaches"
    ESCALATIONS = "escalations"


class Way(StrEnum):
    """How a person is told. Who chose nothing at all is told `NOW`."""

    NOW = "now"
    DIGEST = "digest"
    NOTHING = "nothing"


_OF_EVENT = {
    "filed": Kind.NEW,
    "sent_back": Kind.WAITING,
    "waiting_partner": Kind.WAITING,
    "information_reminder": Kind.WAITING,
    "partner_reminder": Kind.WAITING,
    "completed": Kind.WAITING,
    "check_due": Kind.WAITING,
    "answer_disputed": Kind.WAITING,
    "message": Kind.MESSAGES,
    "note": Kind.MESSAGES,
    "assigned": Kind.ADDED,
    "followed": Kind.ADDED,
    "promise_warned": Kind.BREACHES,
    "promise_missed": Kind.BREACHES,
}
_OUTSIDE = (Kind.WAITING, Kind.MESSAGES, Kind.CHANGES, Kind.ADDED, Kind.BREACHES, Kind.ESCALATIONS)
_PRESSING = frozenset({Kind.BREACHES, Kind.ESCALATIONS})


def kind_of(event_kind: str) -> Kind:
    """Return the kind that an event belongs to; what has no kind of its own is a change of the ticket."""
    if event_kind.startswith("escalation_"):
        return Kind.ESCALATIONS
    return _OF_EVENT.get(event_kind, Kind.CHANGES)


def kinds_for(role: Role) -> tuple[Kind, ...]:
    """Return the kinds that a person of a role is ever told of, in the order in which they are shown."""
    return (Kind.NEW, *_OUTSIDE) if role in STAFF else _OUTSIDE


def bound_to(role: Role, *, is_admin: bool) -> frozenset[Kind]:
    """Return the kinds that a person cannot switch off, for somebody has to know. `is_admin` is of an organisation.

    An organisation's admin answers for it, a growth manager decides on escalations, leads see to both; an
    administrator stands in where there is no lead.
    """
    if role in (Role.LEAD, Role.ADMINISTRATOR) or (role is Role.MEMBER and is_admin):
        return _PRESSING
    return frozenset({Kind.ESCALATIONS}) if role is Role.GROWTH_MANAGER else frozenset()


def way_of(chosen: Way, *, is_bound: bool) -> Way:
    """Return how somebody is told: who became bound to a kind after switching it off is told of it nevertheless."""
    return Way.NOW if chosen is Way.NOTHING and is_bound else chosen
