"""The report of a replay, summed up by package, severity or topic. Lengths are microseconds, as in the report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tickets.policy.replay import FIRST

DIMENSIONS = ("package", "severity", "topic")
COUNTS = ("promises", "moved", "earlier", "later", "other_severity", "would_be_late", "would_be_kept")
NAMED = ("earlier", "later", "other_severity", "would_be_late", "would_be_kept")  # figures with tickets behind them


@dataclass(slots=True)
class Sum:
    """The figures of one package, severity or topic, or of everything."""

    code: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    moved_sum: int = 0
    most_earlier: int = 0
    most_later: int = 0
    tickets: dict[str, list[str]] = field(default_factory=lambda: {figure: [] for figure in NAMED})

    @property
    def mean_move(self) -> int:
        """By how much a deadline that moves does so in the mean, negative for earlier."""
        moved = self.counts["moved"]
        return round(self.moved_sum / moved) if moved else 0

    def add(self, group: Mapping[str, Any]) -> None:
        for name in COUNTS:
            self.counts[name] += group[name]
        self.moved_sum += group["moved_sum"]
        self.most_earlier = max(self.most_earlier, group["most_earlier"])
        self.most_later = max(self.most_later, group["most_later"])
        for figure, named in self.tickets.items():
            named += group["tickets"].get(figure, [])[: FIRST - len(named)]


def summed(report: Mapping[str, Any], dimension: str = "") -> list[Sum]:
    """Return the figures by a dimension, those with the most moved deadlines first; by none, one sum of everything."""
    sums: dict[str, Sum] = {} if dimension else {"": Sum("")}
    for group in report.get("groups", ()):
        code = str(group[dimension]) if dimension else ""
        sums.setdefault(code, Sum(code)).add(group)
    return sorted(sums.values(), key=lambda one: (-one.counts["moved"], one.code))
