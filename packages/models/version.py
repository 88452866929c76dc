"""A version of the policy: one validated, immutable document."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class PolicyVersion(models.Model):
    """In force at an instant is the latest published one that has started; before the first, the first.

    A draft has no number and no start. A published document never changes: a trigger refuses it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn before it started")

    number = models.PositiveIntegerField(_("number"), null=True, blank=True, unique=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    starts_at = models.DateTimeField(_("in force from"), null=True, blank=True)
    document = models.TextField(_("document"))  # JSON as text: the order of topics and fields is part of it
    digest = models.CharField(_("digest"), max_length=64, blank=True)  # SHA-256 of the document, when published
    lock_version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )  # NULL: shipped with the product
    reason = models.TextField(_("reason"), blank=True)
    made_at = models.DateTimeField(_("made at"), db_default=Now())
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(number__isnull=False, starts_at__isnull=False, published_at__isnull=False),
                name="version_published_has_number_and_start",
            ),
            models.UniqueConstraint(
                fields=["starts_at"], condition=Q(state="published"), name="version_one_start_one_version"
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.number}" if self.number else f"draft {self.pk}"
