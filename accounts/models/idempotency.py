"""What a POST of the API answered, so that a repeat with the same key is answered the same and does nothing."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.token import ApiToken


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def older_than(self, at: datetime) -> "IdempotencyKeyQuerySet":
        """Return the keys first used before `at`."""
        return self.filter(created_at__lt=at)


class IdempotencyKey(models.Model):
    """Written in the transaction of what the POST did: either both are there, or neither."""

    token = models.ForeignKey(ApiToken, verbose_name=_("API token"), on_delete=models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=255)
    digest = models.CharField(_("digest of the request"), max_length=64)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(_("status"), null=True)  # NULL: under way in its own transaction
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)  # JSON as it was sent
    created_at = models.DateTimeField(_("first used at"), db_default=Now(), db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once_a_token"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.token}"
