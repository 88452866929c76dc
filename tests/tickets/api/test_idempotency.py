"""A POST of the API that is sent again with its key happens once."""

import pytest

from tests.tickets.api.calling import ticket_body
from tests.tickets.escalating import make_ticket
from tickets.models import Attachment, Escalation, Message, Ticket, TicketEvent


def test_a_ticket_is_filed_once(api, policy):
    body = ticket_body(policy.policy)

    first = api.post("tickets/", body, Idempotency_Key="filing-1")
    again = api.post("tickets/", body, Idempotency_Key="filing-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again["Location"], again["ETag"], again["Idempotent-Replayed"]) == (
        first["Location"],
        first["ETag"],
        "true",
    )
    assert Ticket.objects.count() == 1


def test_a_key_does_not_stand_for_another_ticket(api, policy):
    api.post("tickets/", ticket_body(policy.policy), Idempotency_Key="filing-1")

    other = api.post("tickets/", ticket_body(policy.policy, subject="Another one"), Idempotency_Key="filing-1")

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Ticket.objects.count() == 1


def test_a_refused_ticket_may_use_its_key_once_it_is_right(api, policy):
    refused = api.post("tickets/", ticket_body(policy.policy, subject=None), Idempotency_Key="filing-1")
    filed = api.post("tickets/", ticket_body(policy.policy), Idempotency_Key="filing-1")

    assert (refused.status_code, filed.status_code) == (400, 201)


def test_keys_are_of_one_token(api, call_as, cast, policy):
    body = ticket_body(policy.policy)
    api.post("tickets/", body, Idempotency_Key="filing-1")
    call_as(cast.colleague).post("tickets/", body, Idempotency_Key="filing-1")

    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    ("address", "body", "rows"),
    [
        ("messages/", {"body": "Any news?"}, Message.objects),
        ("escalations/", {"cause": "late", "reason": "It is late."}, Escalation.objects),
        ("resolve/", {}, TicketEvent.objects),
        ("withdraw/", {}, TicketEvent.objects),
    ],
)
def test_every_post_of_a_ticket_happens_once(api, cast, address, body, rows):
    path = f"tickets/{make_ticket(cast.meridian).reference}/{address}"

    first = api.post(path, body, Idempotency_Key="once")
    again = api.post(path, body, Idempotency_Key="once")

    assert first.status_code in (200, 201)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert rows.count() == 1


def test_an_upload_happens_once(api, png):
    answers = [
        api.client.post("/api/v1/attachments/", {"file": png()}, headers={"Idempotency-Key": "picture"}).json()
        for _time in range(2)
    ]

    assert answers[0] == answers[1]
    assert Attachment.objects.count() == 1
