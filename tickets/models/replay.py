"""A run of "what would have happened": real promises reckoned again under a draft of the policy."""

from django.conf import settings
from django.db import models

from packages.models import PolicyVersion


class Replay(models.Model):
    """Worked by a task in the background. `beat_at` tells a run that is worked from one whose worker died."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    draft = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="replays")
    draft_lock_version = models.PositiveIntegerField()  # the draft as it was when asked
    days = models.PositiveSmallIntegerField(default=90)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "replay"
        verbose_name_plural = "replays"

    def __str__(self) -> str:
        return f"replay {self.pk} of {self.draft}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.CANCELLED, self.State.FAILED)
