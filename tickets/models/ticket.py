"""A ticket, and who follows it. `visible_to` is the one function that decides who may see which."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import ApiToken, Organisation
from accounts.policy.roles import May, Role
from packages.models import PolicyVersion, Topic
from tickets.policy import lifecycle


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Questions asked of tickets; the first is always who asks."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the tickets that an actor may see; every way in asks this.

        A member sees a ticket whose owner is their organisation or a current client of it, or that is about their
        organisation and shared with it; a growth manager (or deputy) those whose owner is one of their partners or a
        current client of one. What is confidential from the partner stays with its owner and support.

        Source: product description, "Who uses it".
        """
        if actor.may(May.TRIAGE):
            return self
        if actor.role is Role.GROWTH_MANAGER:
            partners = Q(growth_manager=actor.user) | Q(deputy=actor.user)
            clients = Q(partner__growth_manager=actor.user) | Q(partner__deputy=actor.user)
            # One list of owners, by which their index is asked: with two, every ticket would be looked at.
            owners = Organisation.objects.filter(partners | clients).values("pk")
            return self.filter(organisation__in=owners, is_confidential=False)
        if actor.organisation is None:
            return self.none()
        own = actor.organisation.pk
        return self.filter(
            Q(organisation_id=own)
            | Q(organisation__partner_id=own, is_confidential=False)
            | Q(client_id=own, is_shared=True)
        )

    def open(self) -> Self:
        """Return the tickets that somebody still has to act on."""
        return self.filter(status__in=sorted(lifecycle.OPEN))

    def waiting_for_support(self) -> Self:
        return self.filter(status__in=[Ticket.Status.NEW, Ticket.Status.IN_PROGRESS])

    def waiting_for_partner(self) -> Self:
        return self.filter(status__in=[Ticket.Status.NEEDS_INFORMATION, Ticket.Status.WAITING_PARTNER])

    def in_working_order(self) -> Self:
        """Return them as support should take them: the earliest `work_at` first, those without one last."""
        return self.order_by(models.F("work_at").asc(nulls_last=True), "id")


class Ticket(models.Model):
    """A filed ticket. It was valid when filed, and `promise` is the live one (NULL: none was given).

    `version` counts what a person could have seen change, `seq` the events; `public_seq` counts the public ones alone,
    and `public_activity_at` is the instant of the last: what is internal must not show through, not even by a gap.
    """

    class Status(models.TextChoices):
        NEW = lifecycle.Status.NEW.value, _("New")
        NEEDS_INFORMATION = lifecycle.Status.NEEDS_INFORMATION.value, _("Needs information")
        IN_PROGRESS = lifecycle.Status.IN_PROGRESS.value, _("In progress")
        WAITING_PARTNER = lifecycle.Status.WAITING_PARTNER.value, _("Waiting for partner")
        WAITING_PLATFORM = lifecycle.Status.WAITING_PLATFORM.value, _("Waiting for the platform")
        RESOLVED = lifecycle.Status.RESOLVED.value, _("Resolved")
        CLOSED = lifecycle.Status.CLOSED.value, _("Closed")
        WITHDRAWN = lifecycle.Status.WITHDRAWN.value, _("Withdrawn")

    class Severity(models.TextChoices):
        CRITICAL = "critical", _("Critical")
        URGENT = "urgent", _("Urgent")
        STANDARD = "standard", _("Standard")

    class Impact(models.TextChoices):
        HALTED = "halted", _("Halted")
        REDUCED = "reduced", _("Severely reduced")
        LIMITED = "limited", _("Limited or none")

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    draft_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)  # a draft files once
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="tickets"
    )  # the owner: whose member filed it, and whose package is promised
    client = models.ForeignKey(
        Organisation,
        verbose_name=_("affected client"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets_about",
    )  # NULL: its own, or a client who is not in the portal (`client_name`)
    client_name = models.CharField(_("affected client"), max_length=200, blank=True)
    is_shared = models.BooleanField(_("shared with the client"), default=False)
    is_confidential = models.BooleanField(_("confidential from the partner"), default=False)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets_filed",
    )  # NULL: an organisation's token
    token = models.ForeignKey(ApiToken, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.PROTECT, related_name="tickets")
    form_version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="+"
    )  # what the answers answer
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("description"))
    environment = models.CharField(_("environment"), max_length=10)
    impact = models.CharField(_("impact"), max_length=8, choices=Impact.choices)
    workaround = models.BooleanField(_("workaround"))
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices)
    severity_cause = models.CharField(max_length=20)  # a Reason of packages.policy.severity, or "support"
    answers = models.JSONField(_("answers"), default=dict)  # typed values of the topic's own fields, by code
    typed = models.JSONField(default=dict)  # what was typed, where cleaning changed it
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    incident = models.ForeignKey(
        "tickets.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )  # NULL: part of none

    status = models.CharField(_("status"), max_length=18, choices=Status.choices, default=Status.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assignee"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets_assigned",
    )
    promise = models.ForeignKey("tickets.Promise", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_escalated = models.BooleanField(_("escalated"), default=False)
    platform_case = models.CharField(_("platform's case number"), max_length=60, blank=True)
    check_at = models.DateTimeField(_("next check"), null=True, blank=True)  # NULL: no date was named
    work_at = models.DateTimeField(null=True, blank=True)  # the working order; NULL: not support's turn
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)  # 1 bad, 2 fair, 3 good; NULL: not answered
    version = models.PositiveIntegerField(default=1)
    public_seq = models.PositiveIntegerField(default=0)
    seq = models.PositiveIntegerField(default=0)  # of the last event

    filed_at = models.DateTimeField(_("filed at"))
    status_since = models.DateTimeField()  # reminders, auto-resolve and auto-close count from here
    activity_at = models.DateTimeField(_("last activity"))
    public_activity_at = models.DateTimeField()
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("texts erased at"), null=True, blank=True)  # NULL: they are kept

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=sorted(lifecycle.Status)), name="ticket_status_is_known"),
            models.CheckConstraint(condition=Q(client=None) | Q(client_name=""), name="ticket_one_client"),
            models.CheckConstraint(
                condition=~Q(status="waiting_platform") | Q(check_at__isnull=False), name="ticket_platform_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(status="closed") & ~Q(merged_into=models.F("id")),
                name="ticket_merged_is_closed",
            ),
        ]
        indexes = [
            # The working order, with what views narrow it by and count: the queue finds its rows in this index alone.
            models.Index(
                fields=[
                    "work_at",
                    "id",
                    "organisation",
                    "assignee",
                    "language",
                    "status",
                    "is_escalated",
                    "severity",
                ],  # fmt: skip
                condition=Q(status__in=sorted(lifecycle.OPEN)),
                name="ticket_working_order",
            ),
            models.Index(fields=["organisation", "-public_activity_at"], name="ticket_by_organisation"),
            models.Index(fields=["client", "-public_activity_at"], name="ticket_by_client"),
            models.Index(fields=["incident"], condition=Q(incident__isnull=False), name="ticket_by_incident"),
            models.Index(fields=["-activity_at", "-id"], name="ticket_by_activity"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> lifecycle.Status:
        return lifecycle.Status(self.status)

    @property
    def turn(self) -> lifecycle.Turn:
        return lifecycle.turn(self.state)

    @property
    def is_open(self) -> bool:
        return self.state in lifecycle.OPEN


class TicketLink(models.Model):
    """Two tickets that have to do with each other, whoever's they are. Each pair once: `first` has the lower id."""

    first = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="ticket_link_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="ticket_link_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class Follower(models.Model):
    """A person who is told about a ticket. Following grants nothing: who may not see it is not told."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="following")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.user} follows {self.ticket}"
