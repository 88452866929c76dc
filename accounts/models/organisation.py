"""An organisation: a partner, or a client, which may belong to a partner."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.policy import roles


class Tier(models.TextChoices):
    """A partner's tier; what it gives stands in the policy. None is the empty word."""

    SILVER = "silver", _("Silver")
    GOLD = "gold", _("Gold")
    PLATINUM = "platinum", _("Platinum")


class Organisation(models.Model):
    """Who files. Tier and managers are a partner's, `partner` is a client's: the database says so too."""

    class Kind(models.TextChoices):
        CLIENT = roles.Kind.CLIENT.value, _("Client")
        PARTNER = roles.Kind.PARTNER.value, _("Partner")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    partner = models.ForeignKey(
        "self", verbose_name=_("partner"), null=True, blank=True, on_delete=models.PROTECT, related_name="clients"
    )  # NULL: a client of nobody, or a partner
    tier = models.CharField(_("tier"), max_length=8, choices=Tier.choices, blank=True, default="")
    growth_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("growth manager"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partners_managed",
    )  # NULL: nobody is named
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("deputy"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partners_deputised",
    )
    shares_with_client = models.BooleanField(
        _("tickets that its partner files for it are shared with it"), default=False
    )  # a client's own wish; the partner can also share a single ticket
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="partner") | Q(tier="", growth_manager=None, deputy=None),
                name="organisation_tier_only_for_a_partner",
                violation_error_message=_("Only a partner has a tier, a growth manager and a deputy."),
            ),
            models.CheckConstraint(
                condition=Q(kind="client") | Q(partner=None),
                name="organisation_partner_only_for_a_client",
                violation_error_message=_("Only a client belongs to a partner."),
            ),
            models.CheckConstraint(
                condition=~Q(tier="") | Q(growth_manager=None, deputy=None),
                name="organisation_manager_only_in_a_tier",
                violation_error_message=_("Only a partner in a tier has a growth manager and a deputy."),
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("growth_manager")),
                name="organisation_deputy_is_another_person",
                violation_error_message=_("The deputy is another person than the growth manager."),
            ),
            models.CheckConstraint(condition=Q(tier__in=["", *Tier.values]), name="organisation_tier_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_partner(self) -> bool:
        return self.kind == self.Kind.PARTNER
