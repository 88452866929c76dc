"""Why something was not done, as a sentence: the words of tickets, escalations and files in one place."""

from datetime import datetime

from tickets import escalation_wording, wording
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.conversation import MessageInvalid
from tickets.models import Ticket
from tickets.policy.uploads import FileRefused
from tickets.web.file_words import file_refusal

_ESCALATION_CODES = {"lead_only", "outcome_missing", "not_escalated", "not_acknowledged"}


def sentence(refused: Forbidden | NotNow, ticket: Ticket, *, now: datetime) -> str:
    """Return why an action was refused."""
    if refused.code == "no_escalation":
        return "There is no open escalation on this ticket any more."
    if refused.code in _ESCALATION_CODES:
        return escalation_wording.refusal(refused.code, refused.params, ticket=ticket, now=now).sentence
    return wording.refusal(refused.code, **refused.params)


def file_sentence(refused: FileRefused) -> str:
    """Return why a file was not taken."""
    return file_refusal(refused, "This file")


def message_sentence(invalid: MessageInvalid) -> str:
    """Return why a message was not sent."""
    if invalid.code == "unfilled":
        return (
            "A placeholder in braces still stands in your answer: write what it stands for, or take it out. "
            "Untick the prepared answer if the braces are meant."
        )
    return wording.refusal(invalid.code)
