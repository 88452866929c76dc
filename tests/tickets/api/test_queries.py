"""How many statements each route needs: the same for thirty rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import actor_for
from tests.instants import NOW
from tests.tickets.escalating import make_ticket
from tickets.actions import escalations
from tickets.actions.conversation import post_message

pytestmark = pytest.mark.slow  # each of them is quick, all of them take long

MOST = 15


def counted(call):
    with CaptureQueriesContext(connection) as queries:
        assert call().status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("address", "fill", "expected"),
    [
        ("tickets/", "tickets", 5),
        ("escalations/", "escalations", 3),
        ("tickets/{}/messages/", "messages", 5),
        ("tickets/{}/events/", "messages", 6),
        ("tickets/{}/attachments/", "files", 4),
        ("tickets/{}/escalations/", "steps", 4),
        ("tickets/{}/", "messages", 5),
        ("organisations/me/", "tickets", 7),
        ("topics/", "tickets", 3),
    ],
)
def test_a_route_asks_as_often_for_thirty_rows_as_for_one(api, cast, png, address, fill, expected):
    ticket = make_ticket(cast.meridian)
    _FILLS[fill](api, cast, ticket, png, 1)
    api.get(address.format(ticket.reference))  # reads the policy once a process, and notes the token's use
    one = counted(lambda: api.get(address.format(ticket.reference)))
    _FILLS[fill](api, cast, ticket, png, 29)

    many = counted(lambda: api.get(address.format(ticket.reference)))

    assert (one, many) == (expected, expected)
    assert many <= MOST


def test_the_list_of_support_is_as_cheap(call_as, cast):
    for number in range(30):
        make_ticket([cast.meridian, cast.silverline, cast.nordlicht][number % 3])
    agent = call_as(cast.agent)
    agent.get("tickets/")

    assert counted(lambda: agent.get("tickets/")) <= 5


def _tickets(api, cast, ticket, png, count):
    for _number in range(count):
        make_ticket(cast.nordlicht, client=None)


def _messages(api, cast, ticket, png, count):
    for number in range(count):
        by = actor_for([cast.agent, cast.owner, cast.colleague, cast.growth][number % 4])
        post_message(ticket, f"Message {number}", by=by, now=NOW)


def _files(api, cast, ticket, png, count):
    for _number in range(count):
        assert api.upload(f"tickets/{ticket.reference}/attachments/", png()).status_code == 201


def _escalations(api, cast, ticket, png, count):
    for _number in range(count):
        own = make_ticket(cast.meridian)
        escalations.ask(own, cause="late", reason="It is late.", by=actor_for(cast.owner), now=NOW)


def _steps(api, cast, ticket, png, count):
    for _number in range(count):
        made = escalations.ask(ticket, cause="late", reason="It is late.", by=actor_for(cast.owner), now=NOW)
        escalations.withdraw(made, by=actor_for(cast.owner), now=NOW)


_FILLS = {
    "tickets": _tickets, "messages": _messages, "files": _files, "escalations": _escalations, "steps": _steps,
}  # fmt: skip
