"""A file: staged, of a draft, or of a ticket and perhaps of one message."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation


def stored_name(attachment: "Attachment", name: str) -> str:
    """Return where the file is kept: a random name, so that none can be guessed or overwrite another."""
    return f"attachments/{attachment.id.hex[:2]}/{attachment.id.hex}"


class Attachment(models.Model):
    """`draft` and `ticket` NULL: staged through the API. `message` NULL: it came with the filing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )  # NULL: support's
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(
        "tickets.Draft", null=True, blank=True, on_delete=models.SET_NULL, related_name="attachments"
    )
    ticket = models.ForeignKey(
        "tickets.Ticket", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    field = models.CharField(max_length=50, blank=True)  # the file field that it answers
    is_internal = models.BooleanField(default=False)  # of an internal note
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    file = models.FileField(upload_to=stored_name)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(condition=Q(draft=None) | Q(ticket=None), name="attachment_one_place"),
            models.CheckConstraint(
                condition=Q(message=None) | Q(ticket__isnull=False), name="attachment_message_has_ticket"
            ),
        ]

    def __str__(self) -> str:
        return self.name
