"""The tickets around one: the latest of its organisation, and earlier ones that name the same numbers or IDs."""

from accounts.actor import Actor
from packages.policy.document import Topic
from packages.policy.fields import Kind
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.queries.searching import naming_any

SHOWN = 5
SHORTEST = 5  # characters of a number or ID; a shorter one is found everywhere
_SHOWN_COLUMNS = ("reference", "subject", "severity", "status", "merged_into", "filed_at", "organisation__name")
_IDENTIFYING = (Kind.PHONE, Kind.DIGITS, Kind.TEXT)


def recent_of_organisation(actor: Actor, ticket: Ticket) -> list[Ticket]:
    """Return the latest tickets of the same owner, without this one. One query on the owner's index."""
    tickets = Ticket.objects.visible_to(actor).filter(organisation=ticket.organisation_id).exclude(pk=ticket.pk)
    return _brief(tickets.order_by("-public_activity_at"))


def earlier_for(actor: Actor, ticket: Ticket, topic: Topic | None) -> list[Ticket]:
    """Return the latest others that name one of this ticket's numbers or IDs, whoever filed them. Two queries."""
    ids = naming_any(identifiers(ticket, topic), except_for=ticket)
    return _brief(Ticket.objects.visible_to(actor).filter(pk__in=ids).order_by("-activity_at", "-id")) if ids else []


def identifiers(ticket: Ticket, topic: Topic | None) -> list[str]:
    """Return the numbers and IDs among a ticket's answers by which others can be found."""
    fields = topic.fields if topic is not None else ()
    values = [ticket.answers.get(one.code) for one in fields if one.identifies and one.kind in _IDENTIFYING]
    return [value for value in values if isinstance(value, str) and len(value) >= SHORTEST]


def _brief(tickets: TicketQuerySet) -> list[Ticket]:
    return list(tickets.select_related("organisation").only(*_SHOWN_COLUMNS)[:SHOWN])
