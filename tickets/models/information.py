"""What support asked for when it sent a ticket back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InformationRequest(models.Model):
    """The fields named as missing or useless, each with its reason. `ended_at` NULL: it waits for the partner."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="information_requests")
    asks = models.JSONField()  # {field code: reason}, in the order of the form
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    completed = models.BooleanField(default=False)  # ended by the information, not by withdrawal

    class Meta:
        verbose_name = _("information request")
        verbose_name_plural = _("information requests")
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="information_one_open_request"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk} of {self.ticket_id}"
