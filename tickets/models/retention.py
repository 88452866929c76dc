"""How long what people wrote in tickets is kept. One row at most."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LEAST_DAYS = 30


class Retention(models.Model):
    """`days` NULL, or no row: everything is kept."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    days = models.PositiveIntegerField(
        _("days after its end"), null=True, blank=True, validators=[MinValueValidator(LEAST_DAYS)]
    )

    class Meta:
        verbose_name = _("retention")
        verbose_name_plural = _("retention")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="retention_is_one_row"),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=LEAST_DAYS), name="retention_leaves_time_to_reopen"
            ),
        ]

    def __str__(self) -> str:
        return "for ever" if self.days is None else f"{self.days} days after a ticket's end"
