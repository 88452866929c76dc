"""A merged or linked ticket in the portal and over the API: what people read, and what nobody gets to see."""

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions.conversation import add_note
from tickets.actions.following import share
from tickets.actions.linking import link
from tickets.actions.merging import merge
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast):
    source, target = (
        make_ticket(cast.owner, subject="Webhooks stop"),
        make_ticket(cast.colleague, subject="No webhooks"),
    )
    answer_ticket(source, cast.agent, now=NOW, body="We look at the relay.")
    add_note(source, "The relay is theirs.", by=actor_for(cast.agent), now=NOW)
    merge(source, target, by=actor_for(cast.agent), now=NOW, reason="Both are one fault.")
    return source, target


@pytest.fixture
def open_page(client):
    def load(person, ticket):
        client.force_login(person)
        return client.get(f"/tickets/{ticket.reference}/").content.decode()

    return load


def test_its_page_says_where_it_went_and_leads_there(cast, open_page, pair):
    source, target = pair

    text = open_page(cast.owner, source)

    assert "It goes on in another ticket" in text
    assert f'href="/tickets/{target.reference}/">Go to {target.reference}</a>' in text
    assert "We look at the relay." in text
    assert "Both are one fault." in text
    assert f'action="/tickets/{target.reference}/messages/"' in text
    assert f"What you write here is posted on {target.reference}." in text
    assert "How did it go" not in text


def test_the_target_shows_what_was_said_on_it_without_notes(cast, open_page, pair):
    source, target = pair

    text = open_page(cast.colleague, target)

    assert f"Merged into this ticket: {source.reference}" in text
    assert "We look at the relay." in text
    assert "The relay is theirs." not in text


def test_the_list_calls_it_merged(cast, client, pair):
    client.force_login(cast.owner)

    text = client.get("/?view=all").content.decode()

    assert "Merged" in text


def test_a_message_to_it_is_refused_with_the_way_on(cast, client, pair):
    client.force_login(cast.owner)

    answer = client.post(f"/tickets/{pair[0].reference}/messages/", {"body": "And now?"})

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "merged into another one. Write there" in text
    assert "And now?</textarea>" in text
    assert f'action="/tickets/{pair[1].reference}/messages/"' in text


def test_who_does_not_see_the_one_does_not_see_it_through_the_other(cast, open_page):
    """Shared after the merge: the client then sees the target, and of the merged one nothing."""
    source = make_ticket(cast.owner, client=str(cast.nordlicht.pk), subject="Their invoice")
    target = make_ticket(cast.owner, client=str(cast.nordlicht.pk), subject="Their webhook")
    answer_ticket(source, cast.agent, now=NOW, body="A word between partner and support")
    merge(source, target, by=actor_for(cast.agent), now=NOW)
    share(target, True, by=actor_for(cast.owner), now=NOW)

    text = open_page(cast.nordlicht_member, target)

    assert "Their webhook" in text
    assert "Their invoice" not in text
    assert "A word between partner and support" not in text


def test_a_link_is_shown_to_who_sees_both_and_to_nobody_else(cast, open_page):
    ticket, own, theirs = make_ticket(cast.owner), make_ticket(cast.owner), make_ticket(cast.outsider)
    for one in (own, theirs):
        link(ticket, one, by=actor_for(cast.agent), now=NOW)

    text = open_page(cast.owner, ticket)

    assert f'href="/tickets/{own.reference}/"' in text
    assert theirs.reference not in text
    assert "linked it with" not in text
    assert ticket.reference not in open_page(cast.outsider, theirs)
    assert own.reference in open_page(cast.growth, ticket)


def test_its_page_speaks_german(cast, open_page, pair):
    cast.owner.language = "de"
    cast.owner.save()

    text = open_page(cast.owner, pair[0])

    assert "Es geht in einem anderen Ticket weiter" in text
    assert "Überführt" in text


@pytest.mark.parametrize("count", [1, 6])
def test_a_target_costs_the_same_queries_for_one_merged_ticket_and_six(cast, client, django_assert_num_queries, count):
    target = make_ticket(cast.colleague)
    for _number in range(count):
        source = make_ticket(cast.owner)
        answer_ticket(source, cast.agent, now=NOW)
        merge(source, target, by=actor_for(cast.agent), now=NOW)
    client.force_login(cast.owner)
    client.get(f"/tickets/{target.reference}/")

    with django_assert_num_queries(16):
        client.get(f"/tickets/{target.reference}/")


def test_what_was_merged_is_escalated_where_it_went(cast, open_page, pair):
    source, target = pair

    text = open_page(cast.owner, source)

    assert "it is that one that can be escalated" in text
    assert Ticket.objects.get(pk=source.pk).merged_into == target
