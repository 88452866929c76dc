"""The outbox: written with the event, sent at least once under one id, joined into digests, never given up early."""

import smtplib
from datetime import timedelta
from itertools import count

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions import conversation, following, triage
from tickets.actions.firing import fire_due
from tickets.models import Outbox, TicketEvent
from tickets.notifications import delivery, outbox
from tickets.notifications.delivery import NOT_ALLOWED, deliver_due

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=2)


def at(instant):
    return lambda: instant


def rows(kind: str) -> list[Outbox]:
    return list(Outbox.objects.filter(event__kind=kind).order_by("recipient"))


class Down(EmailBackend):
    """A mail server that does not answer."""

    def open(self):
        raise ConnectionRefusedError("nobody listens")


class Refusing(EmailBackend):
    """A mail server that takes no mail; `codes` says why."""

    code = 550

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (self.code, b"no such mailbox")})


class Busy(Refusing):
    code = 451


# Writing -----------------------------------------------------------------------------------------------------------


def test_a_delivery_is_written_with_its_event_or_not_at_all(cast):
    ticket = make_ticket(cast.owner)

    with pytest.raises(RuntimeError), transaction.atomic():
        answer_ticket(ticket, cast.agent, now=NOW)
        assert rows("message")
        raise RuntimeError

    assert rows("message") == []


def test_enqueueing_an_event_again_tells_nobody_twice(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    event = TicketEvent.objects.get(kind="message")

    outbox.enqueue(event, ticket=event.ticket)

    assert [row.recipient for row in rows("message")] == ["owner@example.org"]


def test_what_is_urgent_leaves_at_once_and_the_rest_waits_for_a_digest(cast):
    ticket = make_ticket(cast.owner)
    due_at = ticket.promise.due_at
    fire_due(due_at)
    answer_ticket(ticket, cast.agent, now=due_at)

    assert [(row.is_urgent, row.send_at) for row in rows("promise_missed")] == [(True, due_at)] * 3
    assert [(row.is_urgent, row.send_at) for row in rows("message")] == [(False, due_at + timedelta(seconds=60))]


def test_an_address_that_became_anothers_makes_no_common_digest(cast):
    ticket, others = make_ticket(cast.owner), make_ticket(cast.outsider)
    answer_ticket(ticket, cast.agent, now=NOW)
    cast.owner.email, cast.outsider.email = "ana@example.org", "owner@example.org"
    cast.owner.save()
    cast.outsider.save()
    answer_ticket(others, cast.agent, now=NOW)

    deliver_due(at(SOON))

    assert {(one.to[0], one.subject) for one in mail.outbox} == {
        ("ana@example.org", f"[{ticket.reference}] {ticket.subject}"),
        ("owner@example.org", f"[{others.reference}] {others.subject}"),
    }


# Sending -----------------------------------------------------------------------------------------------------------


def test_a_mail_is_sent_once_and_carries_its_id(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW, body="The **limit** resets at noon.")
    row = rows("message")[0]

    assert deliver_due(at(NOW)).settled == 0
    assert deliver_due(at(SOON)).sent == 1
    assert deliver_due(at(SOON)).settled == 0

    (sent,) = mail.outbox
    assert sent.to == ["owner@example.org"]
    assert sent.subject == f"[{ticket.reference}] {ticket.subject}"
    assert sent.extra_headers["Message-ID"] == f"<{row.pk}@127.0.0.1>"
    assert sent.extra_headers["References"] == sent.extra_headers["In-Reply-To"] == f"<{ticket.reference}@127.0.0.1>"
    assert "Lena Fischer wrote a message." in sent.body
    assert "The **limit** resets at noon." in sent.body
    assert f"http://127.0.0.1:8000/tickets/{ticket.reference}/" in sent.body
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert "The **limit** resets at noon." in html


def test_what_people_write_is_escaped_in_the_html_part(cast):
    ticket = make_ticket(cast.owner, subject="<b>Nothing</b> arrives & nobody knows")
    answer_ticket(ticket, cast.agent, now=NOW, body="Use <script>alert(1)</script>")

    deliver_due(at(SOON))

    html = mail.outbox[0].alternatives[0][0]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "&lt;b&gt;Nothing&lt;/b&gt; arrives &amp; nobody knows" in html
    assert mail.outbox[0].subject.endswith("<b>Nothing</b> arrives & nobody knows")


def test_five_things_in_a_minute_become_one_digest(cast):
    tickets = [make_ticket(cast.owner), make_ticket(cast.owner)]
    for n in range(5):
        answer_ticket(tickets[n % 2], cast.agent, now=NOW + timedelta(seconds=10 * n), body=f"Step {n}")

    assert deliver_due(at(NOW + timedelta(seconds=61))).sent == 1

    (sent,) = mail.outbox
    assert len(rows("message")) == 5
    assert {row.batch for row in rows("message")} != {None}
    assert [f"Step {n}" in sent.body for n in range(5)] == [True] * 5
    assert sent.subject == f"News on 2 tickets: {tickets[0].reference}, {tickets[1].reference}"
    assert sent.extra_headers["Message-ID"] == f"<{rows('message')[0].batch}@127.0.0.1>"
    assert "In-Reply-To" not in sent.extra_headers


def test_two_things_on_one_ticket_stay_in_its_thread(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW + timedelta(seconds=5))

    deliver_due(at(SOON))

    (sent,) = mail.outbox
    assert sent.subject == f"[{ticket.reference}] {ticket.subject}"


def test_a_breach_never_waits_for_a_digest(cast):
    first, second = make_ticket(cast.owner), make_ticket(cast.colleague)
    fire_due(first.promise.due_at)

    deliver_due(at(first.promise.due_at))

    told = [address.partition("@")[0] for sent in mail.outbox for address in sent.to]
    assert sorted(told) == ["colleague", "colleague", "lead", "lead", "owner"]
    assert first.promise.due_at == second.promise.due_at


def test_a_kill_between_sending_and_marking_repeats_the_same_message_id(cast):
    ticket = make_ticket(cast.owner)
    for n in range(2):
        answer_ticket(ticket, cast.agent, now=NOW + timedelta(seconds=n))
    claimed = outbox.claim(SOON)  # its worker dies here, after sending perhaps
    answer_ticket(ticket, cast.agent, now=SOON)  # must not join what may have been sent

    Outbox.objects.filter(batch=None).update(send_at=SOON)  # the third leaves alone while the others' lease holds
    assert deliver_due(at(SOON + timedelta(seconds=59))).sent == 1
    assert deliver_due(at(SOON + timedelta(seconds=60))).sent == 1

    (third,) = [row for row in rows("message") if row.batch is None]
    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert ids == [f"<{third.pk}@127.0.0.1>", f"<{claimed[0].id}@127.0.0.1>"]


@pytest.mark.slow
def test_a_mail_server_that_is_down_for_a_day_costs_nothing_but_time(cast, settings):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    for minutes in count(2, 10):
        if minutes > 24 * 60:
            break
        deliver_due(at(NOW + timedelta(minutes=minutes)))
    (row,) = rows("message")
    assert (row.sent_at, row.dead_at) == (None, None)
    assert 20 < row.attempts < 40  # it backs off
    assert row.error == "ConnectionRefusedError: nobody listens"

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for minutes in range(24 * 60, 26 * 60, 10):
        deliver_due(at(NOW + timedelta(minutes=minutes)))

    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [f"<{row.pk}@127.0.0.1>"]


def test_retries_wait_twice_as_long_each_time_and_spread(cast):
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)
    waits = []
    for attempt in range(1, 10):
        (row,) = rows("message")
        row.attempts = attempt
        outbox.mark_failed([row], "no", now=NOW, chance=lambda: 0.5)
        waits.append((rows("message")[0].send_at - NOW).total_seconds())

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    outbox.mark_failed([row], "no", now=NOW, chance=lambda: 0.0)
    assert rows("message")[0].send_at - NOW == timedelta(minutes=45)


def test_an_address_refused_for_good_is_dead_at_once_and_a_busy_server_is_not(cast, settings):
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)
    settings.EMAIL_BACKEND = f"{__name__}.Busy"
    deliver_due(at(SOON))
    assert rows("message")[0].dead_at is None

    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    later = SOON + timedelta(hours=1)
    deliver_due(at(later))

    assert rows("message")[0].dead_at == later


def test_dead_ones_can_be_sent_again_under_the_same_id(cast, settings):
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    deliver_due(at(SOON))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    (row,) = rows("message")

    assert outbox.send_again(row, now=SOON) == 1
    deliver_due(at(SOON))

    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [f"<{row.pk}@127.0.0.1>"]
    assert rows("message")[0].sent_at == SOON


def test_one_that_fails_holds_up_no_other(cast, monkeypatch):
    one, other = make_ticket(cast.owner), make_ticket(cast.nordlicht_member)
    answer_ticket(one, cast.agent, now=NOW)
    answer_ticket(other, cast.agent, now=NOW + timedelta(seconds=1))
    compose = delivery.compose

    def fails_for_one(id, rows):
        if rows[0].event.ticket_id == one.pk:
            raise ValueError("no template")
        return compose(id, rows)

    monkeypatch.setattr(delivery, "compose", fails_for_one)

    result = deliver_due(at(SOON))

    assert (result.sent, result.failed) == (1, 1)


# Who may not see it any more ---------------------------------------------------------------------------------------


def test_a_mail_is_withheld_from_who_left_between_event_and_sending(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    cast.owner.membership.delete()

    assert deliver_due(at(SOON)).withheld == 1

    assert mail.outbox == []
    assert rows("message")[0].error == NOT_ALLOWED


def test_a_digest_leaves_out_what_its_reader_may_not_see_any_more(cast):
    own = make_ticket(cast.owner)
    of_client = make_ticket(cast.nordlicht_member)
    following.follow(of_client, cast.owner, by=actor_for(cast.colleague), now=NOW)
    answer_ticket(own, cast.agent, now=NOW, body="About your own")
    answer_ticket(of_client, cast.agent, now=NOW, body="About the client's")
    cast.nordlicht.partner = cast.silverline  # the client moves, and takes its tickets along
    cast.nordlicht.save()

    deliver_due(at(SOON))

    to_owner = next(sent for sent in mail.outbox if sent.to == ["owner@example.org"])
    assert "About your own" in to_owner.body
    assert "About the client's" not in to_owner.body
    assert of_client.reference not in to_owner.body


# The reader --------------------------------------------------------------------------------------------------------


def test_a_mail_is_in_the_readers_language_and_time_zone(cast):
    cast.owner.language, cast.owner.timezone = "de", "America/Sao_Paulo"
    cast.owner.save()
    ticket = make_ticket(cast.owner)
    check_at = NOW + timedelta(days=1)
    answer_ticket(ticket, cast.agent, now=NOW)
    triage.wait_for_platform(ticket, case="88 214", check_at=check_at, by=actor_for(cast.agent), now=NOW)

    deliver_due(at(SOON))

    body = mail.outbox[0].body
    assert "25. November 2026 09:00 (America/Sao_Paulo)" in body
    assert '<html lang="de">' in mail.outbox[0].alternatives[0][0]


def test_support_gets_the_address_of_the_desk(cast):
    ticket = make_ticket(cast.owner)
    fire_due(ticket.promise.due_at)

    deliver_due(at(ticket.promise.due_at))

    (told,) = [sent for sent in mail.outbox if sent.to == ["lead@example.org"]]
    assert f"http://127.0.0.1:8000/admin/desk/{ticket.reference}/" in told.body
    assert "The first response is late." in told.body


def test_an_internal_note_is_told_to_support_only(cast):
    ticket = make_ticket(cast.owner)
    triage.assign(ticket, cast.agent, by=actor_for(cast.agent), now=NOW)
    following.follow(ticket, cast.growth, by=actor_for(cast.colleague), now=NOW)
    conversation.add_note(ticket, "The client is late with paying.", by=actor_for(cast.lead), now=NOW)

    deliver_due(at(SOON))

    assert [row.recipient for row in rows("note")] == ["agent@example.org"]
    assert [sent.to for sent in mail.outbox if "late with paying" in sent.body] == [["agent@example.org"]]


def test_mails_delivered_long_ago_are_purged_and_the_others_stay(cast):
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)
    answer_ticket(make_ticket(cast.nordlicht_member), cast.agent, now=NOW)
    Outbox.objects.filter(recipient="owner@example.org").update(sent_at=NOW)

    assert outbox.purge(before=NOW + timedelta(seconds=1)) == 1
    assert [row.recipient for row in rows("message")] == ["nordlicht-member@example.org"]
