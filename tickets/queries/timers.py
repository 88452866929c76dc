"""What is due, what failed, how late timers fire, and how a ticket's timers differ from its plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from tickets.models import Heartbeat, Outbox, Ticket, Timer
from tickets.models.timer import PENDING
from tickets.policy.lifecycle import OPEN, Status

TURN_AT = Coalesce("retry_at", "due_at")  # the index's own expression
LATELY = timedelta(minutes=15)
MOST_LATELY = 10_000


def due(now: datetime) -> QuerySet[Timer]:
    """Return the timers whose turn it is, in order of due time; the index answers."""
    return Timer.objects.filter(PENDING).alias(turn_at=TURN_AT).filter(turn_at__lte=now).order_by("turn_at", "pk")


def coming(now: datetime) -> QuerySet[Timer]:
    """Return what is pending and not due yet, the next first."""
    return Timer.objects.filter(PENDING).alias(turn_at=TURN_AT).filter(turn_at__gt=now).order_by("turn_at", "pk")


def failing() -> QuerySet[Timer]:
    """Return what failed and is tried again, the oldest first."""
    return Timer.objects.filter(PENDING, attempts__gt=0).order_by("due_at", "pk")


def oldest_overdue(now: datetime) -> timedelta | None:
    """Return for how long the first timer in the row has been due; None if nothing is."""
    first = due(now).annotate(turn_at=TURN_AT).values_list("turn_at", flat=True).first()
    return now - first if first is not None else None


@dataclass(frozen=True, slots=True)
class Lateness:
    """From due to fired, of what fired lately. `count` 0: nothing did, and the others say nothing."""

    count: int
    p50: timedelta
    p95: timedelta
    p99: timedelta


def lateness(now: datetime) -> Lateness:
    """Return how late timers fired in the last quarter of an hour."""
    lately = Timer.objects.filter(fired_at__gt=now - LATELY).order_by("-fired_at")
    times = sorted(fired - due_at for due_at, fired in lately.values_list("due_at", "fired_at")[:MOST_LATELY] if fired)
    if not times:
        nothing = timedelta(0)
        return Lateness(0, nothing, nothing, nothing)

    def share(percent: int) -> timedelta:
        return times[min(len(times) * percent // 100, len(times) - 1)]

    return Lateness(len(times), share(50), share(95), share(99))


def heartbeats() -> dict[str, datetime]:
    """Return when each recurring job last ran."""
    return dict(Heartbeat.objects.exclude(job__startswith="claim").values_list("job", "at"))


def waiting_deliveries(now: datetime) -> QuerySet[Outbox]:
    """Return what ought to have left by now, the oldest first."""
    # What an endpoint that is off has left over waits for a person.
    nobody_asks = Q(channel=Outbox.Channel.WEBHOOK) & ~Q(endpoint__off="")
    return Outbox.objects.filter(~nobody_asks, sent_at=None, dead_at=None, send_at__lte=now).order_by("send_at", "pk")


def dead_deliveries() -> QuerySet[Outbox]:
    """Return what was given up, the latest first."""
    return Outbox.objects.filter(dead_at__isnull=False).order_by("-dead_at", "pk")


def tickets_with_timers() -> Iterator[Ticket]:
    """Yield each ticket that ought to have timers or has pending ones, by id."""
    may_wait = Q(status__in=[*sorted(OPEN), Status.RESOLVED])
    has_pending = Exists(Timer.objects.filter(PENDING, ticket=OuterRef("pk")))
    tickets = Ticket.objects.filter(may_wait | Q(has_pending)).select_related("organisation", "promise").order_by("pk")
    yield from tickets.iterator(chunk_size=500)
