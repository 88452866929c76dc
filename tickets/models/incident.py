"""Something that goes wrong for many at once: what support says of it, who wants to know, and the one answer to all."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from packages.models import Topic
from tickets.models.message import Message


class IncidentQuerySet(models.QuerySet["Incident"]):
    def going_on(self) -> Self:
        return self.filter(ended_at=None)

    def about(self, topic_id: int) -> Self:
        """Return those that concern a topic: named for it, or for every topic."""
        topics = Incident.topics.through.objects.filter(incident=models.OuterRef("pk"))
        return self.filter(models.Exists(topics.filter(topic=topic_id)) | ~models.Exists(topics))


class Incident(models.Model):
    """`titles`, `texts` and `outcomes` are by language, English always. It goes on until `ended_at`.

    `version` counts what a person of support could have seen change.
    """

    titles = models.JSONField()
    texts = models.JSONField()  # Markdown
    outcomes = models.JSONField(default=dict)  # Markdown; none while it goes on
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")  # none: every topic
    version = models.PositiveIntegerField(default=1)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = "incident"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="incident_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.titles.get("en", ""))

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


class IncidentSubscription(models.Model):
    """A person who is told once, when the incident is over."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="incident_subscription_once")]

    def __str__(self) -> str:
        return f"{self.user_id} waits for the end of incident {self.incident_id}"


class IncidentAnswer(models.Model):
    """One answer to all tickets of an incident. `id` is the form's own word: sent twice, it is one answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="answers")
    texts = models.JSONField()  # Markdown by language, English always
    is_answer = models.BooleanField()  # off: not an answer yet
    then = models.CharField(max_length=18, blank=True)  # the state into which it moves the tickets, "" none
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answer of {self.by_id} to incident {self.incident_id}"


class IncidentReply(models.Model):
    """What became of an incident's answer on one ticket. Pending until it was said there, or skipped for a reason."""

    answer = models.ForeignKey(IncidentAnswer, on_delete=models.PROTECT, related_name="replies")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="+")
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    skipped = models.CharField(max_length=30, blank=True)  # a code; "" when it was said
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "ticket"], name="incident_reply_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None, message=None, skipped="")
                | Q(settled_at__isnull=False, message__isnull=False, skipped="")
                | (Q(settled_at__isnull=False, message=None) & ~Q(skipped="")),
                name="incident_reply_said_or_skipped",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(settled_at=None), name="incident_reply_pending")]

    def __str__(self) -> str:
        return f"{self.answer} on ticket {self.ticket_id}"
