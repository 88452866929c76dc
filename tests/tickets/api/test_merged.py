"""A merged ticket over the API: `merged_into` names the other one to who sees it."""

import pytest

from accounts.actor import actor_for
from tests.cast import make_ticket
from tests.instants import NOW
from tickets.actions.following import share
from tickets.actions.merging import merge
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_a_merged_ticket_names_the_one_that_it_went_into(call_as, cast):
    source, target = make_ticket(cast.owner), make_ticket(cast.owner)
    merge(source, target, by=actor_for(cast.agent), now=NOW)

    facts = call_as(cast.owner).get(f"tickets/{source.reference}/").json()

    assert (facts["merged_into"], facts["status"], facts["status_text"]) == (target.reference, "closed", "Merged")
    assert call_as(cast.owner).get(f"tickets/{target.reference}/").json()["merged_into"] is None


def test_it_names_nothing_that_the_reader_does_not_see(call_as, cast):
    source, target = (make_ticket(cast.owner, client=str(cast.nordlicht.pk)) for _ in range(2))
    Ticket.objects.filter(pk__in=[source.pk, target.pk]).update(is_shared=True)
    source.refresh_from_db()
    target.refresh_from_db()
    merge(source, target, by=actor_for(cast.agent), now=NOW)
    share(target, False, by=actor_for(cast.owner), now=NOW)

    assert call_as(cast.nordlicht_member).get(f"tickets/{source.reference}/").json()["merged_into"] is None
    assert call_as(cast.owner).get(f"tickets/{source.reference}/").json()["merged_into"] == target.reference


def test_a_message_to_it_is_refused(call_as, cast):
    source, target = make_ticket(cast.owner), make_ticket(cast.owner)
    merge(source, target, by=actor_for(cast.agent), now=NOW)

    response = call_as(cast.owner).post(f"tickets/{source.reference}/messages/", {"body": "And now?"})

    assert (response.status_code, response.json()["code"]) == (409, "merged")
