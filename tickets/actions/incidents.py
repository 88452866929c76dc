"""Incidents: declare, update and conclude them, mark tickets as part of one, and be told when it is over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.actor import Actor
from accounts.models import User
from accounts.policy.roles import May
from packages.models import Topic
from packages.policy.wording import Text
from tickets.actions.change import Forbidden, NotNow, add_event, changing
from tickets.models import Incident, IncidentSubscription, Ticket
from tickets.notifications.outbox import enqueue_over


class StaleIncident(Exception):
    """The incident changed since the person saw it; nothing was done. `current` is it as it stands now."""

    def __init__(self, current: Incident) -> None:
        super().__init__(f"incident {current.pk} changed meanwhile")
        self.current = current


@dataclass(frozen=True, slots=True)
class Declared:
    """What support says of an incident; texts by language, English always, and no topic for all."""

    titles: Text
    texts: Text
    topics: Sequence[Topic] = ()


@transaction.atomic
def declare(said: Declared, *, by: Actor, now: datetime) -> Incident:
    """Show an incident to everybody who files. Raises: Forbidden."""
    person = support(by)
    incident = Incident.objects.create(titles=said.titles, texts=said.texts, declared_by=person, declared_at=now)
    incident.topics.set(said.topics)
    audit.record("incident.declared", incident, by=person, now=now, after=_facts(said))
    return incident


def update(incident: Incident, said: Declared, *, by: Actor, now: datetime, expected: int) -> None:
    """Say something else of an incident. Raises: Forbidden; StaleIncident; NotNow, if it is over."""
    person = support(by)
    with seen(incident, expected) as current:
        before = _facts(Declared(current.titles, current.texts, list(current.topics.all())))
        after = _facts(said)
        current.titles, current.texts = dict(said.titles), dict(said.texts)
        current.topics.set(said.topics)
        changed = [name for name in after if before[name] != after[name]]
        audit.record(
            "incident.changed", current, by=person, now=now,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip


def conclude(incident: Incident, outcomes: Text, *, by: Actor, now: datetime, expected: int) -> int:
    """Say that it is over, and tell who wanted to know. Return how many. Raises: as `update`."""
    person = support(by)
    with seen(incident, expected) as current:
        current.outcomes, current.ended_at, current.ended_by = dict(outcomes), now, person
        audit.record("incident.concluded", current, by=person, now=now, after={"outcomes": dict(outcomes)})
        return len(enqueue_over(current, now=now))


@contextmanager
def seen(incident: Incident, expected: int) -> Iterator[Incident]:
    """Take an incident that goes on, as a person saw it: yields it as it stands now, and saves it when the block ends.

    Raises: StaleIncident, if `expected` is not its version any more; NotNow, if it is over.
    """
    with transaction.atomic():
        current = Incident.objects.select_for_update().get(pk=incident.pk)
        if current.is_over:
            raise NotNow("incident_over")
        if current.version != expected:
            raise StaleIncident(current)
        current.version += 1
        yield current
        current.save()


@transaction.atomic
def subscribe(incident: Incident, *, by: Actor, now: datetime) -> None:
    """Tell the person when it is over. Raises: Forbidden, without a person; NotNow, if it is over."""
    if by.user is None or not by.may(May.FILE):
        raise Forbidden("partner_only")
    # Taken, so that who comes while it is being concluded is either told or hears at once that it is over.
    if Incident.objects.select_for_update().get(pk=incident.pk).is_over:
        raise NotNow("incident_over")
    IncidentSubscription.objects.get_or_create(incident=incident, user=by.user, defaults={"at": now})


def unsubscribe(incident: Incident, *, by: Actor) -> None:
    """Tell the person no more."""
    IncidentSubscription.objects.filter(incident=incident, user=by.user).delete()


def mark(ticket: Ticket, incident: Incident | None, *, by: Actor, now: datetime, expected: int | None = None) -> None:
    """Make a ticket a part of an incident, or of none. Raises: Forbidden; StaleTicket; NotNow, if that one is over."""
    support(by)
    with changing(ticket, now=now, expected=expected) as current:
        before, after = current.incident_id, incident.pk if incident else None
        if before == after:
            return
        if incident is not None and not Incident.objects.going_on().filter(pk=incident.pk).exists():
            raise NotNow("incident_over")
        current.incident = incident
        kind = "incident_linked" if incident else "incident_unlinked"
        add_event(current, kind, by=by, now=now, incident=after or before)


def support(by: Actor) -> User:
    """Return the person of support who acts. Raises: Forbidden."""
    if by.user is None or not by.may(May.TRIAGE):
        raise Forbidden("support_only")
    return by.user


def _facts(said: Declared) -> dict[str, Any]:
    topics = sorted(topic.code for topic in said.topics)
    return {"titles": dict(said.titles), "texts": dict(said.texts), "topics": topics}
