"""How a person wants to be told of a kind of news."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.policy import notices


class NoticeChoice(models.Model):
    """Only what differs from being told now has a row."""

    class Kind(models.TextChoices):
        NEW = notices.Kind.NEW.value, _("New critical tickets")
        WAITING = notices.Kind.WAITING.value, _("What waits for you")
        MESSAGES = notices.Kind.MESSAGES.value, _("Messages")
        CHANGES = notices.Kind.CHANGES.value, _("Changes to a ticket")
        ADDED = notices.Kind.ADDED.value, _("Tickets that you are added to")
        BREACHES = notices.Kind.BREACHES.value, _("Late first responses")
        ESCALATIONS = notices.Kind.ESCALATIONS.value, _("Escalations")

    class Way(models.TextChoices):
        NOW = notices.Way.NOW.value, _("E-mail at once")
        DIGEST = notices.Way.DIGEST.value, _("In a digest, once an hour")
        NOTHING = notices.Way.NOTHING.value, _("No e-mail")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices)
    way = models.CharField(_("way"), max_length=7, choices=Way.choices)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once_each"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in notices.Kind]), name="notice_choice_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(way__in=[notices.Way.DIGEST.value, notices.Way.NOTHING.value]),
                name="notice_choice_differs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.way}"
