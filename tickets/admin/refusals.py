"""Why something was not done, as a sentence: the words of tickets, escalations and files in one place."""

from datetime import datetime

from tickets import escalation_wording, wording
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.conversation import MessageInvalid
from tickets.models import Ticket
from tickets.policy.uploads import FileRefused
from tickets.web.file_words import file_refusal
from tickets.web.incidents import OVER

NO_SUCH_TICKET = "No ticket has this reference."
# What only support ever reads, so it is in English only.
_MERGING = {
    "merge_itself": "A ticket can't be merged into itself.",
    "merged_already": "It was merged already.",
    "merge_ended": "Only an open ticket can be merged, and this one has ended.",
    "merge_into_merged": "The other one was merged itself: choose the ticket that it went into.",
    "merge_into_ended": "The other one has ended, so nobody reads what is said there.",
    "merge_other_organisation": "They belong to different organisations, who must not see each other's tickets.",
    "merge_other_client": "They are about different clients, and a client must not see what is about another.",
    "merge_other_sharing": "One is shared with the client and the other is not: the client would see too much.",
    "merge_other_confidentiality": "One is confidential from the partner and the other is not.",
    "not_merged": "It is not merged any more.",
    "undo_target_ended": "The ticket that it went into has ended, so the merge stays.",
    "undo_target_merged": "The ticket that it went into was merged on: undo that first.",
    "link_itself": "A ticket can't be linked with itself.",
}
_ESCALATION_CODES = {"lead_only", "outcome_missing", "not_escalated", "not_acknowledged"}


def sentence(refused: Forbidden | NotNow, ticket: Ticket, *, now: datetime) -> str:
    """Return why an action was refused."""
    if refused.code == "no_escalation":
        return "There is no open escalation on this ticket any more."
    if refused.code == "incident_over":
        return str(OVER)
    if refused.code in _MERGING:
        return merge_sentence(refused.code)
    if refused.code in _ESCALATION_CODES:
        return escalation_wording.refusal(refused.code, refused.params, ticket=ticket, now=now).sentence
    return wording.refusal(refused.code, **refused.params)


def merge_sentence(code: str) -> str:
    """Return why tickets can't be merged, or a merge not be undone; `code` is one of `tickets.policy.merging`."""
    return _MERGING[code]


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
