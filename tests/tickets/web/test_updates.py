"""A page that waits for what is new: cheap while nothing is, told aloud when something came."""

import re

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions.conversation import add_note
from tickets.api.tags import tag_of
from tickets.models import Ticket
from tickets.policy.lifecycle import Status


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


def fresh(ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_page_that_waits_costs_one_query_beside_the_sign_in_when_nothing_is_new(
    cast, client, django_assert_num_queries
):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.owner)
    address = reverse("ticket_updates", args=[ticket.reference])
    client.get(address, {"after": ticket.public_seq})

    # Session, person, the list of sessions, membership: every signed-in request has them.
    with django_assert_num_queries(5):
        answer = client.get(address, {"after": fresh(ticket).public_seq})

    assert (answer.status_code, answer.content) == (204, b"")


def test_page_that_waits_is_given_what_is_new_and_tells_of_it(cast, client):
    ticket = make_ticket(cast.owner, description="The beginning.")
    seen = fresh(ticket).public_seq
    answer_ticket(fresh(ticket), cast.agent, now=NOW, body="Try again, please.")
    client.force_login(cast.owner)

    page = client.get(reverse("ticket_updates", args=[ticket.reference]), {"after": seen}).content.decode()

    assert "Try again, please." in page
    assert "The beginning." not in page
    assert '<p id="announce" data-hx-swap-oob="innerHTML">New message from Lena Fischer</p>' in page
    assert f"?after={fresh(ticket).public_seq}" in page
    assert "Kept, in" in page


def test_page_of_somebody_who_signed_out_stops_asking_and_stays(cast, client):
    ticket = make_ticket(cast.owner)

    answer = client.get(reverse("ticket_updates", args=[ticket.reference]), headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content) == (286, b"")
    assert "HX-Redirect" not in answer


def test_numbers_that_the_partner_sees_have_no_gap_where_something_internal_happened(cast, client):
    quiet, noted = make_ticket(cast.owner), make_ticket(cast.owner)
    for _ in range(3):
        add_note(fresh(noted), "The partner must not know.", by=actor_for(cast.agent), now=NOW)
    client.force_login(cast.owner)
    shown = []
    for ticket in (quiet, noted):
        answer_ticket(fresh(ticket), cast.agent, now=NOW, body="Try again, please.", then=Status.WAITING_PARTNER)
        address = reverse("ticket_updates", args=[ticket.reference])
        page = client.get(address, {"after": 1}).content.decode()
        shown.append((re.findall(r'id="e\d+"|after=\d+', page), tag_of(fresh(ticket), is_staff=False)))
        assert "Try again, please." in page

    assert shown[0] == shown[1]
    assert shown[0][0]
