"""`manage.py timers`: due, run, verify and repair; `manage.py deliver_outbox`."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions.timer_plan import compare
from tickets.models import Timer
from tickets.models.timer import PENDING

pytestmark = pytest.mark.django_db


def said(*words: str, now=NOW) -> str:
    out = StringIO()
    with time_machine.travel(now, tick=False):
        call_command(*words, stdout=out)
    return out.getvalue()


def test_due_lists_what_is_overdue_what_failed_and_what_comes(cast):
    ticket = make_ticket(cast.nordlicht_member)
    first, last, breach = Timer.objects.order_by("due_at")
    Timer.objects.filter(pk=first.pk).update(due_at=NOW - timedelta(hours=1))
    Timer.objects.filter(pk=last.pk).update(retry_at=NOW + timedelta(hours=1), attempts=2, note="KeyError: 'x'")

    text = said("timers", "due")

    assert text.splitlines() == [
        "Overdue:",
        f"  2026-11-24T11:00:00Z  {ticket.reference}  warning 1:50",
        "Failed, tried again:",
        f"  2026-11-25T11:12:00Z  {ticket.reference}  warning 1:80, failed 2 times: KeyError: 'x'",
        "Next:",
        f"  2026-11-25T11:12:00Z  {ticket.reference}  warning 1:80, failed 2 times: KeyError: 'x'",
        f"  2026-11-25T16:00:00Z  {ticket.reference}  breach 1",
    ]


def test_run_fires_everything_that_is_due_without_celery(cast):
    ticket = make_ticket(cast.nordlicht_member)

    assert said("timers", "run", now=ticket.promise.due_at) == "1 fired, 2 skipped, 0 failed and tried again later.\n"
    assert said("timers", "run", now=ticket.promise.due_at) == "0 fired, 0 skipped, 0 failed and tried again later.\n"


def test_verify_finds_nothing_after_ordinary_work(cast):
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)
    make_ticket(cast.nordlicht_member)

    assert said("timers", "verify") == "2 tickets looked at, 0 differ.\n"


def test_verify_names_what_differs_and_repairs_on_request(cast):
    ticket = make_ticket(cast.nordlicht_member)
    first, last, breach = Timer.objects.order_by("due_at")
    first.delete()
    Timer.objects.filter(pk=breach.pk).update(due_at=NOW + timedelta(days=3))
    Timer.objects.create(ticket=ticket, kind="auto_close", key="1", due_at=NOW + timedelta(days=1))
    out = StringIO()

    with pytest.raises(SystemExit), time_machine.travel(NOW, tick=False):
        call_command("timers", "verify", stdout=out)

    assert out.getvalue().splitlines() == [
        f"{ticket.reference}: missing warning 1:50 due 2026-11-25T04:00:00Z",
        f"{ticket.reference}: breach 1 is due 2026-11-27T12:00:00Z, ought to be 2026-11-25T16:00:00Z",
        f"{ticket.reference}: too much auto_close 1 due 2026-11-25T12:00:00Z",
        "1 tickets looked at, 1 differ.",
    ]
    assert said("timers", "verify", "--repair").endswith("1 repaired.\n")
    assert not compare(ticket)
    assert Timer.objects.filter(PENDING).count() == 3
    assert said("timers", "verify") == "1 tickets looked at, 0 differ.\n"


def test_verify_finds_timers_left_on_a_closed_ticket(cast):
    ticket = make_ticket(cast.owner)
    ticket.status = "closed"
    ticket.promise = None
    ticket.save()

    assert said("timers", "verify", "--repair").endswith("1 tickets looked at, 1 repaired.\n")
    assert not Timer.objects.filter(PENDING).exists()


def test_deliver_outbox_sends_what_waits(cast):
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)

    assert said("deliver_outbox", now=NOW + timedelta(minutes=2)).startswith("1 sent, 0 failed")
    assert len(mail.outbox) == 1


def test_deliver_outbox_posts_webhooks_too(cast, endpoint, receiver):
    make_ticket(cast.owner)

    assert said("deliver_outbox", now=NOW).startswith("1 sent, 0 failed")
    assert len(receiver.got) == 1
