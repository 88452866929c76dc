"""Two at a ticket at once lose nothing; and nobody but support reaches the desk."""

from datetime import timedelta

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket
from tests.tickets.admin.conftest import seen
from tickets.actions.firing import fire_due
from tickets.actions.triage import assign
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
BACK = {"field": "description", "reason_description": "Say since when, and on which number."}


def test_an_answer_over_an_unseen_one_shows_both_and_loses_neither(desk, cast, ticket):
    before = seen(ticket)
    answer_ticket(ticket, cast.second_agent, now=NOW, body="It was the relay.")

    answer = desk.post(
        f"/admin/desk/{ticket.reference}/message/",
        {**before, "kind": "answer", "body": "It is the gateway.", "then": "resolved"},
    )
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "It was the relay." in page
    assert "is-unseen" in page
    assert (answer.context["body"], answer.context["then"]) == ("It is the gateway.", "resolved")
    assert Message.objects.filter(ticket=ticket).count() == 1
    again = desk.post(
        f"/admin/desk/{ticket.reference}/message/", {**seen(ticket), "kind": "answer", "body": "It is the gateway."}
    )
    assert again.status_code == 302
    assert Message.objects.filter(ticket=ticket).count() == 2


@pytest.mark.parametrize(
    ("act", "fields", "dialog"),
    [
        ("assign", {"assignee": "me"}, ""),
        ("send-back", BACK, "send_back"),
        ("reclassify", {"severity": "critical", "cause": "corrected", "reason": "Closed."}, "reclassify"),
        ("topic", {"topic": "messaging_delays", "reason": "Delays."}, "topic"),
    ],
)
def test_what_was_decided_over_an_unseen_change_is_not_done(desk, cast, ticket, act, fields, dialog):
    before = seen(ticket)
    assign(ticket, cast.second_agent, by=actor_for(cast.second_agent), now=NOW)
    version = Ticket.objects.get(pk=ticket.pk).version

    answer = desk.post(f"/admin/desk/{ticket.reference}/{act}/", {**before, **fields})

    assert (answer.status_code, answer.context["opened"]) == (409, dialog)
    assert Ticket.objects.get(pk=ticket.pk).version == version
    assert "Ravi Menon took it" in answer.content.decode()


def test_a_note_contradicts_nobody_and_is_never_stale(desk, cast, ticket):
    before = seen(ticket)
    answer_ticket(ticket, cast.second_agent, now=NOW)

    answer = desk.post(f"/admin/desk/{ticket.reference}/message/", {**before, "kind": "note", "body": "Call them"})

    assert answer.status_code == 302


def test_what_the_portal_does_by_itself_makes_no_answer_stale(desk, cast, clock, ticket):
    before = seen(ticket)
    clock.now = ticket.promise.close_at
    fire_due(clock.now)
    ticket.refresh_from_db()
    assert ticket.version > before["version"]

    answer = desk.post(f"/admin/desk/{ticket.reference}/message/", {**before, "kind": "answer", "body": "Restart it."})

    assert answer.status_code == 302


def test_who_else_has_it_open_and_what_happened_is_said(desk, client, cast, ticket):
    address = f"/admin/desk/{ticket.reference}/live/"
    version = seen(ticket)
    desk.force_login(cast.second_agent)
    desk.get(address, {"seen": version["seen"], "writing": "1"})
    answer_ticket(ticket, cast.second_agent, now=NOW)
    desk.force_login(cast.agent)

    page = desk.get(address, {"seen": version["seen"]}).content.decode()

    assert "Ravi Menon is writing" in page
    assert "Ravi Menon wrote" in page


def test_presence_ends_soon_after_the_page_is_closed(desk, cast, clock, ticket):
    address = f"/admin/desk/{ticket.reference}/live/"
    desk.force_login(cast.second_agent)
    desk.get(address)
    clock.now = NOW + timedelta(minutes=1)
    desk.force_login(cast.agent)

    assert "Ravi Menon" not in desk.get(address).content.decode()


# Who gets in ---------------------------------------------------------------------------------------------------------


ACTS = [
    "acknowledge", "assign", "close", "conclude", "draft", "files", "message", "platform", "reclassify", "reopen",
    "resolve", "send-back", "take_up", "topic", "wait",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("act", ["", *ACTS])
@pytest.mark.parametrize(("who", "status"), [("", 302), ("owner", 404), ("growth", 404), ("outsider", 404)])
def test_nobody_but_support_reaches_a_ticket_of_the_desk(client, cast, clock, ticket, who, status, act):
    if who:
        client.force_login(getattr(cast, who))
    version = seen(ticket)
    address = f"/admin/desk/{ticket.reference}/{act}/" if act else f"/admin/desk/{ticket.reference}/"

    answer = client.post(address, {**version, "kind": "answer", "body": "x"}) if act else client.get(address)

    assert answer.status_code == status
    assert seen(ticket) == version


@pytest.mark.parametrize("act", ACTS)
def test_an_action_is_never_a_get(desk, ticket, act):
    assert desk.get(f"/admin/desk/{ticket.reference}/{act}/").status_code == 405


def test_an_unknown_ticket_is_not_found(desk, cast):
    assert desk.get("/admin/desk/TK-NOTHERE/").status_code == 404
