"""What would have happened: promises given under one policy, reckoned again under another. Pure arithmetic.

Source: product description, "The promise".
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from packages.policy.clock import Clock, clock_for
from packages.policy.document import Policy
from packages.policy.severity import Environment, Impact, Severity, find

FIRST = 200  # tickets named behind each figure
MICROSECOND = timedelta(microseconds=1)
BY_SUPPORT = "support"


class Given(NamedTuple):
    """A promise as it was given. Instants are microseconds since 1970 in UTC; `answered` None: no first response."""

    reference: str
    topic: str
    impact: str
    workaround: bool
    environment: str
    severity_cause: str
    package: str
    severity: str
    cause: str
    started: int
    due: int
    answered: int | None
    settled: bool  # kept or missed: it counts for "in time"


@dataclass(slots=True)
class Group:
    """The figures of one package, severity and topic. Sums are microseconds of real time."""

    promises: int = 0
    moved: int = 0
    earlier: int = 0
    later: int = 0
    moved_sum: int = 0
    most_earlier: int = 0
    most_later: int = 0
    other_severity: int = 0
    would_be_late: int = 0
    would_be_kept: int = 0
    tickets: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def count(self, figure: str, reference: str) -> None:
        setattr(self, figure, getattr(self, figure) + 1)
        named = self.tickets[figure]
        if len(named) < FIRST:
            named.append(reference)


class Replay:
    """Takes promises in portions and keeps the figures; memory does not grow with their number."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._terms: dict[tuple[str, str], tuple[Clock, int] | None] = {}
        self._found: dict[tuple[str, str, str, bool, str], str] = {}
        self.groups: dict[tuple[str, str, str], Group] = {}
        self.left_out = 0  # the draft has no such package
        self.promises = 0

    def take(self, portion: Iterable[Given]) -> None:
        """Reckon a portion of promises under the policy."""
        by_terms: dict[tuple[str, str], list[Given]] = defaultdict(list)
        for one in portion:
            self.promises += 1
            by_terms[(one.package, self._severity(one))].append(one)
        for (package, severity), promises in by_terms.items():
            terms = self._terms_of(package, severity)
            if terms is None:
                self.left_out += len(promises)
                continue
            clock, target = terms
            self._compare(severity, promises, clock.deadlines_many([one.started for one in promises], target))

    def _compare(self, severity: str, promises: Sequence[Given], deadlines: Sequence[int]) -> None:
        for one, due in zip(promises, deadlines, strict=True):
            key = (one.package, one.severity, one.topic)
            group = self.groups.get(key)
            if group is None:
                group = self.groups[key] = Group()
            group.promises += 1
            if severity != one.severity:
                group.count("other_severity", one.reference)
            if due != one.due:
                _count_move(group, one.reference, due - one.due)
                if one.settled:
                    _count_outcome(group, one, due)

    def _severity(self, one: Given) -> str:
        """Return the severity under the policy: found again from the answers, unless support set it."""
        if one.severity_cause == BY_SUPPORT or one.cause not in ("filed", "completed"):
            return one.severity
        key = (one.package, one.topic, one.impact, one.workaround, one.environment)
        found = self._found.get(key)
        if found is None:
            topic = self._policy.topics.get(one.topic)
            listed = topic.listed.get(one.package) if topic else None
            found = find(Impact(one.impact), one.workaround, Environment(one.environment), listed).severity.value
            self._found[key] = found
        return found

    def _terms_of(self, package: str, severity: str) -> tuple[Clock, int] | None:
        key = (package, severity)
        if key not in self._terms:
            facts = self._policy.packages.get(package)
            self._terms[key] = (
                (clock_for(self._policy.calendar_of(package)), facts.targets[Severity(severity)] // MICROSECOND)
                if facts
                else None
            )
        return self._terms[key]

    def report(self) -> dict[str, Any]:
        """Return the figures as JSON holds them, the groups with the most moved deadlines first."""
        rows = [
            {
                "package": package,
                "severity": severity,
                "topic": topic,
                **{name: getattr(group, name) for name in _FIGURES},
                "tickets": dict(group.tickets),
            }
            for (package, severity, topic), group in self.groups.items()
        ]
        rows.sort(key=lambda row: (-int(row["moved"]), row["package"], row["severity"], row["topic"]))
        return {"promises": self.promises, "left_out": self.left_out, "groups": rows}


_FIGURES = (
    "promises", "moved", "earlier", "later", "moved_sum", "most_earlier", "most_later", "other_severity",
    "would_be_late", "would_be_kept",
)  # fmt: skip


def _count_move(group: Group, reference: str, move: int) -> None:
    group.moved += 1
    group.moved_sum += move
    if move < 0:
        group.count("earlier", reference)
        group.most_earlier = max(group.most_earlier, -move)
    else:
        group.count("later", reference)
        group.most_later = max(group.most_later, move)


def _count_outcome(group: Group, one: Given, due: int) -> None:
    """Count an answer that was in time and would have been late, or the other way round. None at all stays missed."""
    if one.answered is None:
        return
    was_kept, would_be_kept = one.answered < one.due, one.answered < due
    if was_kept and not would_be_kept:
        group.count("would_be_late", one.reference)
    elif would_be_kept and not was_kept:
        group.count("would_be_kept", one.reference)
