"""The ledger of deadlines: one row for each promise given, append-only but for its end."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from packages.models import Package, PolicyVersion


class Promise(models.Model):
    """A promise of a first response. `outcome` NULL: it runs; it is settled once.

    `due_at` is the instant from which a response is late; `close_at` is the instant at which the last warning's share
    of the open time is used.
    """

    class Cause(models.TextChoices):
        FILED = "filed", _("Filed")
        COMPLETED = "completed", _("Information completed")
        CORRECTED = "corrected", _("Severity corrected")
        WORSE = "worse", _("It got worse")
        TOPIC = "topic", _("Topic changed")
        UNMERGED = "unmerged", _("Merge undone")

    class Outcome(models.TextChoices):
        KEPT = "kept", _("Kept")
        MISSED = "missed", _("Missed")
        VOID = "void", _("Void")
        REPLACED = "replaced", _("Replaced")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="promises")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+")
    calendar = models.CharField(max_length=50)  # code of the calendar in that version
    severity = models.CharField(max_length=8)
    target = models.DurationField()  # opening time
    started_at = models.DateTimeField()  # where the counting starts
    close_at = models.DateTimeField()
    due_at = models.DateTimeField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey("tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    used = models.DurationField(null=True, blank=True)  # open time used until it ended
    outcome = models.CharField(max_length=8, choices=Outcome.choices, null=True, blank=True)  # noqa: DJ001  NULL: it runs

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "number"], name="promise_number_once"),
            models.UniqueConstraint(fields=["ticket"], condition=Q(outcome=None), name="promise_one_runs"),
            models.CheckConstraint(
                condition=~Q(outcome="kept") | Q(answered_at__isnull=False, answered_at__lt=F("due_at")),
                name="promise_kept_is_before_the_deadline",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None, ended_at=None) | Q(outcome__isnull=False, ended_at__isnull=False),
                name="promise_ended_has_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["close_at", "due_at"], condition=Q(outcome=None), name="promise_running_by_close"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="promise_settled_by_end"),
        ]

    def __str__(self) -> str:
        return f"promise {self.number} of {self.ticket_id}"
