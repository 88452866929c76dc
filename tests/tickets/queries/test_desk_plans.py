"""The desk's pages ask the indexes that were made for them, in few statements: read from PostgreSQL's own plans.

Sequential scans and sorts are off, so that a small table is read as a large one is.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import answer_ticket, make_ticket
from tests.instants import NOW
from tickets.queries import searching
from tickets.queries.desk import STATES

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

MOST_STATEMENTS = 15
ORDER, ACTIVITY, WORDS = "ticket_working_order", "ticket_by_activity", "ticket_words"
COUNTED = {"ticket_working_order", "promise_running_by_close"}
SMALL = {"tickets_preparedanswer"}  # what doesn't grow with the tickets
FILTERS = [
    ("package", "premium"), ("tier", "gold"), ("severity", "critical"), ("topic", "other"), ("language", "de"),
    ("organisation", "meridian"), ("assignee", "nobody"), *(("state", state) for state in STATES),
]  # fmt: skip


class Plans:
    """What a page asked of the database, and how the database would find it."""

    def __init__(self, statements: list[str]) -> None:
        self.statements = statements
        self.counts = [one for one in statements if "COUNT(" in one]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            self.text = "\n".join(_plan(cursor, one) for one in statements if one.startswith(("SELECT", "(SELECT")))

    def indexes(self) -> set[str]:
        return set(re.findall(r"(?:using|Index Scan on) (\w+)", self.text))

    def tables_read_whole(self) -> set[str]:
        return set(re.findall(r"Seq Scan on (tickets_\w+)", self.text)) - SMALL


def _plan(cursor, statement: str) -> str:
    # What is counted must not be read from the table; a search can't do without.
    cursor.execute(f"SET LOCAL enable_bitmapscan = {'off' if 'COUNT(' in statement else 'on'}")
    # With a limit, reading a small table by any index seems as good as asking the one of the words.
    cursor.execute(f"SET LOCAL enable_indexscan = {'off' if 'UNION ALL' in statement else 'on'}")
    cursor.execute(f"EXPLAIN {statement}")
    return "\n".join(line for (line,) in cursor.fetchall())


@pytest.fixture
def plans(cast, client):
    """Return a function that opens a page of the desk and returns its plans."""
    ticket = make_ticket(cast.owner, "messaging_stopped", phone_number="+493023125014")
    for one in (ticket, make_ticket(cast.owner, "messaging_stopped", phone_number="+493023125014")):
        answer_ticket(one, cast.agent, now=NOW)
    make_ticket(cast.owner, "messaging_stopped", phone_number="+493023125014")
    client.force_login(cast.agent)

    def open_page(address: str, **query: str) -> Plans:
        client.get(address, query)  # what is kept between requests is there
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address, query).status_code == 200
        return Plans([one["sql"] for one in asked.captured_queries])

    open_page.ticket = reverse("admin:desk_ticket", args=[ticket.reference])
    return open_page


def _check(plans: Plans, *indexes: str) -> None:
    assert len(plans.statements) <= MOST_STATEMENTS
    shapes = [re.sub(r"'[^']*'|\d+", "?", one) for one in plans.statements]
    assert [one for one in set(shapes) if shapes.count(one) > 1] == []  # nothing is asked row by row
    assert plans.tables_read_whole() == set()
    assert set(indexes) - plans.indexes() == set()


@pytest.mark.parametrize("view", ["open", "mine", "nobody", "close", "late", "escalated", "information"])
def test_a_view_reads_the_working_order_and_counts_by_indexes_alone(plans, view):
    found = plans(reverse("admin:queue"), view=view)

    _check(found, ORDER, *COUNTED)
    assert len(found.counts) == 2
    for name in COUNTED:
        assert f"Index Only Scan using {name}" in found.text


def test_what_has_ended_is_read_by_its_activity(plans):
    _check(plans(reverse("admin:queue"), view="ended"), ACTIVITY, *COUNTED)


@pytest.mark.parametrize(("name", "value"), FILTERS)
def test_a_filter_reads_the_working_order(plans, name, value):
    _check(plans(reverse("admin:queue"), **{name: value}), ORDER, *COUNTED)


def test_the_next_page_goes_on_in_the_index(plans):
    _check(plans(reverse("admin:queue"), after=f"{NOW.isoformat()}~1"), ORDER, *COUNTED)


@pytest.mark.parametrize("text", ["lisbon", "webhook silent", "+49 30 23125-014", "5014", "messages lisbon 23125"])
def test_a_search_reads_the_newest_and_then_the_words(plans, monkeypatch, text):
    monkeypatch.setattr(searching, "NEWEST", 0)

    found = plans(reverse("admin:queue"), q=text)

    _check(found, ACTIVITY, WORDS, *COUNTED)
    assert len(found.counts) == 2


def test_a_ticket_is_found_with_its_neighbours_by_indexes(plans):
    found = plans(plans.ticket)

    _check(found, "ticket_by_organisation", "event_seq_once", WORDS)
    assert found.counts == []


def test_the_open_of_each_agent_are_counted_by_the_index_alone(plans):
    found = plans(reverse("admin:agents"))

    assert f"Index Only Scan using {ORDER}" in found.text
    assert found.tables_read_whole() == set()
