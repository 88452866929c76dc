"""An escalation of a filed ticket through the growth manager, and what a lead granted beyond the limit."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation

PEOPLE = settings.AUTH_USER_MODEL


class Escalation(models.Model):
    """asked → escalated or declined → acknowledged → concluded; withdrawn by the asker, lapsed with the ticket.

    `asked_by` NULL: the growth manager's own initiative. Each step has its instant and its person.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ESCALATED = "escalated", _("Escalated")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CONCLUDED = "concluded", _("Concluded")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Lapsed")

    OPEN_STATES = (State.ASKED, State.ESCALATED, State.ACKNOWLEDGED)

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="escalations")
    partner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="escalations")
    manager = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="escalations_managed")
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    cause = models.CharField(_("why now"), max_length=20)  # a code of the policy's causes
    reason = models.TextField(_("reason"))
    decline_reason = models.TextField(_("reason for declining"), blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    asked_by = models.ForeignKey(PEOPLE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(PEOPLE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_by = models.ForeignKey(PEOPLE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    concluded_by = models.ForeignKey(PEOPLE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    decide_by = models.DateTimeField(null=True, blank=True)  # opening time on the ticket's calendar
    escalated_at = models.DateTimeField(null=True, blank=True)
    acknowledge_by = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # concluded, declined, withdrawn or lapsed
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(state__in=["asked", "escalated", "acknowledged"]),
                name="escalation_one_open",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="escalation_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decline_reason=""), name="escalation_declined_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["escalated", "acknowledged", "concluded"]) | Q(escalated_at__isnull=False),
                name="escalation_steps_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "escalated_at"], name="escalation_by_partner"),
            models.Index(fields=["escalated_at"], name="escalation_by_time"),
        ]

    def __str__(self) -> str:
        return f"escalation of {self.ticket_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class EscalationGrant(models.Model):
    """One more escalation for a partner in a month, granted by a lead."""

    partner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="escalation_grants")
    month = models.DateField()  # its first day, in support's time zone
    by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("escalation grant")
        verbose_name_plural = _("escalation grants")

    def __str__(self) -> str:
        return f"one more for {self.partner} in {self.month:%Y-%m}"
