"""Figures for reports, counted once for each hour that is over; the promises are the truth, and count anew alike."""

from django.db import models

from accounts.models import Organisation
from packages.models import Package, Topic


class Counted(models.Model):
    """Promises that ended, by what they were. `used` counts first responses by bucket (`tickets.policy.attainment`)."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+", db_index=False)
    severity = models.CharField(max_length=8)
    # As it was when the promise ended.
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.DurationField()  # opening time
    kept = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    void = models.PositiveIntegerField(default=0)
    replaced = models.PositiveIntegerField(default=0)
    sent_back = models.PositiveIntegerField(default=0)
    lowered = models.PositiveIntegerField(default=0)
    used = models.JSONField(default=dict)

    class Meta:
        abstract = True


class HourFigure(Counted):
    """What ended within an hour, by the organisation whose package was promised. `hour` is its start, in UTC."""

    hour = models.DateTimeField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = "figures of an hour"
        verbose_name_plural = "figures of hours"
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "package", "severity", "topic", "organisation", "target"], name="hour_figure_once"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "hour"], name="hour_figure_by_organisation")]

    def __str__(self) -> str:
        return f"figures of {self.hour:%Y-%m-%dT%H}Z"


class WeekFigure(Counted):
    """The sum of a week's hours over all organisations: as many rows for a million tickets as for ten thousand.

    `week` is its start, in UTC, in the zone of support.
    """

    week = models.DateTimeField()

    class Meta:
        verbose_name = "figures of a week"
        verbose_name_plural = "figures of weeks"
        constraints = [
            models.UniqueConstraint(fields=["week", "package", "severity", "topic", "target"], name="week_figure_once"),
        ]

    def __str__(self) -> str:
        return f"figures of the week from {self.week:%Y-%m-%dT%H}Z"


class FiguresCounted(models.Model):
    """How far is counted: one row, taken by whoever counts. `revision` is another one after each count."""

    until = models.DateTimeField(null=True, blank=True)  # the start of the first hour that is not counted
    zone = models.CharField(max_length=50, blank=True)  # in which the weeks were summed up
    revision = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"counted until {self.until}"
