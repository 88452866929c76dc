"""Lists through the API: filters, and pages that stay as they were while tickets are filed."""

from datetime import timedelta

import pytest

from tests.instants import NOW
from tests.tickets.api.calling import pointers
from tests.tickets.escalating import make_ticket
from tickets.actions.finding import find_by

HOUR = timedelta(hours=1)


@pytest.fixture
def five(cast):
    """Return five tickets, two of them filed at the same instant, the last filed first."""
    ages = (0, 1, 1, 2, 3)
    return list(reversed([make_ticket(cast.meridian, now=NOW - age * HOUR) for age in reversed(ages)]))


def references(page):
    return [one["reference"] for one in page["results"]]


def test_pages_hold_every_ticket_once_while_others_are_filed(api, cast, five):
    first = api.get("tickets/", {"limit": 2})
    make_ticket(cast.meridian, now=NOW + HOUR)
    pages = [first.json()]
    while pages[-1]["next"]:
        pages.append(api.client.get(pages[-1]["next"]).json())

    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert [len(page["results"]) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in references(page)] == [ticket.reference for ticket in five]


@pytest.mark.parametrize("query", [
    {"cursor": "nonsense"}, {"cursor": "bnVsbA"}, {"cursor": "WzEsMl0"}, {"cursor": "é"}, {"cursor": "["},
    {"limit": "0"}, {"limit": "201"}, {"limit": "-1"}, {"limit": "many"}, {"limit": "²"},
    {"status": "lost"}, {"severity": "high"}, {"topic": "'; --"}, {"topic": "\x00"}, {"status": ""},
    {"organisation": "x"}, {"client": "9" * 30}, {"organisation": "١"}, {"updated_since": "yesterday"},
    {"updated_since": "2026-11-24T10:00:00"}, {"updated_since": "9999-12-31T23:59:59-14:00"}, {"language": "fr"},
])  # fmt: skip
def test_a_query_that_can_not_be_read_is_refused_and_named(api, query):
    response = api.get("tickets/", query)

    assert response.status_code == 400
    assert [one["field"] for one in response.json()["errors"]] == list(query)
    assert pointers(response) == [""]


def test_filters_narrow_the_list(api, cast):
    closed = make_ticket(cast.meridian, status="closed", promised=False)
    critical = make_ticket(cast.meridian, severity="critical", subject="Nothing leaves")
    other = make_ticket(cast.nordlicht, topic_code="other", now=NOW - 3 * HOUR)
    about = make_ticket(cast.meridian, client=cast.azul)

    def found(**query):
        return set(references(api.get("tickets/", query).json()))

    assert found(status="closed") == {closed.reference}
    assert found(status="closed,new", severity="critical") == {critical.reference}
    assert found(topic="other") == {other.reference}
    assert found(organisation=cast.nordlicht.pk) == {other.reference}
    assert found(client=cast.azul.pk) == {about.reference}
    assert found(organisation=cast.silverline.pk) == set()
    assert other.reference not in found(updated_since=(NOW - HOUR).isoformat())
    assert found(search="\x00") == {closed.reference, critical.reference, other.reference, about.reference}


def test_search_finds_what_was_said_but_no_internal_note(api, cast):
    ticket = make_ticket(cast.meridian)
    find_by(ticket, "gateway")
    find_by(ticket, "secret", internal=True)

    assert len(api.get("tickets/", {"search": "Gateway"}).json()["results"]) == 1
    assert api.get("tickets/", {"search": "secret"}).json()["results"] == []


def test_an_address_that_is_no_reference_is_not_found(api):
    for address in ("tickets/%00/", "tickets/TK-%F0%9F%92%A5/", "attachments/5/", "topics/%00/"):
        response = api.get(address)

        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
