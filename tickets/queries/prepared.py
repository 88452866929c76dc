"""Prepared answers for a ticket: which fit it, in which language, and with its own facts filled in."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import translation

from accounts.actor import Actor
from packages.policy.wording import wording
from packages.queries.policies import in_force
from tickets.models import PreparedAnswer, Ticket
from tickets.policy.placeholders import filled, unfilled
from tickets.wording import day_and_time, zone_city

SUPPORT_ZONE = "Europe/Berlin"  # of whoever has none: an organisation's token


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared answer as it would be said on a ticket. `missing` are the placeholders that have no value there."""

    answer: PreparedAnswer
    text: str
    language: str

    @property
    def missing(self) -> list[str]:
        return unfilled(self.text)


def answers_for(ticket: Ticket) -> list[PreparedAnswer]:
    """Return the answers in use: those in the ticket's language first, of its topic, then for every topic. One query.

    Each bears `is_spoken` (there is a text in the ticket's language) and `nearness` (0 its topic, 1 every, 2 another).
    """
    topics = PreparedAnswer.topics.through.objects.filter(preparedanswer=OuterRef("pk"))
    found = PreparedAnswer.objects.filter(is_active=True).annotate(
        fits=Exists(topics.filter(topic=ticket.topic_id)), is_narrow=Exists(topics)
    )
    answers = list(found)
    for one in answers:
        one.is_spoken = bool(one.texts.get(ticket.language))  # type: ignore[attr-defined]
        one.nearness = 0 if one.fits else 2 if one.is_narrow else 1  # type: ignore[attr-defined]
    return sorted(answers, key=lambda one: (not one.is_spoken, one.nearness, one.name.casefold()))  # type: ignore[attr-defined]


def said_on(answer: PreparedAnswer, ticket: Ticket, *, by: Actor, now: datetime) -> Prepared:
    """Return an answer in the ticket's language, English where there is none, with the ticket's facts."""
    language = ticket.language if answer.texts.get(ticket.language) else "en"
    text = filled(wording(answer.texts, language), _values(ticket, language, by=by, now=now))
    return Prepared(answer, text, language)


def is_a_receipt(text: str, ticket: Ticket, *, by: Actor, now: datetime) -> bool:
    """Is a text nothing but a prepared receipt, whoever typed it? One query, and no more where there is no receipt."""
    receipts = PreparedAnswer.objects.filter(is_receipt=True)
    return any(_words(said_on(one, ticket, by=by, now=now).text) == _words(text) for one in receipts)


def _words(text: str) -> list[str]:
    return text.split()


def _values(ticket: Ticket, language: str, *, by: Actor, now: datetime) -> dict[str, str]:
    person = ticket.filed_by
    zone = ZoneInfo(person.timezone if person else SUPPORT_ZONE)
    promise = ticket.promise
    running = promise is not None and promise.outcome is None
    topic = in_force(now).policy.topics.get(ticket.topic.code)
    with translation.override(language):
        return {
            "person": str(person) if person else "",
            "organisation": ticket.organisation.name,
            "reference": ticket.reference,
            "subject": ticket.subject,
            "topic": wording(topic.name, language) if topic else "",
            "deadline": _ahead(promise.due_at if promise and running else None, zone, now),
            "next_update": _ahead(ticket.check_at, zone, now),
            "agent": str(by.user) if by.user else "",
        }


def _ahead(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Return an instant that lies ahead, in words; "" for none and for one that has passed."""
    return f"{day_and_time(at.astimezone(zone))} ({zone_city(zone.key)})" if at is not None and at > now else ""
