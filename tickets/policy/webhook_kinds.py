"""Which events an endpoint can choose: a handful of groups instead of each kind; a new kind belongs to the last."""

from enum import StrEnum


class Group(StrEnum):
    """What an organisation chooses to be told of."""

    FILED = "filed"
    MESSAGES = "messages"
    STATUS = "status"
    PROMISE = "promise"
    ESCALATIONS = "escalations"
    DETAILS = "details"


_KINDS: dict[str, Group] = {
    **dict.fromkeys(("filed", "completed"), Group.FILED),
    **dict.fromkeys(("message", "answer_disputed"), Group.MESSAGES),
    **dict.fromkeys(
        (
            *("sent_back", "taken_up", "waiting_partner", "waiting_platform", "resolved", "reopened", "closed"),
            *("withdrawn", "merged", "auto_resolved", "auto_closed", "auto_withdrawn"),
        ),
        Group.STATUS,
    ),
    **dict.fromkeys(("promise_missed", "reclassified", "got_worse"), Group.PROMISE),
}


def group_of(kind: str) -> Group:
    """Return the group of a kind of event."""
    if kind.startswith("escalation_"):
        return Group.ESCALATIONS
    return _KINDS.get(kind, Group.DETAILS)
