"""Which package an organisation has from an instant on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from packages.models.identity import Package


class Subscription(models.Model):
    """In force at an instant is the latest that has started. `package` NULL ends the one before: the default's turn."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="subscriptions"
    )
    package = models.ForeignKey(Package, verbose_name=_("package"), null=True, blank=True, on_delete=models.PROTECT)
    starts_at = models.DateTimeField(_("starts at"))

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "starts_at"], name="subscription_one_package_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.package or '–'} from {self.starts_at:%Y-%m-%d %H:%M} UTC"
