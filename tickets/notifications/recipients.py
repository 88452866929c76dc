"""Who is told of an event: the people whom the catalogue names, as far as they may see it now.

Being named grants nothing: each is asked for through `visible_to`, when a mail is queued and again when it leaves.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from accounts.actor import Actor, actors_for
from accounts.models import Membership, User
from accounts.policy.roles import STAFF, Role
from tickets.models import Escalation, Follower, Ticket, TicketEvent
from tickets.notifications.events import News, Who
from tickets.policy.notices import Way, kind_of
from tickets.queries.access import seen_by
from tickets.queries.escalations import partner_of
from tickets.queries.notice_choices import ways_for

OUTSIDE = frozenset(Role) - STAFF
# Internal in the record, and yet on everybody's page: that a promise is late is computed there from its deadline.
KNOWN_TO_ALL = frozenset({"promise_missed"})


def recipients(news: Sequence[News]) -> list[tuple[News, User, Way]]:
    """Return whom to tell of each event, and how they want to be told; never the person who did it; by id."""
    around = _Around([one for one in news if one.notice])
    named = {one.event: around.named(one) - {one.event.actor_id} for one in around.news}
    found = User.objects.filter(pk__in=set().union(*named.values()), is_active=True).only("email", "role")
    people = {person.pk: person for person in found.order_by("pk")}
    told = may_be_told({event: [people[pk] for pk in people if pk in ids] for event, ids in named.items()})
    ways = ways_for(people, {kind_of(event.kind) for event in named})
    return [
        (one, person, way)
        for one in around.news
        for person in told[one.event]
        if (way := ways.get((person.pk, kind_of(one.event.kind)), Way.NOW)) is not Way.NOTHING
    ]


def may_be_told(named: Mapping[TicketEvent, Sequence[User]]) -> dict[TicketEvent, list[User]]:
    """Return those who may see each event now: its ticket, and what is internal only within support."""
    actors = actors_for({person for people in named.values() for person in people})
    tickets = {event.ticket_id for event in named}
    # People of one role and organisation get one answer; a growth manager's depends on the person.
    alike = {
        pk: (actor.role, actor.organisation.pk if actor.organisation else _person(actor))
        for pk, actor in actors.items()
    }
    seen = {key: seen_by(actors[pk], tickets) for pk, key in alike.items()}
    return {
        event: [
            person
            for person in people
            if event.ticket_id in seen[alike[person.pk]] and _is_open_to(actors[person.pk], event)
        ]
        for event, people in named.items()
    }


def _is_open_to(actor: Actor, event: TicketEvent) -> bool:
    """May who sees the ticket see the event? That somebody was made a follower is internal, but for that person."""
    if event.is_public or event.kind in KNOWN_TO_ALL or actor.is_staff:
        return True
    return event.kind == "followed" and actor.user is not None and actor.user.pk == _addressee(event)


def _person(actor: Actor) -> str | None:
    return f"person {actor.user.pk}" if actor.user and not actor.is_staff else None


class _Around:
    """The people around some tickets, by id: each group is asked for once for all, and only where it is named.

    Being named grants nothing, so a group is found by its own table alone.
    """

    def __init__(self, news: Sequence[News]) -> None:
        self.news = news

    def named(self, news: News) -> set[int]:
        """Return the ids of those whom the notice of an event names."""
        assert news.notice is not None  # those without one are not asked for
        groups = [self._group(who, news.event, news.ticket) for who in news.notice.who]
        return {pk for group in groups for pk in group if pk}

    def _group(self, who: Who, event: TicketEvent, ticket: Ticket) -> Iterable[int | None]:
        match who:
            case Who.PEOPLE:
                return [ticket.filed_by_id, *self._followers(ticket, OUTSIDE)]
            case Who.ADMINS:
                owner = ticket.organisation
                return [pk for of, pk in self.admins if of in (owner.pk, owner.partner_id)]
            case Who.SUPPORT:
                return [ticket.assignee_id, *self._followers(ticket, STAFF)]
            case Who.LEADS:
                # An installation without a lead has its administrators in their place.
                return self.staff[Role.LEAD] or self.staff[Role.ADMINISTRATOR]
            case Who.DESK:
                return self.staff[Role.AGENT] | self.staff[Role.LEAD]
            case Who.ADDED:
                return [_addressee(event)]
            case Who.MANAGER:
                # Who is named now decides; who was named before is told only while they may still see the ticket.
                escalation, partner = self._escalation(event), partner_of(ticket)
                return [partner.growth_manager_id if partner else None, escalation.manager_id if escalation else None]
            case Who.DEPUTY:
                partner = partner_of(ticket)
                return [partner.deputy_id if partner else None]
            case Who.ASKER:
                escalation = self._escalation(event)
                return [escalation.asked_by_id if escalation else None]

    def _followers(self, ticket: Ticket, roles: frozenset[Role]) -> list[int]:
        return [pk for of, pk, role in self.followers if of == ticket.pk and role in roles]

    def _escalation(self, event: TicketEvent) -> Escalation | None:
        escalation = self.escalations.get(event.payload.get("escalation"))
        return escalation if escalation and escalation.ticket_id == event.ticket_id else None

    @cached_property
    def followers(self) -> list[tuple[int, int, str]]:
        """Ticket, person and the person's role."""
        found = Follower.objects.filter(ticket__in={one.ticket.pk for one in self.news})
        return list(found.values_list("ticket_id", "user_id", "user__role"))

    @cached_property
    def admins(self) -> list[tuple[int, int]]:
        """Organisation and person: of the organisations whose tickets they are, and of their partners."""
        owners = [one.ticket.organisation for one in self.news]
        theirs = {owner.pk for owner in owners} | {owner.partner_id for owner in owners if owner.partner_id}
        found = Membership.objects.filter(organisation__in=theirs, is_admin=True)
        return list(found.values_list("organisation_id", "user_id"))

    @cached_property
    def staff(self) -> dict[Role, set[int]]:
        people: dict[Role, set[int]] = {role: set() for role in STAFF}
        for pk, role in User.objects.filter(role__in=STAFF, is_active=True).values_list("pk", "role"):
            people[Role(role)].add(pk)
        return people

    @cached_property
    def escalations(self) -> dict[int, Escalation]:
        return Escalation.objects.in_bulk({one.event.payload.get("escalation") for one in self.news} - {None})


def _addressee(event: TicketEvent) -> int:
    """Return the id of the person that an event names; 0 when it names nobody."""
    named = event.payload.get("who" if event.kind == "followed" else "to")
    return named if isinstance(named, int) else 0
