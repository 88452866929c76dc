"""How a ticket of the demonstration lives: each step is what a page would do, at its moment in the past."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.actor import Actor
from packages.policy.clock import clock_for
from packages.policy.document import Policy
from packages.policy.severity import Severity
from tickets.actions.completing import complete, send_back
from tickets.actions.conversation import add_note, dispute, post_message
from tickets.actions.ending import rate, resolve, withdraw
from tickets.actions.filing import Filing, file_ticket
from tickets.actions.promising import Cause
from tickets.actions.triage import assign, get_worse, reclassify, wait_for_platform
from tickets.demo.chains import chain
from tickets.demo.files import stage_files
from tickets.demo.people import AGENTS_BY_LANGUAGE, COMPANIES, PEOPLE, World
from tickets.demo.phrases import phrase
from tickets.demo.plans import Plan
from tickets.demo.stories import Telling
from tickets.models import Message, Ticket
from tickets.policy.lifecycle import Status

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Life:
    """The life of one ticket. `steps` yields the instants at which it goes on, in order, and acts in between."""

    def __init__(
        self,
        plan: Plan,
        telling: Telling,
        world: World,
        policy: Policy,
        *,
        filed_at: datetime,
        today: datetime,
        token: Actor,
        dice: random.Random,
    ) -> None:
        self.plan = plan
        self.telling = telling
        self.dice = dice
        self.world = world
        package = COMPANIES[plan.company].package or policy.default_package
        self.targets = policy.packages[package].targets
        self.clock = clock_for(policy.calendar_of(package))
        self.language = plan.story.language
        self.filer = token if plan.by_token else world.actors[plan.filer]
        self.person = world.actors[plan.filer]
        self.agent = world.actors[dice.choice(AGENTS_BY_LANGUAGE[self.language])]
        self.lead = world.actors["lead"]
        self.at = filed_at
        self.today = today
        self.ticket: Ticket

    def steps(self) -> Iterator[datetime]:
        yield self.at
        self._file()
        if self.plan.vague:
            yield from self._send_back()
            if not self.plan.completed:
                return
        if self.plan.withdrawn:
            yield self._later(40)
            withdraw(self.ticket, by=self.person, now=self.at)
            return
        if self.dice.random() < 0.2:
            yield self._open(self.target() * min(self.plan.used, 1.0) * 0.2)
            assign(self.ticket, self.agent.user, by=self.agent, now=self.at)
        if self.plan.reclassified:
            yield from self._reclassify()
        if self.plan.early:
            yield from chain(self)
        yield from self._talk()

    def say(self, text: str) -> str:
        return self.telling.say(text)

    def phrase(self, kind: str) -> str:
        return phrase(self.language, kind, self.dice)

    # Filing ----------------------------------------------------------------------------------------------------

    def _file(self) -> None:
        client = COMPANIES[self.plan.client].name if self.plan.client else None
        answers = self.telling.answers(**({"client": client} if client else {}))
        self.description = answers["description"]
        if self.plan.vague:
            answers["description"] = self.phrase("vague")
        files = stage_files(self.plan.story.files, answers, by=self.filer, now=self.at)
        shared = True if client and self.dice.random() < 0.3 else None
        filing = Filing(topic=self.plan.story.topic, answers=answers, files=files, shared=shared)
        self.ticket = file_ticket(filing, by=self.filer, now=self.at)

    def _send_back(self) -> Iterator[datetime]:
        yield self._open(self.target() * self.dice.uniform(0.1, 0.4))
        send_back(self.ticket, {"description": self.phrase("vague_reason")}, by=self.agent, now=self.at)
        if self.plan.completed:
            yield self._later(self.dice.uniform(30, 600))
            complete(self.ticket, {"description": self.description}, by=self.person, now=self.at)

    def _reclassify(self) -> Iterator[datetime]:
        """Change the severity where there is one to change to."""
        ranks = list(Severity)  # most severe first
        place = ranks.index(Severity(self.ticket.severity))
        kind = self.plan.reclassified
        if (kind == "lower" and place == len(ranks) - 1) or (kind != "lower" and place == 0):
            return
        yield self._open(self.target() * min(self.plan.used, 0.7) * 0.4)
        if kind == "worse":
            reason = self.phrase("worse")
            get_worse(self.ticket, impact="halted", workaround=False, reason=reason, by=self.person, now=self.at)
            return
        to = ranks[place + 1] if kind == "lower" else ranks[place - 1]
        reason = self.phrase(f"reclassify_{kind}")
        reclassify(self.ticket, to, cause=Cause.CORRECTED, reason=reason, by=self.agent, now=self.at)

    # Talking ---------------------------------------------------------------------------------------------------

    def _talk(self) -> Iterator[datetime]:
        answered = False
        for speaker, text in self.plan.story.turns[: self.plan.turns]:
            if speaker == "growth" and not self.manager:
                continue
            yield self._moment_of(speaker, answered=answered)
            message = self._speak(speaker, self.say(text))
            if not answered and speaker in ("support", "ask", "platform", "resolve"):
                answered = True
                if self.plan.disputed and message is not None:
                    dispute(message, by=self.person, now=self.at + MINUTE)
                if self.plan.escalation and not self.plan.early:
                    yield from chain(self)
        if self.plan.turns >= len(self.plan.story.turns):
            yield from self._aftermath()

    def _moment_of(self, speaker: str, *, answered: bool) -> datetime:
        """Return when the next one speaks: support while it is open, partners in their day."""
        if speaker in ("partner", "done"):
            return self._later(self.dice.uniform(12, 60 * 9))
        if speaker == "growth":
            return self._open(self.dice.uniform(10, 60) * MINUTE)
        if speaker == "note":
            return self._open(self.target() * min(self.plan.used, 1.0) * 0.3 if not answered else 20 * MINUTE)
        if answered:
            return self._open(self.dice.uniform(15, 60 * 5) * MINUTE)
        promise = Ticket.objects.select_related("promise").get(pk=self.ticket.pk).promise
        assert promise is not None  # it was filed, and nobody answered yet
        return self._at(self.clock.deadline(promise.started_at, promise.target * self.plan.used))

    def _speak(self, speaker: str, text: str) -> Message | None:
        now, ticket = self.at, self.ticket
        if speaker == "note":
            return add_note(ticket, text, by=self.agent, now=now)
        if speaker == "growth":
            return post_message(ticket, text, by=self.world.actors[self.manager], now=now)
        if speaker in ("partner", "done"):
            message = post_message(ticket, text, by=self.person, now=now)
            if speaker == "done":
                resolve(ticket, by=self.person, now=now)
            return message
        then = {"ask": Status.WAITING_PARTNER, "resolve": Status.RESOLVED}.get(speaker)
        message = post_message(ticket, text, by=self.agent, now=now, then=then)
        if speaker == "platform":
            # What stands open now waits until some day to come.
            since = now if self.plan.age is None else self.today
            check_at = self.clock.deadline(since, self.dice.uniform(14, 40) * HOUR).replace(minute=0, second=0)
            wait_for_platform(ticket, case=self.say("{case}"), check_at=check_at, by=self.agent, now=now)
        return message

    def _aftermath(self) -> Iterator[datetime]:
        """What happens after it was resolved."""
        if self.plan.reopened:
            yield self._later(self.dice.uniform(60, 60 * 30))
            post_message(self.ticket, self.phrase("reopen"), by=self.person, now=self.at)
            yield self._open(self.dice.uniform(40, 60 * 6) * MINUTE)
            post_message(self.ticket, self.phrase("resolve_again"), by=self.agent, now=self.at, then=Status.RESOLVED)
        if self.plan.rating:
            yield self._later(self.dice.uniform(20, 60 * 12))
            rate(self.ticket, self.plan.rating, by=self.person, now=self.at)

    # Time ------------------------------------------------------------------------------------------------------

    @property
    def manager(self) -> str:
        """The key of the growth manager who may see the ticket, "" if there is none."""
        partner = self.world.partner_in_a_tier(self.plan.company)
        return "" if self.ticket.is_confidential or not partner else COMPANIES[partner].manager

    def open_time(self, length: timedelta) -> datetime:
        """Go on by so much opening time, and return the moment."""
        return self._open(length)

    def target(self) -> timedelta:
        """Return the opening time within which support promised to answer."""
        return self.targets[Severity(self.ticket.severity)]

    def _open(self, length: timedelta) -> datetime:
        return self._at(self.clock.deadline(self.at, max(length, MINUTE)))

    def _later(self, minutes: float) -> datetime:
        """Go on by so many minutes, to the next morning where it would be night there."""
        zone = ZoneInfo(PEOPLE[self.plan.filer].zone)
        then = (self.at + minutes * MINUTE).astimezone(zone)
        if not 8 <= then.hour < 21:
            morning = then if then.hour < 8 else then + timedelta(days=1)
            then = morning.replace(hour=8, minute=self.dice.randrange(5, 59))
        return self._at(then)

    def _at(self, moment: datetime) -> datetime:
        # People take some seconds: nothing happens on the stroke of a minute.
        self.at = max(moment.astimezone(self.at.tzinfo), self.at + MINUTE) + timedelta(
            seconds=self.dice.randrange(1, 50)
        )
        return self.at
