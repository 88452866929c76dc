"""The one rule of escalations: may this person ask for, or make, one now, and if not, why.

Page, API, admin and e-mail links all ask `may_escalate`; the edges word its answer.
Source: support policy, "Tiers and escalation".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Act(StrEnum):
    """What somebody wants to do."""

    ASK = "ask"  # a partner asks its growth manager
    INITIATE = "initiate"  # a growth manager escalates on their own
    DECIDE = "decide"  # a growth manager escalates what the partner asked for


class Asker(StrEnum):
    """Who wants it, towards the partner that owns the ticket or the client it is of."""

    PARTNER = "partner"  # a member of a partner
    CLIENT = "client"  # a member of a client
    MANAGER = "manager"  # the growth manager or the deputy of that partner
    OTHER = "other"


class Relation(StrEnum):
    """Whose ticket it is, for the partner that would escalate."""

    NO_TICKET = "no_ticket"
    OWN = "own"
    CLIENT = "client"  # its owner is a current client
    OTHER = "other"


class Condition(StrEnum):
    """What a ticket's status means for an escalation."""

    OPEN = "open"  # valid, and somebody still has to act
    NEEDS_INFORMATION = "needs_information"
    ENDED = "ended"


class Refusal(StrEnum):
    """Why not. Each is worded together with what to do."""

    NOT_YOURS = "not_yours"
    NOT_PARTNER = "not_partner"  # a client's member: their partner can ask for it
    NO_PARTNER = "no_partner"  # a client of nobody
    CONFIDENTIAL = "confidential"  # the partner does not see it, so nobody can ask
    ASK_INSTEAD = "ask_instead"  # a partner can't escalate by itself
    INITIATE_INSTEAD = "initiate_instead"  # a growth manager needs to ask nobody
    NO_TIER = "no_tier"
    NO_MANAGER = "no_manager"
    NO_TICKET = "no_ticket"
    NEEDS_INFORMATION = "needs_information"
    ENDED = "ended"
    ALREADY_OPEN = "already_open"
    LIMIT_REACHED = "limit_reached"


# What waiting or completing the ticket does not change: the person may not.
RIGHTS = frozenset(
    {
        Refusal.NOT_YOURS, Refusal.NOT_PARTNER, Refusal.NO_PARTNER, Refusal.CONFIDENTIAL, Refusal.ASK_INSTEAD,
        Refusal.INITIATE_INSTEAD, Refusal.NO_TIER,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rule looks at. The partner's facts are of the partner that owns the ticket, or that owns its owner.

    `next_possible_at` is the start of the next calendar month in support's time zone.
    """

    act: Act
    asker: Asker
    relation: Relation
    has_partner: bool = True
    is_confidential: bool = False  # from the partner
    tier: str = ""
    has_manager: bool = False
    condition: Condition = Condition.OPEN
    status: str = ""
    open_state: str = ""  # of the ticket's open escalation; empty: there is none
    open_since: datetime | None = None
    monthly_limit: int | None = None  # None: as many as needed
    grants: int = 0
    used: int = 0
    next_possible_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Allowed, or a code with what its sentence needs."""

    allowed: bool
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


ALLOWED = Answer(True)


def may_escalate(facts: Facts) -> Answer:
    """Answer whether the act is possible now.

    The first reason that holds is given: who asks, whose ticket it is, what the partner has, then the ticket.
    """
    return _by_person(facts) or _by_partner(facts) or _by_ticket(facts) or _by_limit(facts) or ALLOWED


def _by_person(facts: Facts) -> Answer | None:
    if facts.asker is Asker.OTHER:
        return Answer(False, Refusal.NOT_YOURS)
    if facts.asker is Asker.CLIENT:
        if facts.is_confidential and facts.has_partner:
            return Answer(False, Refusal.CONFIDENTIAL)
        return Answer(False, Refusal.NOT_PARTNER if facts.has_partner else Refusal.NO_PARTNER)
    if facts.relation is Relation.OTHER:
        return Answer(False, Refusal.NOT_YOURS)
    if facts.asker is Asker.PARTNER and facts.act is not Act.ASK:
        return Answer(False, Refusal.ASK_INSTEAD)
    if facts.asker is Asker.MANAGER and facts.act is Act.ASK:
        return Answer(False, Refusal.INITIATE_INSTEAD)
    return None


def _by_partner(facts: Facts) -> Answer | None:
    if not facts.tier:
        return Answer(False, Refusal.NO_TIER)
    if not facts.has_manager:
        return Answer(False, Refusal.NO_MANAGER)
    return None


def _by_ticket(facts: Facts) -> Answer | None:
    if facts.relation is Relation.NO_TICKET:
        return Answer(False, Refusal.NO_TICKET)
    if facts.condition is Condition.NEEDS_INFORMATION:
        return Answer(False, Refusal.NEEDS_INFORMATION)
    if facts.condition is Condition.ENDED:
        return Answer(False, Refusal.ENDED, {"status": facts.status})
    if facts.open_state and facts.act is not Act.DECIDE:
        return Answer(False, Refusal.ALREADY_OPEN, {"state": facts.open_state, "since": facts.open_since})
    return None


def _by_limit(facts: Facts) -> Answer | None:
    if facts.monthly_limit is None or facts.used < facts.monthly_limit + facts.grants:
        return None
    return Answer(
        False,
        Refusal.LIMIT_REACHED,
        {"limit": facts.monthly_limit + facts.grants, "used": facts.used, "next_at": facts.next_possible_at},
    )
