"""A search finds the newest of the tickets that hold all its words, and never by what its reader may not read."""

from datetime import timedelta

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, make_ticket
from tests.tickets.escalating import ask
from tickets.actions import escalations
from tickets.actions.conversation import add_note, post_message
from tickets.actions.finding import MOST, find_by
from tickets.models import Ticket, TicketWords
from tickets.queries import searching
from tickets.queries.searching import holding, newest_of

pytestmark = pytest.mark.django_db


def found(text: str, *, size: int = 10, with_internal: bool = True, after=None) -> list[int]:
    tickets = Ticket.objects.filter(holding(text, with_internal=with_internal))
    return newest_of(tickets, holding(text, with_internal=with_internal, at=""), size, after=after)


@pytest.fixture
def tickets(cast):
    """Return five tickets, the newest activity first; all but one say "lisbon"."""
    made = [
        make_ticket(cast.owner, now=NOW - timedelta(hours=hours), description=f"The {place} relay is slow.")
        for hours, place in enumerate(["lisbon", "lisbon", "porto", "lisbon", "lisbon"])
    ]
    return [ticket.pk for ticket in made]


# Few newest and few found: read from the newest, sorted from the index of words, left to the database.
@pytest.mark.parametrize(("newest", "few"), [(100, 100), (1, 100), (1, 1)])
def test_the_newest_come_first_page_by_page_whichever_way_they_are_found(tickets, monkeypatch, newest, few):
    monkeypatch.setattr(searching, "NEWEST", newest)
    monkeypatch.setattr(searching, "FEW", few)
    lisbon = [pk for place, pk in enumerate(tickets) if place != 2]

    assert found("lisbon relay") == lisbon
    assert found("lisbon relay", size=2) == lisbon[:2]
    last = Ticket.objects.get(pk=lisbon[1])
    assert found("lisbon relay", size=2, after=(last.activity_at, last.pk)) == lisbon[2:]
    assert found("relay porto") == [tickets[2]]
    assert found("relay lisbon porto") == []


def test_words_of_a_note_and_of_the_ticket_are_found_together_by_support_alone(cast):
    ticket = make_ticket(cast.owner, description="The gateway is slow.")
    add_note(ticket, "Ask Zanzibar, +49 40 7654321", by=actor_for(cast.agent), now=NOW)

    for text in ("gateway zanzibar", "zanz", "7654321", "040 7654321"):
        assert found(text) == [ticket.pk]
        assert found(text, with_internal=False) == []
    assert found("gateway", with_internal=False) == [ticket.pk]


def test_support_alone_finds_a_ticket_by_what_was_written_about_its_escalations(client, cast):
    """A client's people see the ticket and not these texts, so that no search of the portal looks at them."""
    ticket = make_ticket(cast.nordlicht_member)
    declined = ask(ticket, cast.owner, reason="The Zanzibar branch stands still, +49 40 7654321.")
    escalations.decline(declined, reason="Ask Quillon first.", by=actor_for(cast.growth), now=NOW)
    escalated = escalations.escalate(ask(ticket, cast.owner), by=actor_for(cast.growth), now=NOW)
    escalations.acknowledge(escalated, by=actor_for(cast.lead), now=NOW)
    escalations.conclude(escalated, outcome="Rerouted through Ypsilanti.", by=actor_for(cast.lead), now=NOW)

    for text in ("zanzibar", "7654321", "quillon", "ypsilanti"):
        client.force_login(cast.agent)
        rows = client.get("/admin/desk/", {"q": text}).context["rows"]
        assert [row["reference"] for row in rows] == [ticket.reference]
        for person in (cast.owner, cast.growth, cast.nordlicht_member, cast.nordlicht_admin, cast.outsider):
            client.force_login(person)
            assert ticket.reference not in client.get("/", {"q": text}).content.decode()
    client.force_login(cast.nordlicht_member)
    assert "anzibar" not in client.get(f"/tickets/{ticket.reference}/").content.decode()


@pytest.mark.parametrize(
    "typed", ["a'b", "gate:*", "!(gate & way)", "gate <-> way", "\\", "'; DROP TABLE x; --", "x" * 9_000]
)
def test_whatever_is_typed_is_a_word_or_nothing(cast, typed):
    make_ticket(cast.owner)

    assert found(typed) == []


def test_what_was_said_again_changes_nothing(cast):
    ticket = make_ticket(cast.owner)
    agent = actor_for(cast.agent)
    post_message(ticket, "The relay is slow", by=agent, now=NOW)
    before = TicketWords.objects.get(pk=ticket.pk).public

    post_message(ticket, "Slow is the RELAY", by=agent, now=NOW)

    assert TicketWords.objects.get(pk=ticket.pk).public == before


def test_more_words_than_are_kept_are_left_out_and_the_message_is_said(cast):
    ticket = make_ticket(cast.owner)
    for block in range(5):
        find_by(ticket, " ".join(f"w{'abcdefghij'[block]}{'x' * 40}{_letters(one)}" for one in range(1_000)))

    kept = TicketWords.objects.get(pk=ticket.pk).public
    assert MOST - 100 < len(kept) <= MOST
    assert found(f"wa{'x' * 40}{_letters(0)}") == [ticket.pk]


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")
