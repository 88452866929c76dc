"""When somebody is away: whole days, where they live."""

from datetime import UTC, date, datetime

import pytest

from tickets.policy.skills import Agent, away

DAY = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("zone", "hour", "is_away"),
    [
        ("UTC", datetime(2026, 12, 23, 23, 59, tzinfo=UTC), False),
        ("UTC", datetime(2026, 12, 24, 0, 0, tzinfo=UTC), True),
        ("UTC", datetime(2026, 12, 25, 0, 0, tzinfo=UTC), False),
        ("Pacific/Auckland", datetime(2026, 12, 23, 11, 0, tzinfo=UTC), True),
        ("Pacific/Auckland", datetime(2026, 12, 24, 11, 0, tzinfo=UTC), False),
        ("America/Sao_Paulo", datetime(2026, 12, 25, 2, 59, tzinfo=UTC), True),
    ],
)
def test_an_absence_counts_in_days_of_the_persons_own_zone(zone: str, hour: datetime, is_away: bool):
    agent = Agent(1, zone=zone, away_from=DAY, away_until=DAY)

    assert agent.is_away(hour) is is_away
    assert away([agent, Agent(2)], hour) == ([1] if is_away else [])
