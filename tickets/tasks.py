"""The Celery edge: each task asks the database what there is to do, and may run twice or not at all."""

from datetime import timedelta
from time import monotonic

import structlog
from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts.actions.idempotency import forget_old_keys
from tickets.actions import attaching, erasing, figures, replaying
from tickets.actions.firing import fire_due
from tickets.actions.heartbeat import beat
from tickets.actions.incident_answers import send_pending
from tickets.actions.webhook_delivery import deliver_webhooks
from tickets.models import Replay
from tickets.notifications import outbox
from tickets.notifications.delivery import deliver_due

log = structlog.get_logger(__name__)

TICK_SECONDS = 10.0  # then the next tick goes on: a worker that is told to stop is not waited for longer
DELIVER_SECONDS = 20.0
WEBHOOKS_LAST = timedelta(seconds=10)  # then nothing new is begun; what is on its way is waited for
DELIVERED_KEPT = timedelta(days=90)


@shared_task(name="tickets.tick", soft_time_limit=60, time_limit=90)
def tick() -> None:
    """Fire the timers that are due, in small parts, so that each is marked with the moment at which it fired."""
    end = monotonic() + TICK_SECONDS
    settled = 1
    while settled and monotonic() < end:
        now = timezone.now()
        beat("timers", now=now)
        result = fire_due(now, batch=50, limit=50)
        settled = result.settled
        if settled:
            log.info("fired", fired=result.fired, skipped=result.skipped, failed=result.failed, busy=result.busy)


@shared_task(name="tickets.deliver")
def deliver() -> None:
    """Send what waits in the outbox."""
    end = monotonic() + DELIVER_SECONDS
    settled = 1
    while settled and monotonic() < end:
        beat("mail", now=timezone.now())
        result = deliver_due(timezone.now)
        settled = result.settled
        if settled:
            log.info("delivered", sent=result.sent, failed=result.failed, withheld=result.withheld)


@shared_task(name="tickets.deliver_webhooks")
def webhooks() -> None:
    """Post what waits for endpoints."""
    beat("webhooks", now=timezone.now())
    result = deliver_webhooks(timezone.now, lasting=WEBHOOKS_LAST)
    if result.settled:
        log.info("posted", sent=result.sent, failed=result.failed, withheld=result.withheld)


@shared_task(name="tickets.answer_incidents")
def answer_incidents() -> None:
    """Go on with the answers to incidents that a request began and did not finish."""
    left = send_pending(timezone.now, until=timezone.now() + timedelta(seconds=DELIVER_SECONDS))
    if left:
        log.info("incident_replies_left", left=left)


@shared_task(name="tickets.replay", soft_time_limit=1800, time_limit=1860)
def replay(replay_id: int) -> None:
    """Work one run of "what would have happened"."""
    run = replaying.run(Replay.objects.select_related("draft").get(pk=replay_id), clock=timezone.now)
    log.info("replayed", replay=replay_id, state=run.state, promises=run.done)


@shared_task(name="tickets.count_figures", soft_time_limit=1800, time_limit=1860)
def count_figures() -> None:
    """Count the hours that are over since the last time, a week at a time."""
    now = timezone.now()
    hours = figures.count_closed_hours(now=now)
    beat("figures", now=now)
    if hours:
        log.info("counted", hours=hours)


@shared_task(name="tickets.purge")
def purge() -> None:
    """Remove what nobody needs any more: old drafts and staged files, delivered mails, ended sessions, used keys."""
    now = timezone.now()
    drafts = attaching.purge(now=now)
    mails = outbox.purge(before=now - DELIVERED_KEPT)
    keys = forget_old_keys(now=now)
    call_command("clearsessions")
    beat("purge", now=now)
    log.info("purged", drafts=drafts, mails=mails, keys=keys)


@shared_task(name="tickets.erase", soft_time_limit=3600, time_limit=3660)
def erase() -> None:
    """Erase the texts of tickets that ended longer ago than they are kept."""
    log.info("erased", tickets=erasing.erase_old(now=timezone.now()))
