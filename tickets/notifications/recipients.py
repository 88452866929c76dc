"""Who is told of an event: the people whom the catalogue names, as far as they may see it now.

Being named grants nothing: each is asked for through `visible_to`, when a mail is queued and again when it leaves.
"""

from functools import reduce
from operator import or_

from django.db.models import Exists, Q, QuerySet

from accounts.actor import Actor, actor_for
from accounts.models import Membership, User
from accounts.policy.roles import STAFF, Role
from tickets.models import Escalation, Follower, Ticket, TicketEvent
from tickets.notifications.events import Notice, Who
from tickets.policy.notices import Way, kind_of
from tickets.queries.escalations import partner_of
from tickets.queries.notice_choices import ways_for

OUTSIDE = frozenset(Role) - STAFF
# Internal in the record, and yet on everybody's page: that a promise is late is computed there from its deadline.
KNOWN_TO_ALL = frozenset({"promise_missed"})


def recipients(event: TicketEvent, notice: Notice, *, ticket: Ticket) -> list[tuple[User, Way]]:
    """Return whom to tell of an event, and how they want to be told; never the person who did it; by id."""
    named = reduce(or_, (_named(who, event, ticket) for who in sorted(notice.who)))
    people = User.objects.filter(named, is_active=True).exclude(pk=event.actor_id or 0).order_by("pk")
    people = people.only("email", "role")
    told = may_be_told(list(people), event)
    ways = ways_for(told, kind_of(event.kind))
    return [(person, ways[person.pk]) for person in told if ways[person.pk] is not Way.NOTHING]


def may_be_told(people: list[User], event: TicketEvent) -> list[User]:
    """Return those who may see the event now: its ticket, and what is internal only within support."""
    told, answers = [], {}
    for person in people:
        actor = actor_for(person)
        # People of one role and organisation get one answer; a growth manager's depends on the person.
        is_named = person.pk == _addressee(event)
        alike = (actor.role, actor.organisation.pk if actor.organisation else _person(actor), is_named)
        if alike not in answers:
            answers[alike] = _may_see(actor, event, is_named=is_named)
        if answers[alike]:
            told.append(person)
    return told


def _may_see(actor: Actor, event: TicketEvent, *, is_named: bool) -> bool:
    # That somebody was made a follower is internal, but for that person.
    is_open = event.is_public or event.kind in KNOWN_TO_ALL
    if not (is_open or actor.is_staff or (event.kind == "followed" and is_named)):
        return False
    visible = Ticket.objects.visible_to(actor)
    # Who sees every ticket sees this one: the database need not be asked for each of many mails.
    return not visible.query.has_filters() or visible.filter(pk=event.ticket_id).exists()


def _person(actor: Actor) -> str | None:
    return f"person {actor.user.pk}" if actor.user and not actor.is_staff else None


def _named(who: Who, event: TicketEvent, ticket: Ticket) -> Q:
    """Return the condition that a group's people meet."""
    match who:
        case Who.PEOPLE:
            return Q(pk=ticket.filed_by_id or 0) | Q(role__in=OUTSIDE, pk__in=_followers(ticket))
        case Who.ADMINS:
            # By their id alone: whether they see this ticket is asked for each, as for everybody.
            theirs = {ticket.organisation_id, ticket.organisation.partner_id} - {None}
            admins = Membership.objects.filter(organisation__in=theirs, is_admin=True)
            return Q(pk__in=admins.values_list("user_id", flat=True))
        case Who.SUPPORT:
            return Q(pk=ticket.assignee_id or 0) | Q(role__in=STAFF, pk__in=_followers(ticket))
        case Who.LEADS:
            # An installation without a lead has its administrators in their place.
            leads = User.objects.filter(role=Role.LEAD, is_active=True)
            return Q(role=Role.LEAD) | Q(~Exists(leads), role=Role.ADMINISTRATOR)
        case Who.DESK:
            return Q(role__in=[Role.AGENT, Role.LEAD])
        case Who.ADDED:
            return Q(pk=_addressee(event))
        case Who.MANAGER:
            escalation, partner = _escalation(event), partner_of(ticket)
            # Who is named now decides; who was named before is told only while they may still see the ticket.
            named = {partner.growth_manager_id if partner else None, escalation.manager_id if escalation else None}
            return Q(pk__in=named - {None})
        case Who.DEPUTY:
            partner = partner_of(ticket)
            return Q(pk=(partner.deputy_id if partner else None) or 0)
        case Who.ASKER:
            escalation = _escalation(event)
            return Q(pk=(escalation.asked_by_id if escalation else None) or 0)


def _addressee(event: TicketEvent) -> int:
    """Return the id of the person that an event names; 0 when it names nobody."""
    named = event.payload.get("who" if event.kind == "followed" else "to")
    return named if isinstance(named, int) else 0


def _followers(ticket: Ticket) -> QuerySet[Follower, int]:
    return Follower.objects.filter(ticket=ticket).values_list("user_id", flat=True)


def _escalation(event: TicketEvent) -> Escalation | None:
    return Escalation.objects.filter(pk=event.payload.get("escalation"), ticket=event.ticket_id).first()
