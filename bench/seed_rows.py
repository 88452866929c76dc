"""Rows of seeded tickets as PostgreSQL's COPY reads them: the life of each, from a chance that only the seed decides.

A life is told from filing to closing, and ends early where the present does: so what is open, late or waiting is what
would be, and every deadline, answer and pause is counted by the product's own clock.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Model

from bench.seed_words import Sentence, planted, sentences
from packages.policy.clock import Clock, clock_for
from packages.policy.document import Policy
from packages.policy.offsets import EPOCH
from packages.policy.severity import Severity
from tests.answers import answers_for
from tickets.models import (
    Escalation,
    Follower,
    InformationRequest,
    Message,
    Promise,
    Ticket,
    TicketEvent,
    TicketWords,
    Timer,
)
from tickets.policy.references import ALPHABET, LENGTH
from tickets.policy.words import words_of

DAYS = 730  # over which the tickets are spread
CHUNK = 2_500  # tickets that one chance decides
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EACH = 16  # ids kept for the messages, events and timers of a ticket
NULL = "\\N"
LANGUAGES = ("en", "en", "en", "pt-br", "de", "es", "ru")
SEVERITIES = (Severity.CRITICAL, Severity.URGENT, *[Severity.STANDARD] * 4)
# A multiplier without a common divisor turns numbers into references that don't follow each other.
_SCATTER = 387_420_489


class Rows:
    """The rows of one table. Columns that no row names have the model's default."""

    def __init__(self, model: type[Model], *names: str) -> None:
        fixed = [one for one in model._meta.concrete_fields if one.attname not in names]
        self.table = model._meta.db_table
        self.columns = (*names, *(one.attname for one in fixed if one.attname != "id"))
        self._rest = "".join(f"\t{_default(one)}" for one in fixed if one.attname != "id") + "\n"
        self.lines: list[str] = []

    def add(self, *values: Any) -> None:
        # Texts here hold no tab, backslash or end of line but those meant as such.
        texts = [one if type(one) is str else NULL if one is None else str(one) for one in values]
        self.lines.append("\t".join(texts) + self._rest)

    def take(self) -> str:
        lines, self.lines = self.lines, []
        return "".join(lines)


@dataclass(frozen=True, slots=True)
class House:
    """An organisation as tickets need it: its people, and what it names again and again."""

    id: int
    words: frozenset[str]  # of its name
    partner_id: int | None  # whose growth manager can escalate
    manager_id: int | None
    package: str
    members: tuple[int, ...]
    clients: tuple[int, ...]
    phones: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """What the tickets stand in."""

    seed: int
    count: int
    until: datetime
    policy: Policy
    version_id: int
    packages: dict[str, int]
    topics: dict[str, int]
    houses: list[House]
    agents: list[int]


@dataclass(slots=True)
class _Life:
    """One ticket while it is told. Nothing happens after `until`."""

    number: int
    until: datetime
    events: list[tuple[str, bool, int | None, str, datetime]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    status: str = "new"
    since: datetime = EPOCH
    messages: int = 0

    def happens(self, at: datetime) -> bool:
        return at < self.until

    def event(self, kind: str, at: datetime, by: int | None, payload: str = "{}", *, public: bool = True) -> None:
        self.events.append((kind, public, by, payload, at))

    def become(self, status: str, at: datetime) -> None:
        self.status, self.since = status, at


class Teller:
    """Tells the lives of tickets and collects their rows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tickets = Rows(
            Ticket, "id", "reference", "organisation_id", "client_id", "is_shared", "filed_by_id", "topic_id",
            "form_version_id", "language", "subject", "description", "environment", "impact", "workaround", "severity",
            "severity_cause", "answers", "status", "assignee_id", "promise_id", "is_escalated", "platform_case",
            "check_at", "work_at", "version", "public_seq", "seq", "filed_at", "status_since", "activity_at",
            "public_activity_at", "resolved_at",
        )  # fmt: skip
        self.words = Rows(TicketWords, "ticket_id", "public", "public_identifiers", "internal")
        self.promises = Rows(
            Promise, "id", "ticket_id", "number", "version_id", "package_id", "calendar", "severity", "target",
            "started_at", "close_at", "due_at", "cause", "made_at", "answered_at", "message_id", "ended_at", "used",
            "outcome",
        )  # fmt: skip
        self.messages = Rows(
            Message, "id", "ticket_id", "author_id", "by_support", "kind", "is_answer", "body", "at"
        )  # fmt: skip
        self.events = Rows(TicketEvent, "id", "ticket_id", "seq", "kind", "is_public", "actor_id", "payload", "at")
        self.timers = Rows(Timer, "id", "ticket_id", "kind", "key", "due_at", "fired_at", "cancelled_at")
        self.followers = Rows(Follower, "id", "ticket_id", "user_id")
        self.requests = Rows(InformationRequest, "id", "ticket_id", "asks", "by_id", "at", "ended_at")
        self.escalations = Rows(
            Escalation, "id", "ticket_id", "partner_id", "manager_id", "state", "cause", "reason", "escalated_at",
            "acknowledge_by", "made_at",
        )  # fmt: skip
        self._said = {one: sentences(one, Random(f"{world.seed} {one}")) for one in sorted(set(LANGUAGES))}
        self._answers = {code: _pattern(world, code) for code in world.topics}
        self._clocks = {code: clock_for(world.policy.calendar_of(code)) for code in world.packages}
        self._agents = frozenset(world.agents)

    @property
    def tables(self) -> tuple[Rows, ...]:
        return (
            self.tickets, self.words, self.promises, self.messages, self.events, self.timers, self.followers,
            self.requests, self.escalations,
        )  # fmt: skip

    def tell(self, chunk: int) -> None:
        """Tell the lives of one chunk of tickets, numbered from 1, the oldest first."""
        chance = Random(f"{self.world.seed} {chunk}")
        for number in range(chunk * CHUNK + 1, min((chunk + 1) * CHUNK, self.world.count) + 1):
            self._tell(number, chance)

    def _tell(self, number: int, chance: Random) -> None:
        world = self.world
        filed = world.until - timedelta(days=DAYS) * ((world.count - number + chance.random()) / world.count)
        house = chance.choice(world.houses)
        member, agent = chance.choice(house.members), chance.choice(world.agents)
        language = chance.choice(LANGUAGES)
        said = self._said[language]
        opening = [*chance.choices(said, k=3), *planted(number)]
        code = chance.choice([*world.topics])
        life = _Life(number, world.until)
        life.become("new", filed)
        life.event("filed", filed, member, f'{{"promise": {number}}}')
        clock, package = self._clocks[house.package], world.policy.packages[house.package]
        severity = chance.choice(SEVERITIES)
        target = package.targets[severity]
        # Some tickets wait beyond their deadline; most are answered in a part of the time.
        used = target * (chance.uniform(1.05, 3) if chance.random() < 0.04 else chance.uniform(0.05, 0.95))
        due, close, half = (clock.deadline(filed, target * share) for share in (1, 0.8, 0.5))
        answered = clock.deadline(filed, used)
        sent_back = filed + min(used, HOUR) / 2 if chance.random() < 0.04 else None
        promise = [
            number, number, 1, world.version_id, world.packages[house.package], package.calendar, severity.value,
            _length(target), filed, close, due, "filed", filed,
        ]  # fmt: skip
        if sent_back is not None and life.happens(sent_back) and sent_back < due:
            spent = clock.open_time_between(filed, sent_back)
            self._send_back(life, sent_back, agent, chance, used=spent, terms=promise)
            settled = sent_back
        elif life.happens(answered):
            self._converse(life, answered, filed, member, agent, said, chance)
            kept = "kept" if used < target else "missed"
            self.promises.add(*promise, answered, number * EACH, answered, _length(used), kept)
            settled = answered
        else:
            self.promises.add(*promise, None, None, None, None, None)
            settled = None
        self._time(life, {("warning", "1:50"): half, ("warning", "1:80"): close, ("breach", "1"): due}, settled)
        escalated = self._escalate(life, house, chance)
        self._write(
            life, filed=filed, house=house, member=member, agent=agent, language=language, opening=opening, code=code,
            severity=severity, due=due, target=target, clock=clock, escalated=escalated, chance=chance,
            is_answered=settled == answered,
        )  # fmt: skip

    def _send_back(
        self, life: _Life, at: datetime, agent: int, chance: Random, *, used: timedelta, terms: list[Any]
    ) -> None:
        """Sent back, and nothing came: it waits still, or was withdrawn after a month."""
        self.promises.add(*terms, None, None, at, _length(used), "void")
        life.become("needs_information", at)
        life.event("sent_back", at, agent, '{"fields": ["subject"]}')
        ended = at + timedelta(days=chance.uniform(5, 30))
        gone = life.happens(ended)
        asks = '{"subject": "Say what fails."}'
        self.requests.add(life.number, life.number, asks, agent, at, ended if gone else None)
        if gone:
            life.become("withdrawn", ended)
            life.event("withdrawn", ended, None)

    def _converse(
        self, life: _Life, answered: datetime, filed: datetime, member: int, agent: int, said: list[Sentence],
        chance: Random,
    ) -> None:  # fmt: skip
        """Answered, asked back, and resolved at the end of a life of two weeks on average."""
        life.event("assigned", answered, agent, f'{{"to": {agent}}}', public=False)
        self._say(life, answered, agent, said, chance, is_answer=True)
        life.become("in_progress", answered)
        end = max(answered + HOUR, filed + timedelta(days=chance.uniform(0.2, 29)))
        step = (end - answered) / 4
        waits = chance.random()
        if chance.random() < 0.3 and life.happens(answered + step / 2):
            self._say(life, answered + step / 2, agent, said, chance, kind="note")
        if waits < 0.5 and life.happens(answered + step):
            life.become("waiting_partner", answered + step)
            life.event("waiting_partner", answered + step, agent)
        elif waits < 0.6 and life.happens(answered + step):
            life.become("waiting_platform", answered + step)
            life.event("waiting_platform", answered + step, agent)
        if life.happens(answered + 3 * step):
            self._say(life, answered + 3 * step, member, said, chance)
            life.become("in_progress", answered + 3 * step)
        if not life.happens(end):
            return
        self._say(life, end, agent, said, chance)
        life.become("resolved", end)
        life.event("resolved", end, agent)
        if life.happens(end + 5 * DAY):
            life.become("closed", end + 5 * DAY)
            life.event("closed", end + 5 * DAY, None)
            self._time(life, {("auto_close", "1"): end + 5 * DAY}, None)

    def _say(
        self, life: _Life, at: datetime, by: int, said: list[Sentence], chance: Random, *, kind: str = "public",
        is_answer: bool = False,
    ) -> None:  # fmt: skip
        text = chance.choices(said, k=chance.randint(1, 4))
        pk = life.number * EACH + life.messages
        life.messages += 1
        by_support = by in self._agents
        self.messages.add(
            pk, life.number, by, by_support, kind, is_answer, " ".join([one.text for one in text]), at
        )  # fmt: skip
        is_note = kind == "note"
        (life.notes if is_note else life.words).update(*(one.words for one in text))
        first = ', "first_response": true' if is_answer else ""
        life.event("note" if is_note else "message", at, by, f'{{"message": {pk}{first}}}', public=not is_note)

    def _time(self, life: _Life, due: dict[tuple[str, str], datetime], settled: datetime | None) -> None:
        """Write timers: fired when they were due, cancelled when the promise was settled before."""
        first = life.number * EACH + (8 if settled is None and len(due) == 1 else 0)
        for place, ((kind, key), at) in enumerate(due.items()):
            cancelled = settled is not None and settled < at
            fired = at if not cancelled and life.happens(at) else None
            self.timers.add(first + place, life.number, kind, key, at, fired, settled if cancelled else None)

    def _escalate(self, life: _Life, house: House, chance: Random) -> datetime | None:
        if chance.random() > 0.03 or house.manager_id is None or life.status not in ("new", "in_progress"):
            return None
        at = life.until - chance.random() * min(life.until - life.since, DAY)
        by = at + HOUR
        self.escalations.add(
            life.number, life.number, house.partner_id, house.manager_id, "escalated", "late", "It costs us customers.",
            at, by, at,
        )  # fmt: skip
        life.event("escalation_escalated", at, house.manager_id)
        return by

    def _write(
        self, life: _Life, *, filed: datetime, house: House, member: int, agent: int, language: str,
        opening: list[Sentence], code: str, severity: Severity, due: datetime, target: timedelta, clock: Clock,
        escalated: datetime | None, is_answered: bool, chance: Random,
    ) -> None:  # fmt: skip
        reference = reference_of(life.number)
        answers = self._answers[code]
        phone, account = chance.choice(house.phones), chance.choice(house.accounts)
        check_at = life.until + timedelta(days=chance.uniform(-0.5, 5)) if life.status == "waiting_platform" else None
        places = {"new": due, "in_progress": clock.deadline(life.since, target), "waiting_platform": check_at}
        work_at = places.get(life.status)
        if work_at is not None and escalated is not None:
            work_at = min(work_at, escalated)
        life.events.sort(key=lambda event: event[-1])
        shown = sum(event[1] for event in life.events)
        public = max(place for place, event in enumerate(life.events, 1) if event[1])
        for place, (kind, is_public, by, payload, at) in enumerate(life.events, 1):
            self.events.add(life.number * EACH + place, life.number, place, kind, is_public, by, payload, at)
        self.tickets.add(
            life.number, reference, house.id, chance.choice(house.clients) if house.clients else None,
            chance.random() < 0.3, member, self.world.topics[code], self.world.version_id, language,
            opening[0].text, "\\n".join(one.text for one in opening[1:]), "production", "limited", True, severity.value,
            "support", answers.text.replace(_PHONE, phone).replace(_ACCOUNT, account), life.status,
            agent if is_answered or chance.random() < 0.3 else None, life.number, escalated is not None,
            "CAS-4821973" if check_at else "", check_at, work_at, len(life.events) + 1, shown, len(life.events), filed,
            life.since, life.events[-1][-1], life.events[public - 1][-1],
            life.since if life.status in ("resolved", "closed") else None,
        )  # fmt: skip
        life.words.update(answers.words, *(one.words for one in opening))
        named = words_of(reference)
        numbers = {phone[1:] if _PHONE in answers.text else "", account if _ACCOUNT in answers.text else ""} - {""}
        self.words.add(
            life.number, _words(life.words | named.plain | house.words),
            _words(numbers | answers.identifiers | named.identifiers), _words(life.notes),
        )  # fmt: skip
        self.followers.add(life.number, life.number, member)


_PHONE, _ACCOUNT = "+493023125014", "104996122399160"  # of the policy's examples


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Valid answers of a topic as JSON, and the words in them."""

    text: str
    words: frozenset[str]
    identifiers: frozenset[str]


def _pattern(world: World, code: str) -> _Pattern:
    topic = world.policy.topics[code]
    own = {one.code for one in topic.fields}
    given = {name: value for name, value in answers_for(topic, now=world.until).items() if name in own}
    text = json.dumps(given, ensure_ascii=False)
    found = words_of(" ".join(_texts(given)))
    return _Pattern(text, found.plain, found.identifiers - {_PHONE[1:], _ACCOUNT})


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)
        case str():
            yield value + "\n"


def reference_of(number: int) -> str:
    """Return a reference that no other number has, and that follows from no other."""
    rest, letters = number * _SCATTER % len(ALPHABET) ** LENGTH, ""
    for _ in range(LENGTH):
        rest, letter = divmod(rest, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"TK-{letters}"


def _words(words: set[str] | frozenset[str]) -> str:
    return f" {' '.join(sorted(words))} " if words else ""


def _length(length: timedelta) -> str:
    return f"{length.total_seconds():.6f} seconds"


def _default(field: Any) -> str:
    value = field.get_default()
    if value is None:
        return NULL
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
