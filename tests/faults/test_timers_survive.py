"""Timers and mails survive whatever dies: real PostgreSQL and Redis, workers and schedulers killed at random."""

import os
import shutil
from collections import Counter
from random import SystemRandom

import pytest
from django.db.models import Count, F

from tests.cast import make_cast
from tests.faults.storm import Scale, always_open, run_storm
from tests.shipped_policy import load_shipped_policy
from tickets.models import Outbox, Ticket, TicketEvent, Timer

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SHORT = Scale(tickets=250, seconds=15, kill_every=2.5)


@pytest.fixture
def outcome(tmp_path, capsys):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    load_shipped_policy()
    always_open()
    seed = int(os.environ.get("SEED") or SystemRandom().randrange(2**32))
    outcome = run_storm(make_cast(), SHORT, seed, tmp_path / "log")
    with capsys.disabled():
        print(f"\n{outcome}")  # noqa: T201  the seed repeats the run: SEED=… pytest -m faults
    return outcome


def test_timers_fire_once_and_mails_keep_their_id_while_everything_is_killed(outcome):
    check(outcome)


def check(outcome) -> None:
    """Nothing lost, nothing twice, nothing for an answered ticket."""
    assert (outcome.left_pending, outcome.left_unsent) == (0, 0)
    assert not Timer.objects.filter(fired_at=None, cancelled_at=None).exists()
    _each_effect_once()
    _nothing_after_an_answer(outcome)
    _the_record_has_no_gap()
    _each_mail_under_one_id(outcome)
    assert outcome.stopped_gracefully


def _each_effect_once() -> None:
    """A timer that fired with effect has exactly one event, and there is no event without one."""
    fired = Timer.objects.filter(fired_at__isnull=False, note="")
    breaches = Counter(fired.filter(kind="breach").values_list("ticket", flat=True))
    assert breaches == Counter(TicketEvent.objects.filter(kind="promise_missed").values_list("ticket", flat=True))
    warnings = Counter(
        (ticket, int(key.split(":")[1])) for ticket, key in fired.filter(kind="warning").values_list("ticket", "key")
    )
    told = TicketEvent.objects.filter(kind="promise_warned").values_list("ticket", "payload__share")
    assert warnings == Counter(told)
    assert set(breaches.values()) == {1}
    # Who was never answered was told of the breach, whatever died.
    answered = TicketEvent.objects.filter(kind="message").values("ticket")
    unanswered = Ticket.objects.filter(reference__startswith="TK-S").exclude(pk__in=answered)
    assert set(unanswered.values_list("pk", flat=True)) <= set(breaches)


def _nothing_after_an_answer(outcome) -> None:
    for ticket, seq in TicketEvent.objects.filter(kind__startswith="promise_").values_list("ticket", "seq"):
        assert ticket not in outcome.answered or seq < outcome.answered[ticket]


def _the_record_has_no_gap() -> None:
    counted = TicketEvent.objects.values("ticket").annotate(events=Count("pk"))
    seqs = dict(Ticket.objects.filter(pk__in=counted.values("ticket")).values_list("pk", "seq"))
    assert {row["ticket"]: row["events"] for row in counted} == seqs


def _each_mail_under_one_id(outcome) -> None:
    """Each event reaches each person under one Message-ID, however often it was sent."""
    told = Outbox.objects.filter(event__kind="promise_missed").values("event").annotate(rows=Count("pk"))
    assert set(told.values_list("rows", flat=True)) == {2}  # the lead, and who filed it
    assert told.count() == TicketEvent.objects.filter(kind="promise_missed").count()
    alone = Outbox.objects.filter(batch=None).values_list("pk", flat=True)
    together = Outbox.objects.exclude(batch=None).values_list("batch", flat=True)
    assert set(outcome.received) == {str(id) for id in [*alone, *together]}
    assert Outbox.objects.filter(sent_at__lt=F("event__at")).count() == 0
