"""How severe a ticket is: from what the person answers, what the topic lists, and where the problem is.

Source: support policy, "Severities".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How severe a ticket is, the most severe first. Compare by `rank`: as texts they sort by alphabet."""

    CRITICAL = "critical"
    URGENT = "urgent"
    STANDARD = "standard"

    @property
    def rank(self) -> int:
        """The place in the order of severity: 0 is the most severe, so that sorting by it puts that first."""
        return _RANKS[self]


class Impact(StrEnum):
    """What happens to production: business has halted, is severely reduced, or little to nothing happens."""

    HALTED = "halted"
    REDUCED = "reduced"
    LIMITED = "limited"


class Environment(StrEnum):
    """Where the problem is."""

    PRODUCTION = "production"
    TEST = "test"


class Reason(StrEnum):
    """What decided the severity: the answers, the topic, both alike, a test environment, or nothing raised it."""

    IMPACT = "impact"
    TOPIC = "topic"
    BOTH = "both"
    TEST_ENVIRONMENT = "test_environment"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Finding:
    """The severity found, and what it was found from.

    `answers_severity` is what impact and workaround alone give, also in a test environment. `listed` is what the topic
    lists for the organisation's package; None when it lists nothing.
    """

    severity: Severity
    answers_severity: Severity
    listed: Severity | None
    reason: Reason


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_WITHOUT_WORKAROUND = {
    Impact.HALTED: Severity.CRITICAL,
    Impact.REDUCED: Severity.URGENT,
    Impact.LIMITED: Severity.STANDARD,
}


def higher(one: Severity, other: Severity) -> Severity:
    """Return the more severe of the two."""
    return min(one, other, key=lambda severity: severity.rank)


def find(impact: Impact, workaround: bool, environment: Environment, listed: Severity | None) -> Finding:
    """Return the severity of a ticket, and why.

    It is the higher of what the answers give and what the topic lists; in a test environment it is Standard whatever
    else is said. `workaround` is whether there is one.
    """
    answers = Severity.STANDARD if workaround else _WITHOUT_WORKAROUND[impact]
    if environment == Environment.TEST:
        return Finding(Severity.STANDARD, answers, listed, Reason.TEST_ENVIRONMENT)
    if listed is None:
        reason = Reason.DEFAULT if answers == Severity.STANDARD else Reason.IMPACT
        return Finding(answers, answers, None, reason)
    return Finding(higher(answers, listed), answers, listed, _decisive(answers, listed))


def _decisive(answers: Severity, listed: Severity) -> Reason:
    if answers == listed:
        return Reason.BOTH
    return Reason.IMPACT if answers.rank < listed.rank else Reason.TOPIC
