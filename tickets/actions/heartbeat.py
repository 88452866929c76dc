"""Recurring jobs say when they last ran, so that pages and checks can say so."""

from datetime import datetime, timedelta

from tickets.models import Heartbeat

NOT_MORE_OFTEN = timedelta(seconds=1)


def beat(job: str, *, now: datetime) -> None:
    """Note that a job runs, at most once a second."""
    if Heartbeat.objects.filter(job=job, at__gt=now - NOT_MORE_OFTEN).exists():
        return
    if not Heartbeat.objects.filter(job=job, at__lt=now).update(at=now):
        Heartbeat.objects.get_or_create(job=job, defaults={"at": now})
