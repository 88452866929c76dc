"""Where an organisation's own program hears what happens on its tickets."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation


class WebhookEndpoint(models.Model):
    """An address that signed events are posted to. Its secrets are kept sealed.

    `failing_since` NULL: the last delivery arrived, or there was none. `paused_until` NULL: nothing keeps the next one.
    """

    class Off(models.TextChoices):
        """Why nothing is sent; the empty word: it is on."""

        PERSON = "person", _("Switched off")
        GONE = "gone", _("Switched off: its address answered that it is gone")
        FAILING = "failing", _("Switched off: it failed for too long")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(_("address"), max_length=500)
    groups = models.JSONField(default=list)  # words of tickets.policy.webhook_kinds.Group
    secret = models.TextField()  # sealed
    secret_since = models.DateTimeField()
    old_secret = models.TextField(blank=True, default="")  # sealed; signs beside the new one until `old_secret_until`
    old_secret_until = models.DateTimeField(null=True, blank=True)  # NULL: there is none

    off = models.CharField(max_length=7, choices=Off.choices, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)  # since the last delivery that arrived
    failing_since = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)

    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "url"], name="webhook_url_once"),
            models.CheckConstraint(
                condition=Q(old_secret="", old_secret_until=None)
                | ~Q(old_secret="") & Q(old_secret_until__isnull=False),
                name="webhook_old_secret_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None) | Q(failures__gt=0, failing_since__isnull=False),
                name="webhook_failing_is_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        """The host alone: what stands behind it can be a secret of its own."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_on(self) -> bool:
        return not self.off
