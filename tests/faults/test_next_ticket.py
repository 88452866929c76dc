"""Ten agents press "next ticket" at the same moment, each in a process of their own: nobody gets another's ticket."""

from collections import Counter
from datetime import timedelta
from multiprocessing import get_context

import pytest
from django.db import connections

from accounts.actor import actor_for
from accounts.models import User
from tests.cast import NOW, make_agent, make_partner
from tests.shipped_policy import load_shipped_policy
from tests.tickets.escalating import make_ticket
from tickets.actions.taking import take_next
from tickets.models import Ticket, TicketEvent

pytestmark = [pytest.mark.faults, pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AGENTS, PRESSES = 10, 50
WAITING = AGENTS * PRESSES + 20


def press(start, agent, answers):
    """Press the button again and again, in a process of one's own with a connection of its own."""
    connections.close_all()
    by = actor_for(User.objects.get(pk=agent))
    start.wait()
    taken = [take_next(by=by, now=NOW) for _ in range(PRESSES)]
    answers.put((agent, [ticket.pk for ticket in taken if ticket is not None]))
    connections.close_all()


def make_waiting(count):
    """Make tickets that nobody has, each with a place of its own in the working order."""
    first = make_ticket(make_partner(), promised=False, work_at=NOW)
    facts = {field.attname: getattr(first, field.attname) for field in Ticket._meta.concrete_fields}
    Ticket.objects.bulk_create(
        Ticket(**{**facts, "id": None, "reference": f"TK-N{number:05d}", "work_at": NOW + timedelta(seconds=number)})
        for number in range(1, count)
    )


def test_ten_agents_in_ten_processes_get_five_hundred_different_tickets():
    load_shipped_policy()
    make_waiting(WAITING)
    agents = [make_agent(f"Agent {number}").pk for number in range(AGENTS)]
    connections.close_all()  # no process inherits another's connection
    forked = get_context("fork")
    start, answers = forked.Barrier(AGENTS), forked.Queue()
    processes = [forked.Process(target=press, args=(start, agent, answers)) for agent in agents]
    for process in processes:
        process.start()

    got = dict(answers.get(timeout=120) for _ in processes)
    for process in processes:
        process.join(timeout=20)

    taken = [ticket for tickets in got.values() for ticket in tickets]
    assert [process.exitcode for process in processes] == [0] * AGENTS
    assert len(taken) == AGENTS * PRESSES
    assert len(set(taken)) == AGENTS * PRESSES
    assert dict(Counter(Ticket.objects.exclude(assignee=None).values_list("assignee", flat=True))) == dict.fromkeys(
        agents, PRESSES
    )
    told = Counter(TicketEvent.objects.filter(kind="assigned").values_list("ticket", flat=True))
    assert set(told) == set(taken)
    assert set(told.values()) == {1}
