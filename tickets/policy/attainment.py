"""How well promises were kept: counts that add up, and the open time used in buckets that add up as well.

The open time used is kept as its share of the target, in buckets each 2^(1/16) wide: a share read back from them is at
most 2.2 % of itself away from the exact one (0.41 may read 0.42), and never on the other side of the deadline.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from math import floor, log2
from typing import NamedTuple, Self, TypeVar

Value = TypeVar("Value", int, float)
STEPS = 16  # buckets from one share to its double
_OCTAVES = 16
LOWEST = -_OCTAVES * STEPS  # a 65536th of the target and below: an answer at once, or while support is closed


class Settled(NamedTuple):
    """A promise that ended; package and topic are codes, the organisation an id.

    `used` None: without a first response. Lowered: followed at once by a promise of a lower severity.
    """

    ended_at: datetime
    package: str
    severity: str
    topic: str
    organisation: int
    target: timedelta
    outcome: str
    used: timedelta | None
    sent_back: bool
    lowered: bool


def bucket_of(used: timedelta, target: timedelta) -> int:
    """Return the bucket of an open time used; below 0 it is within the target, from 0 on it is not."""
    if used <= target / 2**_OCTAVES:
        return LOWEST
    bucket = floor(STEPS * log2(used / target))
    return max(bucket, 0) if used >= target else min(bucket, -1)


@cache
def share_of(bucket: int) -> float:
    """Return the share of the target that a bucket stands for: its geometric middle."""
    return 0.0 if bucket <= LOWEST else 2 ** ((bucket + 0.5) / STEPS)


@dataclass(slots=True)
class Attainment:
    """What came of some promises. `used` counts first responses by target and bucket."""

    kept: int = 0
    missed: int = 0
    void: int = 0
    replaced: int = 0
    sent_back: int = 0
    lowered: int = 0
    used: Counter[tuple[timedelta, int]] = field(default_factory=Counter)

    def count(self, promise: Settled) -> None:
        """Add one promise."""
        setattr(self, promise.outcome, getattr(self, promise.outcome) + 1)
        self.sent_back += promise.sent_back
        self.lowered += promise.lowered
        if promise.used is not None:
            self.used[(promise.target, bucket_of(promise.used, promise.target))] += 1

    def add(self, other: Self) -> None:
        """Add what came of others."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.used.update(other.used)  # a counter's update adds

    @property
    def due(self) -> int:
        """The first responses that were due: answered in time, answered late, or never."""
        return self.kept + self.missed

    @property
    def ended(self) -> int:
        return self.kept + self.missed + self.void + self.replaced

    @property
    def met(self) -> float | None:
        """The share of the first responses due that were kept; None when none was due."""
        return self.kept / self.due if self.due else None

    @property
    def responses(self) -> int:
        """The first responses given, in time or late."""
        return sum(self.used.values())

    def share_used(self, part: float) -> float | None:
        """Return the share of the target within which `part` of the first responses came; None without any."""
        numbers: Counter[int] = Counter()
        for (_, bucket), number in self.used.items():
            numbers[bucket] += number
        reached = _reached(numbers.items(), part)
        return None if reached is None else share_of(reached)

    def time_used(self, part: float) -> timedelta | None:
        """Return the open time within which `part` of the first responses came; None without any."""
        times = ((target.total_seconds() * share_of(bucket), n) for (target, bucket), n in self.used.items())
        seconds = _reached(times, part)
        return None if seconds is None else timedelta(seconds=seconds)


COUNTS = ("kept", "missed", "void", "replaced", "sent_back", "lowered")


def _reached(values: Iterable[tuple[Value, int]], part: float) -> Value | None:
    """Return the smallest value that at least `part` of all do not exceed (the nearest rank)."""
    ordered = sorted(values)
    wanted = part * sum(number for _, number in ordered)
    for value, number in ordered:
        wanted -= number
        if wanted <= 1e-9:  # what adding up shares leaves over
            return value
    return None
