"""Merging at the desk: the preview tells what will happen, the merge does it, undoing takes it back; and links."""

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.admin.conftest import page_of
from tests.tickets.escalating import ask
from tickets.actions.conversation import add_note, post_message
from tickets.actions.linking import link
from tickets.actions.merging import merge
from tickets.models import Ticket, TicketEvent, TicketLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast):
    """Another ticket of Meridian's, that the colleague filed."""
    return make_ticket(cast.colleague, subject="No webhooks since noon")


def preview(desk, ticket, into):
    return desk.get(f"/admin/desk/{ticket.reference}/merge/", {"into": into})


def test_the_page_offers_what_it_may_go_into_and_nothing_else(desk, cast, ticket, other):
    make_ticket(cast.outsider, subject="Silverline's")
    make_ticket(cast.owner, client=str(cast.nordlicht.pk), subject="For Nordlicht")
    answer_ticket(make_ticket(cast.owner, subject="Done"), cast.agent, now=NOW, then="resolved")
    Ticket.objects.filter(subject="Done").update(status="closed")

    offered = desk.get(f"/admin/desk/{ticket.reference}/merge/").context["candidates"]

    assert [one["reference"] for one in offered] == [other.reference]


def test_the_preview_says_what_becomes_of_people_messages_promise_timers_and_escalation(desk, cast, ticket, other):
    post_message(ticket, "Any news?", by=actor_for(cast.colleague), now=NOW)
    add_note(ticket, "Same fault.", by=actor_for(cast.agent), now=NOW)
    ask(ticket, cast.owner)

    page = preview(desk, ticket, other.reference.lower())

    told = page.context["preview"]
    assert (told["people"], told["following"]) == ("Ana Prado", 1)
    assert told["said"] == "The description, 1 message and 1 internal note"
    assert told["promise"].endswith("it ends as void and stays in the record.")
    assert told["timers"] > 3
    assert told["lapses"]
    ticket.refresh_from_db()
    assert ticket.merged_into is None


@pytest.mark.parametrize(
    ("into", "why"),
    [
        ("TK-222222", "No ticket has this reference."),
        ("", "Name the ticket by its reference."),
        ("itself", "A ticket can&#x27;t be merged into itself."),
        ("theirs", "They belong to different organisations"),
    ],
)
def test_a_wrong_target_is_refused_at_the_field_with_what_was_typed(desk, cast, ticket, into, why):
    named = {"itself": ticket.reference, "theirs": make_ticket(cast.outsider).reference}
    into = named.get(into, into)

    for page in (preview(desk, ticket, into), desk.post(f"/admin/desk/{ticket.reference}/merge/", {"into": into})):
        assert page.status_code == 409
        text = page.content.decode()
        assert why in text
        assert f'value="{into}"' in text or not into
    ticket.refresh_from_db()
    assert ticket.merged_into is None


def test_merging_leads_to_the_target_which_shows_what_was_said(desk, post, cast, ticket, other):
    add_note(ticket, "An internal word", by=actor_for(cast.agent), now=NOW)

    answer = post(ticket, "merge", into=other.reference, reason="One fault, one ticket.")

    ticket.refresh_from_db()
    assert answer.url == f"/admin/desk/{other.reference}/"
    assert ticket.merged_into == other
    page = page_of(desk, other)
    assert f"Merged into this: {ticket.reference}" in page
    assert "An internal word" in page
    own = page_of(desk, ticket)
    assert f'Merged into <a class="link" href="/admin/desk/{other.reference}/">' in own
    assert "One fault, one ticket." in own
    assert "Reclassify" not in own


def test_merging_over_an_unseen_change_shows_the_preview_again(desk, post, cast, ticket, other):
    version = ticket.version
    add_note(ticket, "Not the same!", by=actor_for(cast.second_agent), now=NOW)

    form = {"into": other.reference, "reason": "One fault.", "version": version}
    answer = desk.post(f"/admin/desk/{ticket.reference}/merge/", form)

    assert answer.status_code == 409
    assert "The ticket changed while you were writing" in answer.content.decode()
    assert "One fault." in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.merged_into is None


def test_the_merged_ticket_s_page_undoes_it(desk, post, cast, ticket, other):
    post(ticket, "merge", into=other.reference)
    assert "Undo the merge" in page_of(desk, ticket)

    answer = post(ticket, "merge/undo")

    ticket.refresh_from_db()
    assert answer.status_code == 302
    assert (ticket.status, ticket.merged_into) == ("new", None)
    assert "Merged into this" not in page_of(desk, other)


def test_what_can_not_be_undone_says_why(desk, post, cast, ticket, other):
    post(ticket, "merge", into=other.reference)
    Ticket.objects.filter(pk=other.pk).update(status="closed")

    assert "has ended, so the merge stays" in page_of(desk, ticket)
    assert "Undo the merge" not in page_of(desk, ticket)
    refused = post(ticket, "merge/undo")
    assert refused.status_code == 409
    ticket.refresh_from_db()
    assert ticket.merged_into == other


# Links


def test_linking_shows_both_on_each_other_s_page_with_an_event_each(desk, post, cast, ticket):
    theirs = make_ticket(cast.outsider, subject="The same at Silverline")

    answer = post(ticket, "link", other=theirs.reference.lower(), do="link")

    assert answer.status_code == 302
    assert theirs.reference in page_of(desk, ticket)
    assert ticket.reference in page_of(desk, theirs)
    events = TicketEvent.objects.filter(kind="linked").order_by("pk")
    assert {(one.ticket_id, one.payload["reference"], one.is_public) for one in events} == {
        (ticket.pk, theirs.reference, False),
        (theirs.pk, ticket.reference, False),
    }


def test_linking_twice_and_from_both_sides_is_one_link(post, cast, ticket, other):
    post(ticket, "link", other=other.reference, do="link")
    post(other, "link", other=ticket.reference, do="link")

    assert TicketLink.objects.count() == 1
    assert TicketEvent.objects.filter(kind="linked").count() == 2


def test_a_link_is_taken_away_from_either_side(post, cast, ticket, other):
    post(ticket, "link", other=other.reference, do="link")

    post(other, "link", other=ticket.reference, do="unlink")

    assert not TicketLink.objects.exists()
    assert TicketEvent.objects.filter(kind="unlinked").count() == 2


@pytest.mark.parametrize(
    ("named", "status", "why"),
    [("TK-222222", 400, "No ticket has this reference."), ("itself", 409, "can&#x27;t be linked with itself")],
)
def test_a_link_to_nothing_says_so_and_keeps_what_was_typed(post, ticket, named, status, why):
    named = ticket.reference if named == "itself" else named

    page = post(ticket, "link", other=named, do="link")

    assert page.status_code == status
    assert why in page.content.decode()
    assert f'name="other" value="{named}"' in page.content.decode()


@pytest.mark.parametrize("count", [1, 8])
def test_a_ticket_with_merged_and_linked_ones_takes_as_many_queries_for_more(
    desk, cast, ticket, count, django_assert_num_queries
):
    by = actor_for(cast.agent)
    for _number in range(count):
        merged = make_ticket(cast.owner)
        add_note(merged, "Note", by=by, now=NOW)
        merge(merged, ticket, by=by, now=NOW)
        link(ticket, make_ticket(cast.outsider), by=by, now=NOW)
    page_of(desk, ticket)

    with django_assert_num_queries(14):
        page_of(desk, ticket)
