"""A credential of the API: a member's or an organisation's, stored as a hash, shown once."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation


class ApiToken(models.Model):
    """`user` NULL: the organisation's own. `organisation` NULL: a person's without one (staff, growth manager)."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="tokens",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="tokens",
    )
    name = models.CharField(_("name"), max_length=100)
    hash = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of a random 256-bit secret
    hint = models.CharField(_("ends with"), max_length=8, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)  # words of accounts.policy.scopes
    created_at = models.DateTimeField(_("made at"), db_default=Now())
    ends_at = models.DateTimeField(_("ends at"))
    used_at = models.DateTimeField(_("last used at"), null=True, blank=True)  # NULL: never; exact to the minute

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | models.Q(organisation__isnull=False), name="token_has_an_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"
