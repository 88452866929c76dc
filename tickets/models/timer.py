"""Something that will be due: the database is the truth, Celery is the hands."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

PENDING = Q(fired_at=None, cancelled_at=None)


class Timer(models.Model):
    """Pending while both `fired_at` and `cancelled_at` are NULL. `retry_at` NULL: it has not failed yet.

    `key` tells timers of one kind apart: the promise's number and share, the reminder's number.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="timers")
    escalation = models.ForeignKey(
        "tickets.Escalation", null=True, blank=True, on_delete=models.PROTECT, related_name="timers"
    )
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=40, default="")
    due_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, blank=True)
    fired_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)  # why it was skipped, or how it failed

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "key"], condition=PENDING, name="timer_pending_once"),
            models.CheckConstraint(condition=Q(fired_at=None) | Q(cancelled_at=None), name="timer_ends_once"),
        ]
        indexes = [
            models.Index(Coalesce("retry_at", "due_at"), "id", condition=PENDING, name="timer_pending_by_due"),
            models.Index(fields=["due_at"], condition=PENDING & Q(attempts__gt=0), name="timer_failing"),
            models.Index(fields=["-fired_at"], condition=Q(fired_at__isnull=False), name="timer_fired_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.ticket_id}".replace("  ", " ")


class Heartbeat(models.Model):
    """When a recurring job last ran, so that a page can say so. One row a job."""

    job = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.job
