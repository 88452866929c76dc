"""What peers do instead, with the same effects: a sweep over every open ticket, and Redis messages with an ETA."""

import os
import time
from datetime import datetime
from pathlib import Path

from celery import Celery
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("rivals", broker=os.environ.get("CELERY_BROKER_URL", "memory://"))
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_default_queue="eta",
    worker_prefetch_multiplier=1,
    broker_transport_options={"visibility_timeout": int(os.environ.get("VISIBILITY_TIMEOUT", "3600"))},
)


@app.task(name="rivals.breach")
def breach(ticket_id: int, due_at: float) -> None:
    """Write a breach when its message comes, unless the promise ended meanwhile."""
    from django.utils import timezone

    tell_breach(ticket_id, timezone.now())
    with Path(os.environ["LATENESS_LOG"]).open("a") as log:
        log.write(f"{ticket_id} {time.time() - due_at:.4f}\n")


def tell_breach(ticket_id: int, now: datetime) -> None:
    """The effects of a breach, as the timer's kind has them."""
    from tickets.actions.change import RECORDED, add_event, take

    with transaction.atomic():
        ticket = take(ticket_id)
        if ticket.promise is not None and ticket.promise.outcome is None:
            add_event(ticket, "promise_missed", by=None, now=now, promise=ticket.promise.pk)
            ticket.save(update_fields=RECORDED)


def sweep(now: datetime) -> int:
    """Look at every open ticket with a running promise; tell what is late and was not told. Return how many."""
    from packages.policy.clock import clock_for
    from packages.queries.policies import version
    from tickets.models import Promise, TicketEvent

    told = 0
    running = Promise.objects.filter(outcome=None).only("ticket_id", "version_id", "calendar", "started_at", "target")
    for promise in running.iterator(chunk_size=2000):
        clock = clock_for(version(promise.version_id).policy.calendars[promise.calendar].hours)
        if clock.open_time_between(promise.started_at, max(now, promise.started_at)) < promise.target:
            continue
        if not TicketEvent.objects.filter(ticket=promise.ticket_id, kind="promise_missed").exists():
            tell_breach(promise.ticket_id, now)
            told += 1
    return told
