"""Who works on what: a person's languages and topics, and whether they are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Agent:
    """A person of support. No languages or topics: all of them. An absence has both its days or neither.

    `serves`: do colleagues count on them to take tickets? Leads and administrators only do when something is named.
    """

    user_id: int
    languages: frozenset[str] = frozenset()
    topics: frozenset[int] = frozenset()
    zone: str = "UTC"
    away_from: date | None = None
    away_until: date | None = None
    serves: bool = True

    def is_away(self, now: datetime) -> bool:
        """Is it one of the days of absence, both included, where this person lives?"""
        if self.away_from is None or self.away_until is None:
            return False
        return self.away_from <= now.astimezone(ZoneInfo(self.zone)).date() <= self.away_until


def away(team: Iterable[Agent], now: datetime) -> list[int]:
    """Return the ids of those who are away."""
    return [agent.user_id for agent in team if agent.is_away(now)]
