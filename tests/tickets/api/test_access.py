"""Who may reach what through the API: every route, by outsiders, by readers, by nobody."""

import pytest
from django.test import Client

from accounts.policy.scopes import READ
from tests.instants import NOW
from tests.tickets.api.calling import V1, ticket_body
from tests.tickets.escalating import make_ticket
from tickets.actions import escalations
from tickets.models import Escalation, Ticket

OF_A_TICKET = ["", "messages/", "attachments/", "events/", "escalations/"]
POSTS = {
    "messages/": {"body": "Any news?"},
    "complete/": {"fields": {"waba_id": "104996122399161"}},
    "resolve/": {},
    "reopen/": {},
    "withdraw/": {},
    "got-worse/": {"impact": "halted", "workaround": False, "reason": "It stopped."},
    "escalations/": {"cause": "late", "reason": "It stopped."},
}
OPEN_TO_ALL = ["support-hours/"]
FOR_TOKENS = ["topics/", "topics/other/", "tickets/", "escalations/", "organisations/me/"]


@pytest.fixture
def ticket(cast):
    return make_ticket(cast.meridian)


@pytest.mark.parametrize("who", ["outsider", "azul_member", "nordlicht_admin", "direct_member", "other_growth"])
@pytest.mark.parametrize("address", OF_A_TICKET)
def test_a_ticket_of_others_is_not_found(call_as, cast, ticket, who, address):
    response = call_as(getattr(cast, who)).get(f"tickets/{ticket.reference}/{address}")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("address", POSTS)
def test_what_is_sent_to_a_ticket_of_others_finds_none(call_as, cast, ticket, address):
    outsider = call_as(cast.outsider)

    response = outsider.post(f"tickets/{ticket.reference}/{address}", POSTS[address])
    nowhere = outsider.post(f"tickets/TK-222222/{address}", POSTS[address])

    assert response.status_code == 404
    assert response.json() == nowhere.json()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.version) == ("new", 1)


def test_an_upload_to_a_ticket_of_others_finds_none(call_as, cast, ticket, png):
    assert call_as(cast.outsider).upload(f"tickets/{ticket.reference}/attachments/", png()).status_code == 404


def test_a_file_of_others_is_not_found(api, call_as, cast, png):
    staged = api.upload("attachments/", png()).json()["id"]

    assert call_as(cast.outsider).get(f"attachments/{staged}/").status_code == 404
    assert api.get(f"attachments/{staged}/").status_code == 200


def test_an_escalation_of_others_is_not_found(call_as, cast, ticket):
    made = ask(ticket, cast)
    outsider = call_as(cast.outsider)

    for step in ("escalate", "decline", "withdraw", "acknowledge", "conclude"):
        assert outsider.post(f"tickets/{ticket.reference}/escalations/{made.pk}/{step}/").status_code == 404
    assert outsider.get("escalations/").json()["results"] == []
    assert Escalation.objects.get().state == "asked"


def test_lists_hold_only_what_may_be_seen(call_as, cast, ticket):
    own = make_ticket(cast.silverline)
    confidential = make_ticket(cast.hafen, is_confidential=True)

    def seen(who):
        return [one["reference"] for one in call_as(who).get("tickets/").json()["results"]]

    assert seen(cast.outsider) == [own.reference]
    assert seen(cast.hafen_member) == [confidential.reference]
    assert seen(cast.growth) == [ticket.reference]
    assert set(seen(cast.deputy)) == {own.reference, ticket.reference}
    assert set(seen(cast.agent)) == {ticket.reference, own.reference, confidential.reference}
    assert seen(cast.other_growth) == []
    assert seen(cast.silverline) == [own.reference]


@pytest.mark.parametrize("address", FOR_TOKENS)
def test_nothing_but_the_hours_is_for_nobody(cast, address):
    response = Client().get(V1 + address)

    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("address", OPEN_TO_ALL)
def test_hours_are_public_and_look_at_no_token(cast, address):
    assert Client(headers={"Authorization": "Bearer nonsense"}).get(V1 + address).status_code == 200


def test_the_session_of_the_portal_opens_nothing(cast, client):
    client.force_login(cast.owner)

    assert client.get(f"{V1}tickets/").status_code == 401


def test_a_token_that_reads_may_preview_but_not_file(call_as, cast, policy):
    reader = call_as(cast.owner, scopes=(READ,))
    body = ticket_body(policy.policy)
    preview = {name: body[name] for name in ("topic", "impact", "workaround", "environment")}

    assert reader.post("promise/", preview).status_code == 200
    refused = reader.post("tickets/", body)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("who", ["agent", "lead", "administrator", "growth", "other_growth"])
def test_who_belongs_to_no_organisation_files_nothing(call_as, cast, policy, who):
    response = call_as(getattr(cast, who)).post("tickets/", ticket_body(policy.policy))

    assert (response.status_code, response.json()["code"]) == (403, "files_for_nobody")


def test_what_may_be_seen_but_not_done_is_forbidden(call_as, cast, ticket):
    manager, agent = call_as(cast.growth), call_as(cast.agent)

    assert manager.post(f"tickets/{ticket.reference}/resolve/").status_code == 403
    assert manager.post(f"tickets/{ticket.reference}/withdraw/").status_code == 403
    assert agent.post(f"tickets/{ticket.reference}/withdraw/").json()["code"] == "partner_only"
    assert agent.post(f"tickets/{ticket.reference}/got-worse/", POSTS["got-worse/"]).status_code == 403


def test_a_clients_member_sees_what_is_shared_and_answers(call_as, cast):
    hidden = make_ticket(cast.meridian, client=cast.nordlicht)
    shared = make_ticket(cast.meridian, client=cast.nordlicht, is_shared=True)
    member = call_as(cast.nordlicht_member)

    assert [one["reference"] for one in member.get("tickets/").json()["results"]] == [shared.reference]
    assert member.post(f"tickets/{shared.reference}/messages/", {"body": "It works."}).status_code == 201
    assert member.post(f"tickets/{hidden.reference}/messages/", {"body": "It works."}).status_code == 404


def ask(ticket, cast):
    from accounts.actor import actor_for

    return escalations.ask(ticket, cause="late", reason="It is late.", by=actor_for(cast.owner), now=NOW)
