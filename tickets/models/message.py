"""What people wrote on a ticket: public messages, internal notes, and reasons that stand beside an event."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken


class Message(models.Model):
    """`author` NULL: an organisation's token, or a person whose data was erased."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("Public")
        NOTE = "note", _("Internal note")
        REASON = "reason", _("Reason")  # public, shown at its event: why it was sent back, reclassified, …

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    token = models.ForeignKey(ApiToken, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_support = models.BooleanField(default=False)  # the author's role then
    kind = models.CharField(max_length=6, choices=Kind.choices)
    is_answer = models.BooleanField(default=False)
    body = models.TextField(_("message"))  # Markdown
    prepared = models.ForeignKey(
        "tickets.PreparedAnswer", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # NULL: written freely
    disputed_at = models.DateTimeField(null=True, blank=True)  # the partner said that it didn't answer them
    nonce = models.UUIDField(null=True, blank=True, editable=False)  # of the form: sent twice, said once
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "nonce"], name="message_said_once"),
            models.CheckConstraint(
                condition=Q(is_answer=False) | Q(kind="public", by_support=True), name="message_only_support_answers"
            ),
        ]
        indexes = [models.Index(fields=["ticket", "at"], name="message_by_ticket")]

    def __str__(self) -> str:
        return f"{self.kind} message {self.pk}"
