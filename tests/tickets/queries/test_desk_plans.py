"""The queue asks the indexes that were made for it: read from PostgreSQL's plans, sequential scans off."""

from contextlib import closing

import pytest
from django.db import connection

from accounts.actor import actor_for
from tests.cast import NOW, make_ticket
from tickets.queries import desk

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def plan(cast):
    """Return the plan of the rows that a narrowing shows, as text."""
    make_ticket(cast.owner)

    def explain(**narrowing: str) -> str:
        wanted = desk.Narrowing(**narrowing)
        with closing(connection.cursor()) as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        rows = desk.narrowed(actor_for(cast.agent), wanted, now=NOW)
        if wanted.by_activity:
            return rows.order_by("-activity_at", "-id")[: desk.PAGE].explain()
        return rows.filter(work_at__isnull=False).order_by("work_at", "id")[: desk.PAGE].explain()

    return explain


@pytest.mark.parametrize("view", ["open", "nobody", "close", "late", "escalated", "information"])
def test_views_read_the_working_order_from_its_index(plan, view):
    assert "ticket_working_order" in plan(view=view)


@pytest.mark.parametrize(
    "narrowing",
    [{"severity": "critical"}, {"language": "de"}, {"topic": "other"}, {"tier": "gold"}, {"package": "premium"}],
)
def test_filters_read_the_working_order_from_its_index(plan, narrowing):
    assert "ticket_working_order" in plan(**narrowing)


def test_a_search_reads_the_words_or_the_activity_from_an_index(plan):
    found = plan(q="lisbon")

    assert "ticket_search_all_words" in found or "ticket_by_activity" in found
    assert "Seq Scan" not in found


def test_what_has_ended_is_read_by_its_activity(plan):
    assert "ticket_by_activity" in plan(view="ended")


def test_the_words_of_a_search_have_an_index(db):
    with closing(connection.cursor()) as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'tickets_ticket'")
        names = {name for (name,) in cursor.fetchall()}

    assert {"ticket_search_all_words", "ticket_search_public_words"} <= names
