"""The ledger of deadlines: its rows and the record alone give the live deadline, and nothing else moves it."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actor import actor_for
from packages.policy.clock import clock_for
from packages.policy.severity import Severity
from packages.queries.policies import version
from tests.cast import NOW, Cast, answer_ticket, make_ticket
from tickets.actions import completing, ending, triage
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.firing import fire_due
from tickets.actions.promising import Cause
from tickets.models import Promise, Ticket
from tickets.policy.lifecycle import Status

pytestmark = pytest.mark.django_db

ENDING = ("sent_back", "withdrawn", "resolved")


def counted_again(promise: Promise) -> datetime:
    """Return the deadline from what the row says: version, calendar, start and target."""
    hours = version(promise.version_id).policy.calendars[promise.calendar].hours
    return clock_for(hours).deadline(promise.started_at, promise.target)


def replayed(ticket: Ticket) -> tuple[datetime | None, list[str]]:
    """Go through the record in its order; return the deadline that it leaves, and where it contradicts itself."""
    due, wrong = None, []
    for event in ticket.events.order_by("seq"):
        given = event.payload
        if event.kind in ("filed", "completed"):
            due = Promise.objects.get(ticket=ticket, pk=given["promise"]).due_at
        elif event.kind == "reclassified" and given["new_due"]:
            if given["old_due"] != (due and due.isoformat()):
                wrong.append(f"{event.seq}: {given['old_due']} is not {due}")
            due = datetime.fromisoformat(given["new_due"])
        elif event.kind in ENDING or given.get("first_response"):
            due = None
    return due, wrong


def check(ticket: Ticket) -> None:
    ticket = Ticket.objects.select_related("promise").get(pk=ticket.pk)
    rows = list(ticket.promises.order_by("number"))
    running = [row for row in rows if row.outcome is None]
    live = ticket.promise.due_at if ticket.promise.outcome is None else None

    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert [counted_again(row) for row in rows] == [row.due_at for row in rows]
    assert ticket.promise == rows[-1]
    assert running in ([], [rows[-1]])
    assert all(row.by_id and row.cause and row.version_id for row in rows)
    assert replayed(ticket) == (live, [])


def steps(cast: Cast) -> list[Any]:
    lead, owner = actor_for(cast.lead), actor_for(cast.owner)

    def severity(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        to, cause = chance.choice(list(Severity)), chance.choice([Cause.CORRECTED, Cause.WORSE])
        triage.reclassify(ticket, to, cause=cause, reason="Seen again.", by=lead, now=now)

    def worse(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        impact = chance.choice(["halted", "reduced", "limited"])
        triage.get_worse(ticket, impact=impact, workaround=chance.random() < 0.5, reason="Grew.", by=owner, now=now)

    def topic(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        triage.change_topic(ticket, chance.choice(["other", "templates"]), reason="Fits better.", by=lead, now=now)

    def back(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        completing.send_back(ticket, {"subject": "Say which number."}, by=lead, now=now)

    def complete(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        completing.complete(ticket, {"subject": f"Number {chance.random()} sends nothing"}, by=owner, now=now)

    def answer(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        answer_ticket(ticket, cast.agent, now=now, then=chance.choice([None, Status.RESOLVED]))

    def timers(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        fire_due(now)

    def reopen(ticket: Ticket, now: datetime, chance: random.Random) -> None:
        ending.reopen(ticket, by=owner, now=now, reason="Not yet.")

    return [severity, severity, worse, topic, back, complete, complete, timers, answer, reopen]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.slow
def test_the_rows_and_the_record_give_the_live_deadline_whatever_happens(cast, seed):
    chance = random.Random(seed)  # noqa: S311  nothing secret: the same walk each time
    ticket, now, done = make_ticket(cast.owner), NOW, 0
    check(ticket)

    for _ in range(25):
        now += timedelta(seconds=chance.randrange(60, 4 * 3600), microseconds=chance.randrange(10**6))
        act = chance.choice(steps(cast)[: 8 if done < 8 else 10])
        try:
            act(Ticket.objects.get(pk=ticket.pk), now, chance)
        except (Forbidden, NotNow):
            continue
        done += 1
        check(ticket)

    assert done >= 8


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("due_at", NOW + timedelta(days=9)), ("close_at", NOW + timedelta(days=9)), ("target", timedelta(hours=99)),
        ("started_at", NOW + timedelta(hours=1)), ("severity", "standard"), ("calendar", "premium_2"), ("number", 7),
    ],
)  # fmt: skip
def test_the_database_refuses_to_move_a_deadline_in_its_row(cast, column, value):
    ticket = make_ticket(cast.owner, "messaging_stopped")

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Promise.objects.filter(ticket=ticket).update(**{column: value})

    check(ticket)


def test_the_database_refuses_to_settle_a_promise_twice(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Promise.objects.filter(ticket=ticket).update(outcome="missed")


@pytest.mark.postgresql
def test_the_database_refuses_to_remove_a_promise(cast):
    make_ticket(cast.owner)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tickets_promise")
