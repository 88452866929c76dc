"""Webhooks that are not taken are sent again under their id, once a lease; and nobody waits for another."""

import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from accounts.models import AuditEntry
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.receiver import answer_with, at, listen, posted, receiving
from tickets.actions import webhook_delivery, webhooks
from tickets.actions.webhook_delivery import deliver_webhooks
from tickets.models import Outbox, WebhookEndpoint
from tickets.notifications import outbox, receivers
from tickets.notifications.delivery import deliver_due

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=2)


def deliver_until(end) -> None:
    """Deliver whenever something is due, as the scheduler would, without the waiting in between."""
    now = NOW
    while now < end:
        deliver_webhooks(at(now))
        waiting = Outbox.objects.filter(outbox.PENDING, channel="webhook").order_by("send_at").first()
        if waiting is None:
            return
        paused = WebhookEndpoint.objects.get(pk=waiting.endpoint_id).paused_until
        now = max(waiting.send_at, paused or now, now + timedelta(seconds=1))


# Trying again ------------------------------------------------------------------------------------------------------


def test_what_was_not_taken_is_sent_again_under_the_same_id(cast, endpoint, receiver):
    make_ticket(cast.owner)
    receiver.answer = 503
    assert deliver_webhooks(at(NOW)).failed == 1
    (row,) = posted()
    assert (row.status, row.error, row.sent_at, row.dead_at) == (503, "status: Service Unavailable", None, None)
    assert NOW + timedelta(seconds=22) < row.send_at < NOW + timedelta(seconds=38)
    assert deliver_webhooks(at(NOW)).settled == 0
    receiver.answer = 204

    assert deliver_webhooks(at(SOON)).sent == 1

    assert receiver.ids == [str(row.pk)] * 2
    assert receiver.got[0].body == receiver.got[1].body
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.paused_until) == (0, None, None)


def test_a_kill_between_sending_and_marking_repeats_the_same_id(cast, endpoint, receiver, monkeypatch):
    class Killed(BaseException):
        """What no handler catches: as a process that is gone."""

    def dies(*args, **kwargs):
        raise Killed

    make_ticket(cast.owner)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(outbox, "mark_sent", dies)
        deliver_webhooks(at(NOW))
    assert deliver_webhooks(at(NOW + timedelta(seconds=59))).settled == 0

    assert deliver_webhooks(at(NOW + timedelta(seconds=60))).sent == 1

    assert receiver.ids == [str(posted()[0].pk)] * 2


@pytest.mark.slow
def test_a_receiver_that_is_down_for_a_day_misses_nothing(cast, endpoint, receiver):
    tickets = [make_ticket(cast.owner) for _ in range(3)]
    receiver.answer = 500
    deliver_until(NOW + timedelta(hours=24))
    endpoint.refresh_from_db()
    assert endpoint.is_on
    assert 20 < len(receiver.got) < 45  # three wait, and it is still asked about once an hour
    receiver.answer = 200
    receiver.got.clear()

    for minutes in range(0, 120, 10):
        deliver_webhooks(at(NOW + timedelta(hours=24, minutes=minutes)))

    assert sorted(receiver.ids) == sorted(str(row.pk) for row in posted())
    assert len(tickets) == len(receiver.ids)


@pytest.mark.slow
def test_a_delivery_is_given_up_after_more_than_a_day(cast, endpoint, receiver):
    make_ticket(cast.owner)
    receiver.answer = 500
    deliver_until(NOW + timedelta(hours=48))

    (row,) = posted()
    assert row.attempts == webhook_delivery.MOST_ATTEMPTS
    assert timedelta(hours=24) < row.dead_at - NOW < timedelta(hours=48)


@pytest.mark.slow
def test_an_endpoint_that_fails_for_three_days_is_switched_off_and_its_admins_are_told(cast, endpoint, receiver):
    receiver.answer = 500
    make_ticket(cast.owner)
    deliver_until(NOW + timedelta(hours=30))
    now = NOW + timedelta(hours=71)
    make_ticket(cast.owner, now=now)
    deliver_webhooks(at(now))
    endpoint.refresh_from_db()
    assert endpoint.is_on
    now = NOW + timedelta(hours=73)
    deliver_webhooks(at(now))
    endpoint.refresh_from_db()
    assert endpoint.off == WebhookEndpoint.Off.FAILING
    assert Outbox.objects.filter(outbox.PENDING, channel="webhook").count() == 0
    entry = AuditEntry.objects.get(verb="webhook.switched_off")
    assert (entry.actor, entry.after) == (None, {"off": "failing"})
    Outbox.objects.exclude(endpoint=None).filter(channel="email").update(send_at=now)

    cast.colleague.language = "de"
    cast.colleague.save()
    mail.outbox.clear()
    deliver_due(at(now))

    told = [sent for sent in mail.outbox if "127.0.0.1 " in sent.subject]
    assert [sent.to for sent in told] == [["colleague@example.org"]]
    assert f"/organisation/webhooks/{endpoint.pk}/" in told[0].body
    assert told[0].extra_headers["Message-ID"].endswith("@127.0.0.1>")
    before = len(receiver.got)
    make_ticket(cast.owner, now=now)
    deliver_webhooks(at(now + timedelta(days=1)))
    assert len(receiver.got) == before


def test_nobody_is_told_of_an_endpoint_that_is_on_again_or_who_manages_nothing(cast, endpoint, receiver):
    receiver.answer = 410
    make_ticket(cast.owner)
    deliver_webhooks(at(NOW))
    webhooks.switch_on(endpoint, by=cast.colleague, now=NOW)

    deliver_due(at(NOW))

    assert mail.outbox == []


def test_gone_switches_an_endpoint_off_at_once(cast, endpoint, receiver):
    first, second = make_ticket(cast.owner), make_ticket(cast.owner)
    receiver.answer = 410

    deliver_webhooks(at(NOW))

    endpoint.refresh_from_db()
    assert endpoint.off == WebhookEndpoint.Off.GONE
    assert len(receiver.got) == 1
    assert [row.dead_at for row in posted()] == [NOW, NOW]
    assert {row.error for row in posted()} == {"status: Gone", "switched_off"}
    assert (first.pk, second.pk) == tuple(row.event.ticket_id for row in posted())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(cast, endpoint, receiver, status):
    with receiving() as elsewhere:
        receiver.answer = answer_with(status, {"Location": elsewhere.url})
        make_ticket(cast.owner)

        assert deliver_webhooks(at(NOW)).failed == 1

        assert elsewhere.got == []
    assert posted()[0].status == status


def test_an_answer_without_an_end_is_not_read_to_the_end(cast, endpoint, receiver):
    stopped = threading.Event()

    def endless(request):
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 65536)
        except OSError:
            stopped.set()

    receiver.answer = endless
    make_ticket(cast.owner)
    began = time.monotonic()

    assert deliver_webhooks(at(NOW)).sent == 1

    assert time.monotonic() - began < 5
    assert stopped.wait(5)


@pytest.mark.slow
def test_who_answers_a_byte_at_a_time_is_cut_off(cast, endpoint, receiver, monkeypatch):
    monkeypatch.setattr(receivers, "WHOLE_SECONDS", 1.0)

    def drips(request):
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 100:
            request.wfile.write(bytes([byte]))
            request.wfile.flush()
            time.sleep(0.1)

    receiver.answer = drips
    make_ticket(cast.owner)
    began = time.monotonic()

    assert deliver_webhooks(at(NOW)).failed == 1

    assert time.monotonic() - began < 4
    assert posted()[0].error == "timeout"


@pytest.mark.parametrize(
    ("said", "error"),
    [(b"220 mail.example.org ESMTP\r\n", "unreachable: BadStatusLine"), (b"", "unreachable: RemoteDisconnected")],
)
def test_who_speaks_no_http_has_not_taken_it(cast, endpoint, receiver, said, error):
    def speaks(request):
        request.wfile.write(said)
        request.close_connection = True

    receiver.answer = speaks
    make_ticket(cast.owner)

    assert deliver_webhooks(at(NOW)).failed == 1
    assert posted()[0].error.startswith(error)


def test_one_that_cannot_be_composed_holds_up_no_other(cast, endpoint, receiver, monkeypatch):
    one, other = make_ticket(cast.owner), make_ticket(cast.owner)
    body_of = webhook_delivery.body_of

    def fails_for_one(row, *, now):
        if row.event.ticket_id == one.pk:
            raise ValueError("no such field")
        return body_of(row, now=now)

    monkeypatch.setattr(webhook_delivery, "body_of", fails_for_one)

    result = deliver_webhooks(at(NOW))

    assert (result.sent, result.failed) == (1, 1)
    assert other.reference in receiver.got[0].body.decode()


# Nobody waits for another ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_slow_endpoint_holds_up_neither_other_endpoints_nor_mails(cast, endpoint, receiver):
    let_go = threading.Event()

    def hangs(request):
        let_go.wait(10)
        answer_with(200)(request)

    receiver.answer = hangs
    with receiving() as quick:
        listen(cast.silverline, quick, by=cast.outsider_admin, now=NOW)
        for _ in range(3):
            make_ticket(cast.owner)
            make_ticket(cast.outsider)
        answered_at = []
        quick.answer = lambda request: (answered_at.append(time.monotonic()), answer_with(200)(request))
        threading.Timer(1.5, let_go.set).start()
        began = time.monotonic()

        deliver_webhooks(at(NOW))

        assert len(quick.got) == len(receiver.got) == 3
        assert max(answered_at) - began < 1.4  # all three, before the slow one let go of its first
    claimed = outbox.claim(SOON)
    assert {delivery.channel for delivery in claimed} <= {"email"}


def test_an_endpoint_has_one_delivery_on_its_way_at_a_time(cast, endpoint, receiver):
    for _ in range(3):
        make_ticket(cast.owner)

    first = outbox.claim_webhooks(NOW, limit=8)

    assert len(first) == 1
    assert outbox.claim_webhooks(NOW, limit=8) == []
    outbox.mark_sent(first, now=NOW)
    assert len(outbox.claim_webhooks(NOW, limit=8)) == 1


def test_a_failing_endpoint_is_asked_once_not_once_a_delivery(cast, endpoint, receiver):
    for _ in range(5):
        make_ticket(cast.owner)
    receiver.answer = 500

    deliver_webhooks(at(NOW))
    deliver_webhooks(at(NOW + timedelta(seconds=10)))

    assert len(receiver.got) == 1


def test_a_flood_of_webhooks_takes_no_turn_from_the_mails(cast, endpoint, receiver):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    Outbox.objects.filter(channel="webhook").update(send_at=NOW - timedelta(days=1))

    assert deliver_due(at(SOON)).sent == 1
    assert [sent.to for sent in mail.outbox] == [["owner@example.org"]]


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_deliver_each_once(cast, receiver):
    for organisation, person in ((cast.meridian, cast.colleague), (cast.silverline, cast.outsider_admin)):
        listen(organisation, receiver, by=person, now=NOW)
    for _ in range(6):
        make_ticket(cast.owner)
        make_ticket(cast.outsider)
    most, flying, guard = [0], [0], threading.Lock()

    def slowly(request):
        with guard:
            flying[0] += 1
            most[0] = max(most[0], flying[0])
        time.sleep(0.05)
        with guard:
            flying[0] -= 1
        answer_with(200)(request)

    receiver.answer = slowly
    results = []

    def work():
        try:
            while len(receiver.got) < 12:
                results.append(deliver_webhooks(at(NOW)).sent)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    [worker.start() for worker in workers]
    [worker.join(30) for worker in workers]

    assert sorted(receiver.ids) == sorted(str(row.pk) for row in posted())
    assert len(set(receiver.ids)) == sum(results) == 12
    assert most[0] <= 2  # two endpoints, one delivery each


@pytest.mark.parametrize("tickets", [1, 3])
def test_nothing_is_asked_of_webhooks_while_nothing_waits(cast, receiver, tickets, django_assert_num_queries):
    listen(cast.meridian, receiver, by=cast.colleague, now=NOW)
    for _ in range(tickets):
        make_ticket(cast.owner)
    deliver_webhooks(at(NOW))

    with django_assert_num_queries(1):
        deliver_webhooks(at(NOW))
