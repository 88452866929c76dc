"""The record of a ticket: append-only, ids and codes; free text lives in rows that can be erased."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken


class TicketEvent(models.Model):
    """Something happened. `actor` and `token` NULL: the portal itself, by a timer."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    is_public = models.BooleanField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    token = models.ForeignKey(
        ApiToken, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="event_seq_once")]
        # Few are, so it costs the others nothing: reports ask which topic a ticket had before.
        indexes = [models.Index(fields=["ticket", "at"], condition=Q(kind="topic_changed"), name="event_topic_changes")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"
