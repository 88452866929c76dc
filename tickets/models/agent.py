"""What a person of support works on: the languages they speak, the topics they take, and when they are away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from packages.models import Topic


class AgentProfile(models.Model):
    """No row: speaks every language, takes every topic, is there."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="agent_profile"
    )
    languages = models.JSONField(_("languages"), default=list, blank=True)  # codes; none: every language
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="+")  # none: every topic
    # The first and the last day of an absence, in the person's own time zone. NULL: none is planned.
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)

    class Meta:
        verbose_name = _("agent's profile")
        verbose_name_plural = _("agents' profiles")
        constraints = [
            models.CheckConstraint(
                condition=Q(away_from=None, away_until=None)
                | Q(away_from__isnull=False, away_until__isnull=False, away_from__lte=F("away_until")),
                name="agent_absence_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"
