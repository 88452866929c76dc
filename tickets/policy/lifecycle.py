"""The states of a ticket and the moves between them.

Source: product description, "The life of a ticket".
"""

from enum import StrEnum


class Status(StrEnum):
    NEW = "new"  # valid, the clock runs
    NEEDS_INFORMATION = "needs_information"  # sent back, no clock runs
    IN_PROGRESS = "in_progress"
    WAITING_PARTNER = "waiting_partner"
    WAITING_PLATFORM = "waiting_platform"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN = frozenset(
    {Status.NEW, Status.NEEDS_INFORMATION, Status.IN_PROGRESS, Status.WAITING_PARTNER, Status.WAITING_PLATFORM}
)
# Valid and open: what can be escalated.
VALID_OPEN = OPEN - {Status.NEEDS_INFORMATION}
ENDED = frozenset(Status) - OPEN

_MOVES: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset(
        {Status.IN_PROGRESS, Status.NEEDS_INFORMATION, Status.WAITING_PARTNER, Status.WAITING_PLATFORM, Status.RESOLVED,
         Status.CLOSED, Status.WITHDRAWN}
    ),
    Status.NEEDS_INFORMATION: frozenset({Status.NEW, Status.WITHDRAWN, Status.CLOSED}),
    Status.IN_PROGRESS: frozenset(
        {Status.NEEDS_INFORMATION, Status.WAITING_PARTNER, Status.WAITING_PLATFORM, Status.RESOLVED, Status.CLOSED,
         Status.WITHDRAWN}
    ),
    Status.WAITING_PARTNER: frozenset(
        {Status.IN_PROGRESS, Status.WAITING_PLATFORM, Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN}
    ),
    Status.WAITING_PLATFORM: frozenset(
        {Status.IN_PROGRESS, Status.WAITING_PARTNER, Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN}
    ),
    Status.RESOLVED: frozenset({Status.IN_PROGRESS, Status.CLOSED}),
    Status.CLOSED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}  # fmt: skip


def may_move(current: Status, to: Status) -> bool:
    """Is there an arrow from one state to the other?"""
    return to in _MOVES[current]


class Turn(StrEnum):
    """Who has to act next."""

    SUPPORT = "support"
    PARTNER = "partner"
    PLATFORM = "platform"
    NOBODY = "nobody"


_TURN = {
    Status.NEW: Turn.SUPPORT,
    Status.NEEDS_INFORMATION: Turn.PARTNER,
    Status.IN_PROGRESS: Turn.SUPPORT,
    Status.WAITING_PARTNER: Turn.PARTNER,
    Status.WAITING_PLATFORM: Turn.PLATFORM,
}


def turn(status: Status) -> Turn:
    return _TURN.get(status, Turn.NOBODY)
