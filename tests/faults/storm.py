"""A storm: many timers due at once, tickets answered meanwhile, and everything killed now and then.

The seed decides what is due when, what is answered and what is killed; the same seed repeats it as far as clocks allow.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connection, connections
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from accounts.actor import actor_for
from packages.models import Package, PolicyVersion
from tests.cast import Cast
from tests.faults.mail_server import MailServer
from tests.faults.processes import Crew, Redis, cut_database_connections, environment_for
from tests.shipped_policy import shipped_document
from tests.tickets.escalating import make_ticket
from tickets.actions.change import NotNow
from tickets.actions.conversation import post_message
from tickets.actions.timer_plan import expected_timers
from tickets.models import Heartbeat, Outbox, Promise, Ticket, TicketEvent, Timer
from tickets.models.timer import PENDING

TARGET = timedelta(seconds=10)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Scale:
    """How big a storm is. Three timers a ticket, two mails at least for one that breaches."""

    tickets: int
    seconds: float  # in which the timers are due
    kill_every: float
    settle_seconds: float = 60.0
    workers: int = 3
    schedulers: int = 2
    pool: str = "solo"


@dataclass
class Outcome:
    """What was left when the storm was over."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    answered: dict[int, int] = field(default_factory=dict)  # ticket to the seq of its answer
    received: Counter[str] = field(default_factory=Counter)
    left_pending: int = 0
    left_unsent: int = 0
    stopped_gracefully: bool = False
    seconds: float = 0.0

    @property
    def repeated_mails(self) -> int:
        return sum(times - 1 for times in self.received.values())

    def __str__(self) -> str:
        fired = Timer.objects.filter(fired_at__isnull=False)
        late = sorted(max(f - d, timedelta(0)).total_seconds() for d, f in fired.values_list("due_at", "fired_at"))
        middle, worst = (late[len(late) // 2], late[-1]) if late else (0, 0)
        killed = ", ".join(f"{what} {times}" for what, times in sorted(self.kills.items()))
        return (
            f"seed {self.seed}: {fired.filter(note='').count()} timers fired, {fired.exclude(note='').count()} skipped "
            f"as no longer true, {Timer.objects.filter(cancelled_at__isnull=False).count()} cancelled by "
            f"{len(self.answered)} answers, in {self.seconds:.0f} s; lateness: half under {middle:.2f} s, all under "
            f"{worst:.2f} s; {sum(self.received.values())} mails received, {self.repeated_mails} of them again under "
            f"their Message-ID; killed: {killed}."
        )


def always_open() -> None:
    """Put a policy in force that is open at every hour, so that the storm does not depend on the time of day."""
    document = json.loads(shipped_document())
    for calendar in document["calendars"].values():
        calendar["week"] = {day: ["00:00-24:00"] for day in DAYS}
    now = timezone.now()
    PolicyVersion.objects.create(
        number=2,
        state=PolicyVersion.State.PUBLISHED,
        document=json.dumps(document),
        digest="always-open",
        starts_at=now - timedelta(hours=1),
        published_at=now,
        made_at=now,
        reason="A storm.",
    )


def make_tickets(cast: Cast, scale: Scale, chance: Random, *, begins_at: datetime) -> None:
    """Make the tickets of a storm and, by the plan itself, their timers."""
    span = max(scale.seconds - TARGET.total_seconds(), 0)
    starts = [begins_at + timedelta(seconds=chance.random() * span) for _ in range(scale.tickets)]
    make_tickets_starting(cast, starts)


def make_tickets_starting(
    cast: Cast, starts: Sequence[datetime], *, kinds: Collection[str] = ("warning", "breach")
) -> None:
    """Make a ticket for each instant at which a promise of `TARGET` starts, with its timers of some kinds."""
    pattern = make_ticket(cast.direct, now=starts[0])
    terms = pattern.promise
    assert terms is not None
    facts = {field.attname: getattr(pattern, field.attname) for field in Ticket._meta.concrete_fields}
    rows = [
        Ticket(**{**facts, "id": None, "reference": f"TK-S{number:06d}", "promise_id": None, "filed_at": start})
        for number, start in enumerate(starts)
    ]
    Ticket.objects.bulk_create(rows, batch_size=500)
    package = Package.objects.get(code="standard")
    promises = [
        Promise(
            ticket=row, number=1, version_id=terms.version_id, package=package, calendar=terms.calendar,
            severity="standard", target=TARGET, started_at=start, close_at=start + TARGET * 0.8, due_at=start + TARGET,
            cause="filed", made_at=start,
        )
        for row, start in zip(rows, starts, strict=True)
    ]  # fmt: skip
    Promise.objects.bulk_create(promises, batch_size=500)
    for row, promise in zip(rows, promises, strict=True):
        row.promise = promise
    Ticket.objects.bulk_update(rows, ["promise"], batch_size=500)
    Timer.objects.bulk_create(
        (
            Timer(ticket=row, kind=one.kind, key=one.key, due_at=one.due_at)
            for row in rows
            for one in expected_timers(row)
            if one.kind in kinds
        ),
        batch_size=1000,
    )


class Answering(threading.Thread):
    """A person in support who answers tickets at random while their timers fire."""

    def __init__(self, cast: Cast, chance: Random, *, share: float, until: Callable[[], bool]) -> None:
        super().__init__(daemon=True)
        self._by, self._chance, self._until = actor_for(cast.agent), chance, until
        ids = list(Ticket.objects.filter(reference__startswith="TK-S").order_by("pk").values_list("pk", flat=True))
        self._left = chance.sample(ids, int(len(ids) * share))
        self._pause = 0.0
        self.error: BaseException | None = None

    def pace(self, seconds: float) -> None:
        self._pause = seconds / max(len(self._left), 1)

    def run(self) -> None:
        try:
            while self._left and not self._until():
                self._answer(self._left.pop())
                time.sleep(self._pause * self._chance.random() * 2)
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def _answer(self, pk: int) -> None:
        for _ in range(5):
            try:
                post_message(Ticket(pk=pk), "We found the cause.", by=self._by, now=timezone.now())
                return
            except (OperationalError, InterfaceError):
                connections.close_all()  # it was cut: whether the answer was written, the database knows
                if TicketEvent.objects.filter(ticket=pk, kind="message").exists():
                    return
            except NotNow:
                return


@contextmanager
def everything(scale: Scale, log: Path) -> Iterator[tuple[Redis, MailServer, Crew]]:
    redis = Redis()
    redis.start()
    try:
        with (
            MailServer() as mail,
            Crew(
                environment_for(redis, mail.port),
                workers=scale.workers,
                schedulers=scale.schedulers,
                pool=scale.pool,
                log=log,
            ) as crew,
        ):
            yield redis, mail, crew
    finally:
        redis.remove()


def run_storm(cast: Cast, scale: Scale, seed: int, log: Path) -> Outcome:
    """Run a storm to its end. Needs the cast under a policy that is `always_open`."""
    chance, outcome = Random(seed), Outcome(seed)
    with everything(scale, log) as (redis, mail, crew):
        _wait_for_a_tick()
        begins_at = timezone.now() + timedelta(seconds=1 + scale.tickets / 1500)
        make_tickets(cast, scale, chance, begins_at=begins_at)
        begun = time.monotonic()
        end = begun + scale.seconds
        answering = Answering(cast, Random(chance.random()), share=0.3, until=lambda: time.monotonic() > end)
        answering.pace(scale.seconds)
        answering.start()
        _strike(scale, chance, crew, redis, outcome, begun=begun, end=end)
        answering.join(timeout=60)
        if answering.error is not None:
            raise answering.error
        _settle(scale.settle_seconds, outcome)
        outcome.seconds = time.monotonic() - begun
        outcome.stopped_gracefully = crew.stop(seconds=30)
        outcome.received = mail.received
    answers = TicketEvent.objects.filter(kind="message").values_list("ticket", "seq")
    outcome.answered = dict(answers)
    return outcome


def _wait_for_a_tick() -> None:
    """Wait until somebody works: what is measured is the storm, not the start."""
    for _ in range(600):
        if Heartbeat.objects.filter(job="timers").exists():
            return
        time.sleep(0.1)
    raise RuntimeError("no worker looked at the timers within a minute; its log says why")


def _strike(
    scale: Scale, chance: Random, crew: Crew, redis: Redis, outcome: Outcome, *, begun: float, end: float
) -> None:
    """Kill somebody every few seconds; at fixed points of the way empty or restart Redis and cut the database."""
    blows: list[tuple[float, str, Callable[[], None]]] = [
        (0.25, "Redis emptied", redis.flush),
        (0.40, "connections cut", cut_database_connections),
        (0.50, "Redis restarted", redis.restart),
        (0.70, "Redis emptied", redis.flush),
        (0.80, "connections cut", cut_database_connections),
    ]
    next_kill = begun + scale.kill_every
    while (now := time.monotonic()) < end:
        if blows and now >= begun + scale.seconds * blows[0][0]:
            _, what, blow = blows.pop(0)
            blow()
            outcome.kills[what] += 1
        if now >= next_kill:
            outcome.kills[crew.kill_one(chance).partition("-")[0]] += 1
            next_kill = now + scale.kill_every * (0.5 + chance.random())
        time.sleep(0.05)


def _settle(seconds: float, outcome: Outcome) -> None:
    """Wait until nothing is due and everything was sent, or the time is over."""
    end = time.monotonic() + seconds
    while True:
        now = timezone.now()
        outcome.left_pending = Timer.objects.filter(PENDING, due_at__lte=now).count()
        outcome.left_unsent = Outbox.objects.filter(sent_at=None).count()
        done = not outcome.left_pending and not outcome.left_unsent
        if done and not Timer.objects.filter(PENDING, due_at__gt=now).exists():
            return
        if time.monotonic() > end:
            return
        time.sleep(0.25)
        connection.close_if_unusable_or_obsolete()
