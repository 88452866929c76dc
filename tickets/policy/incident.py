"""Which tickets of an incident get its one answer."""

from tickets.policy.lifecycle import Status

_SKIPPED = {
    Status.NEEDS_INFORMATION: "needs_information",
    Status.RESOLVED: "resolved",
    Status.CLOSED: "closed",
    Status.WITHDRAWN: "withdrawn",
}


def why_skipped(status: Status, *, is_linked: bool, is_merged: bool) -> str:
    """Return why a ticket doesn't get the answer, as a code; "" when it does.

    One that waits for its information has no running clock, and what ended is not stirred up.
    """
    if is_merged:
        return "merged"
    if not is_linked:
        return "unlinked"
    return _SKIPPED.get(status, "")
