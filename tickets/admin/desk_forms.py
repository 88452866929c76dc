"""The desk's forms: they check shape and hand over words and instants; what is allowed is decided by the actions."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.actor import Actor
from accounts.web.choices import Noted
from packages.policy.document import Policy
from packages.policy.severity import Severity
from packages.policy.wording import wording
from tickets.actions.promising import Cause
from tickets.admin.refusals import NO_SUCH_TICKET, merge_sentence
from tickets.models import Ticket
from tickets.policy.merging import merge_refusal
from tickets.queries.access import visible_ticket
from tickets.queries.merging import side

REASON_MOST = 2000  # characters
FURTHEST_CHECK = timedelta(days=365)
PARTNER_READS = "The organisation reads it."


class ReclassifyForm(forms.Form):
    severity = forms.ChoiceField(label="Severity", widget=forms.RadioSelect)
    cause = forms.ChoiceField(
        label="Cause",
        widget=forms.RadioSelect,
        choices=[
            (Cause.CORRECTED.value, Noted("It was wrong", "Counted in full from where the clock started")),
            (Cause.WORSE.value, Noted("It got worse", "Counted from now; an earlier deadline stays")),
        ],
    )
    reason = forms.CharField(
        label="Reason", help_text=PARTNER_READS, max_length=REASON_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, ticket: Ticket, only_higher: bool = False, **kwargs: Any) -> None:
        """Offer the other severities; `only_higher` leaves out what this agent may not lower to."""
        super().__init__(*args, **{"auto_id": "reclassify_%s", **kwargs})
        present = Severity(ticket.severity).rank
        self.fields["severity"].choices = [  # type: ignore[attr-defined]
            (code, label)
            for code, label in Ticket.Severity.choices
            if code != ticket.severity and not (only_higher and Severity(code).rank > present)
        ]

    @property
    def chosen(self) -> tuple[Severity, Cause]:
        """The severity and the cause of a form that is valid."""
        return Severity(self.cleaned_data["severity"]), Cause(self.cleaned_data["cause"])


class TopicForm(forms.Form):
    topic = forms.ChoiceField(label="Topic")
    reason = forms.CharField(
        label="Reason", help_text=PARTNER_READS, max_length=REASON_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, ticket: Ticket, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "topic_%s", **kwargs})
        topics = [(code, wording(facts.name, "en")) for code, facts in policy.topics.items()]
        self.fields["topic"].choices = [one for one in topics if one[0] != ticket.topic.code]  # type: ignore[attr-defined]


class PlatformForm(forms.Form):
    case = forms.CharField(label="The platform's case number", max_length=60)
    check_at = forms.DateTimeField(
        label="Next check",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "platform_%s", **kwargs})
        zone = timezone.get_current_timezone_name()
        self.fields["check_at"].help_text = f"In your time zone, {zone}. The partner sees it as “next update by”."

    def clean_check_at(self) -> datetime:
        check_at: datetime = self.cleaned_data["check_at"]
        if check_at > timezone.now() + FURTHEST_CHECK:
            raise forms.ValidationError("Choose a date within a year.")
        return check_at


class MergeForm(forms.Form):
    """Into which ticket, by its reference; `target` is that ticket once the form is valid."""

    into = forms.CharField(
        label="Into which ticket", max_length=20, help_text="Its reference, such as TK-7F3K9Q.",
        error_messages={"required": "Name the ticket by its reference."},
    )  # fmt: skip
    reason = forms.CharField(
        label="A word to its people",
        required=False,
        help_text="The organisation reads it beside the merge. It may stay empty.",
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, ticket: Ticket, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "merge_%s", **kwargs})
        self.ticket, self.actor = ticket, actor
        self.target: Ticket | None = None

    def clean_into(self) -> str:
        reference: str = self.cleaned_data["into"].upper()
        self.target = visible_ticket(self.actor, reference)
        if self.target is None:
            raise forms.ValidationError(NO_SUCH_TICKET)
        code = merge_refusal(side(self.ticket), side(self.target))
        if code is not None:
            raise forms.ValidationError(merge_sentence(code))
        return reference


class ConcludeForm(forms.Form):
    outcome = forms.CharField(
        label="How it ended",
        help_text="The partner and the growth manager read it.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "conclude_%s", **kwargs})
