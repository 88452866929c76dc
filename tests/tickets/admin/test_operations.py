"""The pages of timers and deliveries, and their two buttons."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions.timer_kinds import KINDS
from tickets.models import Outbox, Timer
from tickets.templatetags.timers import TIMERS, timer_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def failing(cast):
    """A timer that failed and is tried again in an hour."""
    ticket = make_ticket(cast.owner, now=timezone.now() - timedelta(days=30))
    timer = ticket.timers.get(kind="breach")
    Timer.objects.filter(pk=timer.pk).update(
        attempts=3, retry_at=timezone.now() + timedelta(hours=1), note="RuntimeError: the disk is full"
    )
    return timer


@pytest.fixture
def dead(cast):
    """A delivery that was given up."""
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)
    Outbox.objects.update(dead_at=NOW, error="no such mailbox", attempts=80)
    return Outbox.objects.get()


def test_the_page_lists_what_failed_and_what_comes(client, cast, failing):
    client.force_login(cast.agent)

    page = client.get("/admin/timers/").content.decode()

    assert "RuntimeError: the disk is full" in page
    assert failing.ticket.reference in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_timers_takes_as_many_queries_for_more_rows(client, cast, rows, django_assert_max_num_queries):
    for _ in range(rows):
        make_ticket(cast.owner)
    client.force_login(cast.agent)

    with django_assert_max_num_queries(16):
        client.get("/admin/timers/")


def test_a_timer_that_failed_can_be_tried_at_once(client, cast, failing):
    client.force_login(cast.agent)

    answer = client.post(f"/admin/timers/{failing.pk}/try/", follow=True)

    failing.refresh_from_db()
    assert failing.fired_at is not None
    assert "It fired." in answer.content.decode()


def test_a_timer_that_is_not_due_is_not_fired_by_trying(client, cast):
    timer = make_ticket(cast.owner, now=timezone.now()).timers.get(kind="breach")
    client.force_login(cast.agent)

    client.post(f"/admin/timers/{timer.pk}/try/")

    timer.refresh_from_db()
    assert timer.fired_at is None


def test_a_dead_delivery_is_listed_and_sent_again(client, cast, dead):
    client.force_login(cast.agent)
    assert "no such mailbox" in client.get("/admin/outbox/").content.decode()

    client.post(f"/admin/outbox/{dead.pk}/again/")

    dead.refresh_from_db()
    assert (dead.dead_at, dead.error) == (None, "")
    assert dead.send_at <= timezone.now()


@pytest.mark.parametrize("who", ["owner", "growth"])
@pytest.mark.parametrize("address", ["/admin/timers/", "/admin/outbox/"])
def test_only_support_comes_here(client, cast, who, address):
    client.force_login(getattr(cast, who))

    assert client.get(address).status_code == 404


def test_every_kind_of_timer_has_words():
    assert set(TIMERS) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "key", "words"),
    [
        ("warning", "2:80", "Warning at 80 % of the time"),
        ("partner_reminder", "1794943479:2", "Reminder 2 of an answer"),
        ("auto_close", "1794943479", "Closed, if it stayed resolved"),
        ("escalation_decide", "deputy", "Escalation to decide on: deputy"),
    ],
)
def test_a_timer_is_said_in_words(kind, key, words):
    assert timer_words(Timer(kind=kind, key=key)) == words
