"""One delivery to one recipient by one channel, written in the transaction of what it tells of and sent afterwards."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.models.event import TicketEvent
from tickets.models.incident import Incident
from tickets.models.webhook import WebhookEndpoint


class Outbox(models.Model):
    """`id` is the Message-ID and the webhook-id, so that a repeat can be recognised. Pending until sent or dead.

    `event` NULL: it tells of `endpoint` itself; a webhook that it can be reached, a mail that it was switched off;
    or of an `incident` that is over.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(TicketEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=7, choices=Channel.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recipient = models.CharField(max_length=300)  # the address or the endpoint's id
    is_urgent = models.BooleanField(default=False)  # a breach or an escalation waits for no other mail
    batch = models.UUIDField(null=True, blank=True)  # NULL: sent alone; a digest's rows share one
    queued_at = models.DateTimeField()
    send_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # the receiver's last answer; NULL: none came
    sent_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "recipient"], name="outbox_once_each"),
            models.CheckConstraint(
                condition=Q(incident=None) & (Q(event__isnull=False) | Q(endpoint__isnull=False))
                | Q(incident__isnull=False, event=None, endpoint=None),
                name="outbox_tells_of_something",
            ),
            models.UniqueConstraint(
                fields=["incident", "channel", "recipient"],
                condition=Q(incident__isnull=False),
                name="outbox_incident_once_each",
            ),
            models.CheckConstraint(
                condition=Q(channel="email", user__isnull=False) | Q(channel="webhook", endpoint__isnull=False),
                name="outbox_has_a_reader",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "send_at"], condition=Q(sent_at=None, dead_at=None), name="outbox_pending"),
            models.Index(fields=["-dead_at"], condition=Q(dead_at__isnull=False), name="outbox_dead"),
            models.Index(
                fields=["endpoint", "send_at"],
                condition=Q(channel="webhook", sent_at=None, dead_at=None),
                name="outbox_pending_webhooks",
            ),
            models.Index(
                fields=["endpoint", "-queued_at"], condition=Q(endpoint__isnull=False), name="outbox_by_endpoint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.recipient}"

    @property
    def happened(self) -> TicketEvent:
        """The event, of a delivery that tells of one."""
        assert self.event is not None  # who asks has looked
        return self.event
