"""Webhooks from the event to the receiver: what is posted, signed how, and only while it may be seen."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from accounts.actions.credentials import issue_token
from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.receiver import at, listen, posted, receiving
from tickets.actions import conversation, following, triage, webhooks
from tickets.actions.webhook_delivery import deliver_webhooks
from tickets.models import Outbox, WebhookEndpoint

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=2)


# What is sent ------------------------------------------------------------------------------------------------------


def test_an_event_is_posted_signed_with_the_facts_of_the_api(cast, receiver):
    now = timezone.now()
    _made, secret = listen(cast.meridian, receiver, by=cast.colleague, now=now, path="?team=7")
    ticket = make_ticket(cast.owner, now=now)
    message = answer_ticket(ticket, cast.agent, now=now, body="The **limit** resets at noon.")
    triage.wait_for_partner(ticket, by=actor_for(cast.agent), now=now)

    assert deliver_webhooks(timezone.now).sent == len(receiver.got) == 3

    filed, answered, _waits = (one.verified(secret) for one in receiver.got)
    row = posted()[1]
    assert receiver.got[1].path == "/hook?team=7"
    assert receiver.got[1].id == str(row.pk)
    assert (row.status, row.attempts, row.sent_at is not None) == (200, 1, True)
    assert answered["type"] == "ticket.message"
    assert answered["timestamp"] == now.isoformat()
    assert answered["data"]["ticket"]["reference"] == ticket.reference
    assert answered["data"]["ticket"]["status"] == "waiting_partner"  # as it stands when it leaves
    assert answered["data"]["message"]["body"] == "The **limit** resets at noon."
    assert answered["data"]["message"]["author_role"] == "support"
    assert answered["data"]["message"]["id"] == message.pk
    assert answered["data"]["event"] == {
        "id": row.event_id,
        "kind": "message",
        "at": now.isoformat(),
        "text": "Lena Fischer wrote",
        "reason": "",
        "seq": 2,
    }
    assert filed["data"]["event"]["kind"] == "filed"
    assert "message" not in filed["data"]


def test_the_same_event_reads_alike_through_the_api(cast, endpoint, receiver, client):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    _token, secret = issue_token(user=None, organisation=cast.meridian, name="t", by=None, now=timezone.now())
    deliver_webhooks(at(NOW))

    through_api = client.get(
        f"/api/v1/tickets/{ticket.reference}/events/", headers={"authorization": f"Bearer {secret}"}
    ).json()["results"]

    posted = [json.loads(one.body)["data"]["event"] for one in receiver.got]
    assert [{key: one[key] for key in through_api[0]} for one in posted] == through_api


def test_an_internal_note_leaves_no_trace_not_even_a_gap(cast, endpoint, receiver):
    ticket = make_ticket(cast.owner)
    conversation.add_note(ticket, "The client is late with paying.", by=actor_for(cast.lead), now=NOW)
    triage.assign(ticket, cast.agent, by=actor_for(cast.lead), now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW)

    deliver_webhooks(at(NOW))

    bodies = [one.body.decode() for one in receiver.got]
    assert ['"kind":"filed"' in bodies[0], '"kind":"message"' in bodies[1], len(bodies)] == [True, True, 2]
    assert ['"seq":1' in bodies[0], '"seq":2' in bodies[1]] == [True, True]
    assert not any("late with paying" in body for body in bodies)


def test_only_the_chosen_events_are_sent(cast, receiver):
    listen(cast.meridian, receiver, by=cast.colleague, now=NOW, groups=["messages"])
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)

    deliver_webhooks(at(NOW))

    assert [row.event.kind for row in posted()] == ["message"]
    assert len(receiver.got) == 1


def test_a_receiver_that_checks_refuses_what_was_changed_on_the_way(cast, receiver):
    now = timezone.now()
    _made, secret = listen(cast.meridian, receiver, by=cast.colleague, now=now)
    make_ticket(cast.owner, now=now)
    deliver_webhooks(timezone.now)
    (got,) = receiver.got

    got.body += b" "

    with pytest.raises(WebhookVerificationError):
        got.verified(secret)


def test_while_a_secret_is_replaced_both_sign_and_then_the_new_one_alone(cast, receiver):
    now = timezone.now()
    made, old = listen(cast.meridian, receiver, by=cast.colleague, now=now)
    _made, new = webhooks.replace_secret(made, by=cast.colleague, now=now)
    with pytest.raises(webhooks.BothSign):
        webhooks.replace_secret(made, by=cast.colleague, now=now)
    make_ticket(cast.owner, now=now)
    deliver_webhooks(timezone.now)
    assert receiver.got[0].verified(old) == receiver.got[0].verified(new)

    webhooks.end_old_secret(made, by=cast.colleague, now=now)
    make_ticket(cast.owner, now=now)
    deliver_webhooks(timezone.now)

    assert receiver.got[1].verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.got[1].verified(old)


def test_an_old_secret_stops_signing_by_itself(cast, receiver):
    now = timezone.now()
    made, old = listen(cast.meridian, receiver, by=cast.colleague, now=now)
    webhooks.replace_secret(made, by=cast.colleague, now=now)
    later = now + webhooks.BOTH_SIGN
    make_ticket(cast.owner, now=now)

    deliver_webhooks(at(later))

    with time_machine.travel(later), pytest.raises(WebhookVerificationError):
        receiver.got[0].verified(old)


# Who may see it ----------------------------------------------------------------------------------------------------


def test_a_partner_hears_of_its_clients_tickets_and_nobody_else_does(cast, receiver):
    listen(cast.meridian, receiver, by=cast.colleague, now=NOW, path="?of=meridian")
    listen(cast.silverline, receiver, by=cast.outsider_admin, now=NOW, path="?of=silverline")
    listen(cast.azul, receiver, by=cast.colleague, now=NOW, path="?of=azul")
    make_ticket(cast.nordlicht_member)

    deliver_webhooks(at(NOW))

    assert [one.path for one in receiver.got] == ["/hook?of=meridian"]


def test_what_is_confidential_from_the_partner_is_not_posted_to_it(cast, receiver):
    listen(cast.meridian, receiver, by=cast.colleague, now=NOW, path="?of=meridian")
    listen(cast.nordlicht, receiver, by=cast.nordlicht_admin, now=NOW, path="?of=nordlicht")
    ticket = make_ticket(cast.nordlicht_member, "changing_partners")
    assert ticket.is_confidential

    deliver_webhooks(at(NOW))

    assert [one.path for one in receiver.got] == ["/hook?of=nordlicht"]


def test_a_client_hears_from_the_moment_at_which_a_ticket_is_shared(cast, receiver):
    listen(cast.nordlicht, receiver, by=cast.nordlicht_admin, now=NOW)
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))
    answer_ticket(ticket, cast.agent, now=NOW)
    following.share(ticket, True, by=actor_for(cast.owner), now=NOW)

    deliver_webhooks(at(NOW))

    assert [row.event.kind for row in posted()] == ["shared"]
    assert len(receiver.got) == 1


def test_what_may_not_be_seen_any_more_when_it_leaves_is_not_sent(cast, receiver):
    listen(cast.meridian, receiver, by=cast.colleague, now=NOW)
    make_ticket(cast.nordlicht_member)
    cast.nordlicht.partner = cast.silverline  # the client moves, and takes its tickets along
    cast.nordlicht.save()

    result = deliver_webhooks(at(NOW))

    assert (result.sent, result.withheld) == (0, 1)
    assert receiver.got == []
    assert [(row.error, row.dead_at) for row in posted()] == [("not_allowed", NOW)]


def test_unsharing_a_ticket_is_the_last_thing_that_is_not_told(cast, receiver):
    listen(cast.nordlicht, receiver, by=cast.nordlicht_admin, now=NOW)
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))
    following.share(ticket, True, by=actor_for(cast.owner), now=NOW)
    deliver_webhooks(at(NOW))
    following.share(ticket, False, by=actor_for(cast.owner), now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW)

    deliver_webhooks(at(NOW))

    assert len(receiver.got) == 1


# A receiver that means harm ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status_line", [b"HTTP/1.1 500 a\0b", b"a\0b", b"HTTP/1.1 500 \xed\xa0\x80", b"HTTP/1.1 a\0b"])
def test_no_answer_of_one_receiver_keeps_the_others_from_theirs(cast, receiver, status_line):
    with receiving() as hostile:
        hostile.answer = lambda request: request.wfile.write(status_line + b"\r\n\r\n")
        harmful, _secret = listen(cast.silverline, hostile, by=cast.outsider_admin, now=NOW)
        listen(cast.meridian, receiver, by=cast.colleague, now=NOW)
        make_ticket(cast.outsider)
        make_ticket(cast.owner)
        make_ticket(cast.owner)

        result = deliver_webhooks(at(NOW))

    assert (result.sent, result.failed) == (2, 1)
    assert WebhookEndpoint.objects.get(pk=harmful.pk).failures == 1
    assert "\0" not in Outbox.objects.get(endpoint=harmful).error
