"""Support's people with what they work on, and which tickets one of them should be given."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.actor import Actor
from accounts.models import User
from accounts.policy.roles import STAFF, May, Role
from tickets.models import AgentProfile, Ticket
from tickets.policy.skills import Agent


def support_people() -> QuerySet[User]:
    """Return the people of support who may sign in, by name, each with the profile."""
    people = User.objects.filter(role__in=sorted(STAFF), is_active=True).select_related("agent_profile")
    return people.order_by("name", "pk")


def open_by_assignee() -> dict[int | None, int]:
    """Return how many open tickets each person has. One query on the index of the open ones."""
    counted = Ticket.objects.open().values("assignee").annotate(has=Count("status")).values_list("assignee", "has")
    return dict(counted.order_by())


def profile_of(person: User) -> AgentProfile | None:
    """Return what is kept of a person of support; None as long as nothing was. No query for one of `support_people`."""
    return getattr(person, "agent_profile", None)


def agent_or_404(actor: Actor, pk: int) -> User:
    """Return the person of support whose profile the actor may change: leads everybody's, others their own.

    Raises: Http404.
    """
    people = support_people()
    if not actor.may(May.LEAD):
        people = people.filter(pk=actor.user.pk) if actor.user else people.none()
    person = people.filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def team() -> list[Agent]:
    """Return what everybody in support works on. Two queries."""
    return [agent_of(person) for person in support_people().prefetch_related("agent_profile__topics")]


def agent_of(person: User) -> Agent:
    """Return one of `support_people` as a value."""
    profile = profile_of(person)
    is_agent = person.role == Role.AGENT
    if profile is None:
        return Agent(person.pk, zone=person.timezone, serves=is_agent)
    topics = frozenset(topic.pk for topic in profile.topics.all())
    return Agent(
        person.pk, frozenset(profile.languages), topics, person.timezone, profile.away_from, profile.away_until,
        serves=is_agent or bool(profile.languages or topics),
    )  # fmt: skip


def is_away(person: User, now: datetime) -> bool:
    """Is this one of `support_people` away today? No query."""
    profile = profile_of(person)
    if profile is None:
        return False
    return Agent(person.pk, zone=person.timezone, away_from=profile.away_from, away_until=profile.away_until).is_away(
        now
    )


def worked_by(person: User, team: Sequence[Agent], *, now: datetime) -> Q:
    """Return which tickets a person should be given: those in their languages and topics, and those of nobody's.

    Nobody's are those that no colleague who is there takes: a ticket in a rare language must not wait for ever.
    """
    own = next((agent for agent in team if agent.user_id == person.pk), Agent(person.pk))
    others = [agent for agent in team if agent.serves and agent.user_id != person.pk and not agent.is_away(now)]
    if any(not agent.languages and not agent.topics for agent in others):
        return _taken(own)
    somebodys = Q(pk=None)
    for agent in others:
        somebodys |= _taken(agent)
    return _taken(own) | ~somebodys


def _taken(agent: Agent) -> Q:
    taken = Q()
    if agent.languages:
        taken &= Q(language__in=sorted(agent.languages))
    if agent.topics:
        taken &= Q(topic__in=sorted(agent.topics))
    return taken
