"""Which ticket may be merged into which, and when that may be undone.

The strict rule: both have the same owner, the same affected client, the same sharing and the same confidentiality, so
that exactly the same people see both. A merge then shows nobody what they could not see before, now or later.

Source: product description, "The life of a ticket".
"""

from dataclasses import dataclass

from tickets.policy.lifecycle import OPEN, Status


@dataclass(frozen=True, slots=True)
class Side:
    """What the rule looks at of one of the two tickets. `owner` and `client` are organisations' ids."""

    id: int
    owner: int
    client: int | None
    is_shared: bool
    is_confidential: bool
    status: Status
    is_merged: bool


def merge_refusal(source: Side, target: Side) -> str | None:
    """Return the code of why the one may not be merged into the other; None if it may.

    Only what is open is merged. It may go into a resolved ticket, where the answer is already, but into no ended one:
    nobody reads what is said there.
    """
    if source.id == target.id:
        return "merge_itself"
    if source.is_merged:
        return "merged_already"
    if source.status not in OPEN:
        return "merge_ended"
    if target.is_merged:
        return "merge_into_merged"
    if target.status not in OPEN | {Status.RESOLVED}:
        return "merge_into_ended"
    return _different_readers(source, target)


def undo_refusal(source: Side, target: Side) -> str | None:
    """Return the code of why a merge can't be undone; None if it can.

    It can while the target is worked on or resolved: from then on both stand in the record as ended together. A target
    that was merged on itself has to be taken out first.
    """
    if not source.is_merged:
        return "not_merged"
    if target.is_merged:
        return "undo_target_merged"
    return None if target.status in OPEN | {Status.RESOLVED} else "undo_target_ended"


def _different_readers(source: Side, target: Side) -> str | None:
    if source.owner != target.owner:
        return "merge_other_organisation"
    if source.is_confidential != target.is_confidential:
        return "merge_other_confidentiality"
    if source.client != target.client:
        return "merge_other_client"
    return "merge_other_sharing" if source.is_shared != target.is_shared else None
