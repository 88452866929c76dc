"""Timers when workers and people act at the same moment, on the database that production uses."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_cast, make_ticket
from tests.shipped_policy import load_shipped_policy
from tickets.actions.change import changing, take_free
from tickets.actions.firing import fire_due
from tickets.actions.promising import running
from tickets.actions.triage import assign
from tickets.models import Outbox, Ticket, TicketEvent, Timer
from tickets.models.timer import PENDING

pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LATER = NOW + timedelta(days=20)


@pytest.fixture
def people():
    load_shipped_policy()
    return make_cast()


def in_thread(pool, act):
    def run():
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(run)


def test_four_workers_fire_everything_exactly_once(people):
    tickets = [make_ticket(people.owner, now=NOW + timedelta(minutes=n)) for n in range(25)]
    for ticket in tickets:
        assign(ticket, people.agent, by=actor_for(people.lead), now=NOW + timedelta(hours=1))
    start = Barrier(4)

    def work():
        start.wait(timeout=20)
        while Timer.objects.filter(PENDING, due_at__lte=LATER).exists():
            fire_due(LATER, batch=7)

    with ThreadPoolExecutor(4) as pool:
        for job in [in_thread(pool, work) for _ in range(4)]:
            job.result(timeout=60)

    assert set(
        Counter(TicketEvent.objects.filter(kind="promise_missed").values_list("ticket", flat=True)).values()
    ) == {1}
    assert TicketEvent.objects.filter(kind="promise_missed").count() == 25
    assert Outbox.objects.filter(event__kind="promise_missed").count() == 100  # four people, once each


def test_who_waited_for_the_row_sees_what_its_holder_wrote(people):
    """A join in the locking statement would show the promise as it was before the wait."""
    ticket = make_ticket(people.owner)
    holds, may_end = Event(), Event()

    def answer():
        with transaction.atomic():
            answer_ticket(ticket, people.agent, now=NOW)
            holds.set()
            may_end.wait(timeout=20)

    def look():
        holds.wait(timeout=20)
        with changing(ticket, now=NOW) as current:
            return running(current)

    with ThreadPoolExecutor(2) as pool:
        answering, looking = in_thread(pool, answer), in_thread(pool, look)
        holds.wait(timeout=20)
        while not _somebody_waits():
            pass
        may_end.set()
        answering.result(timeout=20)

        assert looking.result(timeout=20) is None


def test_a_ticket_whose_row_is_taken_is_left_to_the_next_tick(people):
    busy, free = make_ticket(people.owner), make_ticket(people.nordlicht_member)
    holds, may_end = Event(), Event()

    def hold():
        with transaction.atomic():
            assert take_free({busy.pk})
            holds.set()
            may_end.wait(timeout=20)

    with ThreadPoolExecutor(1) as pool:
        holding = in_thread(pool, hold)
        holds.wait(timeout=20)
        result = fire_due(LATER)
        may_end.set()
        holding.result(timeout=20)

    assert (result.settled, result.busy) == (3, 3)
    assert Timer.objects.filter(ticket=busy).values_list("attempts", flat=True).distinct().get() == 0
    assert fire_due(LATER).settled == 3
    assert Timer.objects.filter(ticket=free, fired_at=LATER).count() == 3


def test_an_answer_and_a_breach_at_the_same_moment_never_both_win(people):
    """Kept has no breach; whatever the order, nothing is told twice."""
    tickets = [make_ticket(people.owner, now=NOW) for _ in range(20)]
    Timer.objects.filter(kind="warning").delete()
    at = tickets[0].promise.due_at
    start = Barrier(2)

    def answer_all():
        start.wait(timeout=20)
        for ticket in tickets:
            answer_ticket(ticket, people.agent, now=at - timedelta(microseconds=1))

    def fire_all():
        start.wait(timeout=20)
        for _ in range(10):
            fire_due(at)

    with ThreadPoolExecutor(2) as pool:
        for job in (in_thread(pool, answer_all), in_thread(pool, fire_all)):
            job.result(timeout=60)

    for ticket in Ticket.objects.prefetch_related("events", "timers"):
        kinds = [event.kind for event in ticket.events.all()]
        assert kinds.count("promise_missed") <= 1
        breach = ticket.timers.get(kind="breach")
        assert bool(breach.fired_at) != bool(breach.cancelled_at)
        if "promise_missed" in kinds:
            # The answer came after the breach had been told: the breach's event stands before it.
            assert kinds.index("promise_missed") < kinds.index("message")


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
