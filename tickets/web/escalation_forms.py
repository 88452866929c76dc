"""The forms of escalations: why now, why not, and what to do without a ticket."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from packages.policy.document import Policy
from tickets.actions.escalations import MOST
from tickets.wording import policy_text

DESCRIPTION_MOST = 20_000  # characters, as in the filing form


class EscalationForm(forms.Form):
    """Why now, as the policy's causes name it, and in one's own words."""

    cause = forms.ChoiceField(
        label=_("Why now?"), widget=forms.RadioSelect, error_messages={"required": _("Choose why it is needed now.")}
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "What it means for the business, and what would help. The growth manager and support's leads read it."
        ),
        error_messages={"required": _("Write a reason: it is what the decision is based on.")},
    )

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = [(code, policy_text(text)) for code, text in policy.escalation_causes.items()]
        self.fields["cause"].choices = causes  # type: ignore[attr-defined]
        self.helper = _helper()


class DeclineForm(forms.Form):
    """Why a request is not passed on."""

    reason = forms.CharField(
        label=_("Reason for declining"),
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The partner reads it."),
        error_messages={"required": _("Write why: the partner reads it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()


class WithoutTicketForm(forms.Form):
    """What happened, when there is no ticket yet; it becomes the description of one."""

    description = forms.CharField(
        label=_("What happens"),
        required=False,
        max_length=DESCRIPTION_MOST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It is kept, and stands in the new ticket's description."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
