"""Deliver what waits for endpoints: several at once, each endpoint one at a time, so that a slow one holds up no other.

The database is asked and told by this thread alone; the others do nothing but post.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from tickets.actions.webhooks import FAILS_FOR, FAILS_OFTEN, switch_off_locked, taken
from tickets.models import Outbox, WebhookEndpoint
from tickets.notifications import outbox, receivers
from tickets.notifications.delivery import DeliveryResult
from tickets.notifications.receivers import NoAnswer
from tickets.notifications.subscribers import may_be_posted
from tickets.notifications.webhooks import body_of, signed_headers
from tickets.policy.webhook_addresses import BadAddress

log = structlog.get_logger(__name__)

AT_ONCE = 8
MOST_ATTEMPTS = 40  # about a day and a half
GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or why none did."""

    status: int | None = None
    error: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver_webhooks(clock: Callable[[], datetime], *, lasting: timedelta = timedelta(seconds=10)) -> DeliveryResult:
    """Deliver what is due, beginning nothing new after `lasting`. `clock` says the time: posting takes some."""
    result = DeliveryResult()
    end = clock() + lasting
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
        on_their_way: dict[Future[Answer], Outbox] = {}
        while True:
            now = clock()
            rows = outbox.claim_webhooks(now, limit=AT_ONCE - len(on_their_way)) if now <= end else []
            for row in rows:
                if not _may_leave(row, now=now):
                    result.withheld += 1
                elif begun := _begin(row, threads, now=now):
                    on_their_way[begun] = row
                else:
                    result.failed += 1
            if not on_their_way and not rows:
                return result
            arrived, _others = wait(on_their_way, timeout=0.5, return_when=FIRST_COMPLETED)
            for one in arrived:
                if _note(on_their_way.pop(one), one.result(), now=clock()):
                    result.sent += 1
                else:
                    result.failed += 1


def _may_leave(row: Outbox, *, now: datetime) -> bool:
    """May the organisation see the event now? If not, it is not sent, whatever was so when it happened."""
    if row.event is None or may_be_posted(_endpoint(row), row.event):
        return True
    outbox.mark_failed([row], "not_allowed", now=now, for_good=True)
    return False


def _begin(row: Outbox, threads: ThreadPoolExecutor, *, now: datetime) -> Future[Answer] | None:
    """Hand a delivery to a thread; None, if it can't be put together: it holds up no other."""
    try:
        body = body_of(row, now=now)
        headers = signed_headers(row, body, now=now)
    except Exception as error:
        log.exception("webhook_not_composed", delivery=str(row.pk))
        outbox.mark_failed([row], type(error).__name__, now=now, most_attempts=MOST_ATTEMPTS)
        return None
    return threads.submit(_post, _endpoint(row).url, body, headers)


def _endpoint(row: Outbox) -> WebhookEndpoint:
    assert row.endpoint is not None  # the table's check says so
    return row.endpoint


def _post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    try:
        status, reason = receivers.post(receivers.look_up(url), body, headers)
    except BadAddress as error:
        return Answer(error=error.code)
    except NoAnswer as error:
        return Answer(error=f"{error.code}: {error.detail}" if error.detail else error.code)
    except Exception as error:  # whatever it is, it is this delivery's alone
        log.exception("webhook_failed")
        return Answer(error=f"unreachable: {type(error).__name__}")
    return Answer(status=status, error="" if 200 <= status < 300 else f"status: {reason}")


def _note(row: Outbox, answer: Answer, *, now: datetime) -> bool:
    """Write down what became of a delivery and what follows for its endpoint; return whether it arrived."""
    if answer.is_taken:
        with transaction.atomic():
            # The endpoint before its deliveries, as everywhere: whoever switches it off waits for nobody here.
            _calm(_endpoint(row))
            outbox.mark_sent([row], now=now, status=answer.status)
        return True
    log.info("webhook_not_taken", delivery=str(row.pk), status=answer.status, error=answer.error)
    with transaction.atomic():
        endpoint = taken(_endpoint(row).pk)
        outbox.mark_failed(
            [row],
            answer.error,
            now=now,
            for_good=answer.status == GONE,
            most_attempts=MOST_ATTEMPTS,
            status=answer.status,
        )
        if endpoint is not None:
            _worry(endpoint, answer, now=now)
    return False


def _calm(endpoint: WebhookEndpoint) -> None:
    """What failed before is forgotten."""
    failing = WebhookEndpoint.objects.filter(pk=endpoint.pk, failures__gt=0)
    failing.update(failures=0, failing_since=None, paused_until=None)


def _worry(endpoint: WebhookEndpoint, answer: Answer, *, now: datetime) -> None:
    """Leave a failing endpoint alone for a while; switch it off when it is gone, or failed for too long."""
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.paused_until = now + outbox.wait_after(endpoint.failures)
    endpoint.save(update_fields=["failures", "failing_since", "paused_until"])
    if not endpoint.is_on:
        return
    if answer.status == GONE:
        switch_off_locked(endpoint, WebhookEndpoint.Off.GONE, by=None, now=now)
    elif now - endpoint.failing_since >= FAILS_FOR and endpoint.failures >= FAILS_OFTEN:
        switch_off_locked(endpoint, WebhookEndpoint.Off.FAILING, by=None, now=now)
