"""Who is told of an event: the people whom the catalogue names, as far as they may see it now.

Being named grants nothing: each is asked for through `visible_to`, when a mail is queued and again when it leaves.
"""

from accounts.actor import Actor, actor_for
from accounts.models import User
from accounts.policy.roles import Role
from tickets.models import Escalation, Ticket, TicketEvent
from tickets.notifications.events import Notice, Who
from tickets.queries.escalations import partner_of


def recipients(event: TicketEvent, notice: Notice, *, ticket: Ticket) -> list[User]:
    """Return whom to tell of an event, never the person who did it; by id."""
    named: set[int] = set()
    for who in notice.who:
        named |= _ids(who, event, ticket)
    named.discard(event.actor_id or 0)
    if not named:
        return []
    return may_be_told(list(User.objects.filter(pk__in=named, is_active=True).order_by("pk")), event)


def may_be_told(people: list[User], event: TicketEvent) -> list[User]:
    """Return those who may see the event now: its ticket, and what is internal only within support."""
    told, answers = [], {}
    for person in people:
        actor = actor_for(person)
        # People of one role and organisation get one answer; a growth manager's depends on the person.
        is_named = person.pk == _named(event)
        alike = (actor.role, actor.organisation.pk if actor.organisation else _person(actor), is_named)
        if alike not in answers:
            answers[alike] = _may_see(actor, event, is_named=is_named)
        if answers[alike]:
            told.append(person)
    return told


def _may_see(actor: Actor, event: TicketEvent, *, is_named: bool) -> bool:
    # That somebody was made a follower is internal, but for that person.
    if not (event.is_public or actor.is_staff or (event.kind == "followed" and is_named)):
        return False
    return Ticket.objects.visible_to(actor).filter(pk=event.ticket_id).exists()


def _person(actor: Actor) -> str | None:
    return f"person {actor.user.pk}" if actor.user and not actor.is_staff else None


def _ids(who: Who, event: TicketEvent, ticket: Ticket) -> set[int]:
    """Return the ids of a group; who has left since is left out afterwards."""
    match who:
        case Who.PEOPLE:
            return _following(ticket, in_support=False) | {ticket.filed_by_id or 0}
        case Who.SUPPORT:
            return _following(ticket, in_support=True) | {ticket.assignee_id or 0}
        case Who.LEADS:
            return _leads()
        case Who.DESK:
            return _with_role(Role.AGENT, Role.LEAD)
        case Who.ADDED:
            return {_named(event)}
        case Who.MANAGER:
            return _manager(event, ticket)
        case Who.DEPUTY:
            partner = partner_of(ticket)
            return {partner.deputy_id or 0} if partner else set()
        case Who.ASKER:
            escalation = _escalation(event)
            return {escalation.asked_by_id or 0} if escalation else set()


def _named(event: TicketEvent) -> int:
    """Return the id of the person that an event names; 0 when it names nobody."""
    named = event.payload.get("who" if event.kind == "followed" else "to")
    return named if isinstance(named, int) else 0


def _following(ticket: Ticket, *, in_support: bool) -> set[int]:
    roles = [Role.AGENT, Role.LEAD, Role.ADMINISTRATOR] if in_support else [Role.MEMBER, Role.GROWTH_MANAGER]
    return set(ticket.followers.filter(user__role__in=roles).values_list("user_id", flat=True))


def _with_role(*roles: Role) -> set[int]:
    return set(User.objects.filter(role__in=roles, is_active=True).values_list("pk", flat=True))


def _leads() -> set[int]:
    """The leads; an installation without one has its administrators in their place."""
    return _with_role(Role.LEAD) or _with_role(Role.ADMINISTRATOR)


def _manager(event: TicketEvent, ticket: Ticket) -> set[int]:
    escalation = _escalation(event)
    if escalation is not None:
        return {escalation.manager_id}
    partner = partner_of(ticket)
    return {partner.growth_manager_id or 0} if partner else set()


def _escalation(event: TicketEvent) -> Escalation | None:
    return Escalation.objects.filter(pk=event.payload.get("escalation"), ticket=event.ticket_id).first()
