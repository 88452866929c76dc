"""The outbox: who is told becomes a row in the event's transaction; a worker claims, sends and marks it afterwards.

At least once, and a repeat can be recognised: what a delivery is made of and its id are fixed before it is first sent.
"""

import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from tickets.models import Heartbeat, Incident, IncidentSubscription, Outbox, Ticket, TicketEvent, WebhookEndpoint
from tickets.notifications.events import News, news_of
from tickets.notifications.recipients import recipients
from tickets.notifications.subscribers import subscribers
from tickets.policy.cleaning import storable
from tickets.policy.notices import Way

PENDING = Q(sent_at=None, dead_at=None)
MAILS = Q(channel=Outbox.Channel.EMAIL)
GATHERING = timedelta(seconds=60)  # what happens within it becomes one mail, for those told at once too
DIGEST_EVERY = timedelta(hours=1)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 80  # more than three days
_IS_QUIET = ContextVar("quiet", default=False)
_TOGETHER: ContextVar[list[News] | None] = ContextVar("together", default=None)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What leaves as one: a row, or the rows of a digest. `id` becomes the Message-ID, the same on a repeat."""

    id: uuid.UUID
    rows: tuple[Outbox, ...]

    @property
    def channel(self) -> str:
        return self.rows[0].channel


@contextmanager
def quietly() -> Iterator[None]:
    """Queue nothing within: for a past that is only told, as the demonstration's."""
    before = _IS_QUIET.set(True)
    try:
        yield
    finally:
        _IS_QUIET.reset(before)


def lease() -> timedelta:
    """Return for how long a claimed delivery is its worker's; after that the worker counts as dead."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


@contextmanager
def together() -> Iterator[None]:
    """Queue what happens within it when it ends, asking once for all of it; nothing if it fails.

    Within another it leaves that to the outer one, as a savepoint leaves its changes to the transaction.
    """
    outer, news = _TOGETHER.get(), list[News]()
    before = _TOGETHER.set(news)
    try:
        yield
    finally:
        _TOGETHER.reset(before)
    if outer is None:
        _write(news)
    else:
        outer += news


def enqueue(event: TicketEvent, *, ticket: Ticket) -> None:
    """Queue who is told of an event, people and programs, within its transaction."""
    if _IS_QUIET.get():
        return
    news, gathered = news_of(event, ticket), _TOGETHER.get()
    if gathered is None:
        _write([news])
    else:
        gathered.append(news)


def _write(news: Sequence[News]) -> None:
    if news:
        mails = [_mail(one, person, way) for one, person, way in recipients(news)]
        posts = [webhook(endpoint, one.event, now=one.event.at) for one, endpoint in subscribers(news)]
        Outbox.objects.bulk_create([*mails, *posts], ignore_conflicts=True)


def _mail(news: News, person: User, way: Way) -> Outbox:
    assert news.notice is not None  # it named the person
    now = news.event.at
    return Outbox(
        event=news.event,
        channel=Outbox.Channel.EMAIL,
        user=person,
        recipient=person.email,
        is_urgent=news.notice.is_urgent and way is Way.NOW,
        queued_at=now,
        send_at=_leaves_at(now, way, is_urgent=news.notice.is_urgent),
    )


def enqueue_over(incident: Incident, *, now: datetime) -> list[Outbox]:
    """Queue for each subscriber that an incident is over, within its transaction: once each. Return the rows."""
    if _IS_QUIET.get():
        return []
    waiting = IncidentSubscription.objects.filter(incident=incident).values("user")
    rows = [
        Outbox(
            incident=incident,
            channel=Outbox.Channel.EMAIL,
            user=person,
            recipient=person.email,
            is_urgent=True,
            queued_at=now,
            send_at=now,
        )
        for person in User.objects.filter(is_active=True, pk__in=waiting).only("email").order_by("pk")
    ]
    return Outbox.objects.bulk_create(rows, ignore_conflicts=True)


def webhook(endpoint: WebhookEndpoint, event: TicketEvent | None, *, now: datetime) -> Outbox:
    """Return the unsaved delivery of an event to an endpoint; of no event: that it can be reached."""
    return Outbox(
        event=event,
        endpoint=endpoint,
        channel=Outbox.Channel.WEBHOOK,
        recipient=str(endpoint.pk),
        queued_at=now,
        send_at=now,
    )


def claim(now: datetime, *, limit: int = 20) -> list[Delivery]:
    """Take up to `limit` due mails, and what belongs to them, for the length of a lease.

    Rows of one person that nobody has tried to send yet become a digest, those not yet due as well.
    """
    if not Outbox.objects.filter(PENDING & MAILS & _not_leased(now), send_at__lte=now).exists():
        return []
    with transaction.atomic():
        _one_claims_at_a_time("claim", now)
        due = list(_free(now).filter(MAILS, send_at__lte=now).order_by("send_at", "pk")[:limit])
        _make_digests(now, {row.user_id for row in due if _may_be_joined(row)})
        first = Outbox.objects.filter(pk__in=[row.pk for row in due])
        batches = set(first.exclude(batch=None).values_list("batch", flat=True))
        taken = _free(now).filter(Q(pk__in=[row.pk for row in due]) | Q(batch__in=batches))
        rows = list(
            taken.select_related("event__ticket", "incident", "user", "endpoint__organisation").order_by(
                "send_at", "event__at", "pk"
            )
        )
        _lease(rows, now)
    deliveries: dict[uuid.UUID, list[Outbox]] = {}
    for row in rows:
        deliveries.setdefault(row.batch or row.pk, []).append(row)
    return [Delivery(id, tuple(rows)) for id, rows in deliveries.items()]


def claim_webhooks(now: datetime, *, limit: int) -> list[Outbox]:
    """Take the oldest due webhook of up to `limit` endpoints, for the length of a lease.

    An endpoint has one delivery on its way at a time and none while it is paused: one that is slow or down takes no
    more than its own turn, however much waits for it.
    """
    due = Q(channel=Outbox.Channel.WEBHOOK, send_at__lte=now)
    if limit < 1 or not Outbox.objects.filter(PENDING & _not_leased(now) & due).exists():
        return []
    with transaction.atomic():
        _one_claims_at_a_time("claim_webhooks", now)
        of_endpoint = Outbox.objects.filter(PENDING, endpoint=OuterRef("pk"), channel=Outbox.Channel.WEBHOOK)
        on_their_way = Exists(of_endpoint.filter(leased_until__gt=now))
        first = of_endpoint.filter(send_at__lte=now).order_by("send_at", "event_id", "pk")
        ready = WebhookEndpoint.objects.filter(Q(paused_until=None) | Q(paused_until__lte=now), off="")
        ready = ready.annotate(next=Subquery(first.values("pk")[:1]), since=Subquery(first.values("send_at")[:1]))
        chosen = ready.exclude(on_their_way).exclude(next=None).order_by("since", "pk").values_list("next", flat=True)
        free = _free(now).filter(pk__in=list(chosen[:limit]))
        rows = list(free.select_related("event__ticket", "endpoint__organisation").order_by("send_at", "pk"))
        _lease(rows, now)
    return rows


def mark_sent(rows: Iterable[Outbox], *, now: datetime, status: int | None = None) -> None:
    """Note that rows arrived. `status` is what an endpoint answered."""
    _pending(rows).update(sent_at=now, leased_until=None, error="", status=status)


def mark_failed(
    rows: Iterable[Outbox],
    error: str,
    *,
    now: datetime,
    for_good: bool = False,
    most_attempts: int = MOST_ATTEMPTS,
    status: int | None = None,
    chance: Callable[[], float] = random.random,
) -> None:
    """Put rows off, each time for about twice as long up to an hour; give up after some three days, or at once.

    `status` is what an endpoint answered, None if nothing.
    """
    rows = list(rows)
    attempts = max(row.attempts for row in rows)
    # A receiver's own words may be in it, and end no run for what they are.
    facts = {"error": storable(error)[:300], "leased_until": None, "status": status}
    if for_good or attempts >= most_attempts:
        _pending(rows).update(dead_at=now, **facts)
        return
    _pending(rows).update(send_at=now + wait_after(attempts, chance=chance), **facts)


def wait_after(failures: int, *, chance: Callable[[], float] = random.random) -> timedelta:
    """Return for how long what failed so often is left alone: about twice as long each time, up to about an hour.

    `chance` gives 0 to 1: it spreads the retries, so that a server which comes back is not met by all at once.
    """
    return min(FIRST_RETRY * 2 ** min(failures - 1, 20), LONGEST_RETRY) * (0.75 + chance() / 2)


def release(rows: Iterable[Outbox]) -> None:
    """Give up a lease without having tried."""
    _pending(rows).update(leased_until=None)


def send_again(row: Outbox, *, now: datetime) -> int:
    """Make a delivery pending again, with its other rows if it was a digest; its id stays. Return how many rows."""
    belonging = Q(batch=row.batch) if row.batch else Q(pk=row.pk)
    # One attempt stays counted: what was once sent together is not put together anew.
    return (
        Outbox.objects.filter(belonging)
        .exclude(PENDING)
        .update(sent_at=None, dead_at=None, leased_until=None, attempts=1, error="", send_at=now)
    )


def purge(*, before: datetime) -> int:
    """Delete what was delivered before an instant, and the webhooks given up; the events stay. Return how many rows."""
    given_up = Q(channel=Outbox.Channel.WEBHOOK, dead_at__lt=before)
    return Outbox.objects.filter(Q(sent_at__lt=before) | given_up).delete()[0]


def _lease(rows: Iterable[Outbox], now: datetime) -> None:
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(
        leased_until=now + lease(), attempts=F("attempts") + 1
    )
    for row in rows:
        row.attempts += 1


def _leaves_at(now: datetime, way: Way, *, is_urgent: bool) -> datetime:
    """Return when a mail leaves: a digest at the next full hour, or with whatever leaves earlier for its reader."""
    if way is Way.DIGEST:
        return now.replace(minute=0, second=0, microsecond=0) + DIGEST_EVERY
    return now if is_urgent else now + GATHERING


def _free(now: datetime) -> QuerySet[Outbox]:
    return Outbox.objects.select_for_update(of=("self",), skip_locked=True).filter(PENDING & _not_leased(now))


def _not_leased(now: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lte=now)


def _may_be_joined(row: Outbox) -> bool:
    return row.channel == Outbox.Channel.EMAIL and not row.is_urgent and row.attempts == 0 and row.batch is None


def _make_digests(now: datetime, people: set[int | None]) -> None:
    # By person and not by address: that may be another's by now.
    waiting = _free(now).filter(user__in=people, channel=Outbox.Channel.EMAIL, is_urgent=False, attempts=0, batch=None)
    together: dict[int | None, list[uuid.UUID]] = {}
    for pk, person in waiting.values_list("pk", "user"):
        together.setdefault(person, []).append(pk)
    for ids in together.values():
        if len(ids) > 1:
            Outbox.objects.filter(pk__in=ids).update(batch=uuid.uuid4())


def _one_claims_at_a_time(job: str, now: datetime) -> None:
    """Two workers that claim at once would tear a person's digest in two, or meet at one endpoint.

    Claims are short; sending is not in them.
    """
    Heartbeat.objects.select_for_update().get_or_create(job=job, defaults={"at": now})


def _pending(rows: Iterable[Outbox]) -> QuerySet[Outbox]:
    return Outbox.objects.filter(PENDING, pk__in=[row.pk for row in rows])
