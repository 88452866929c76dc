"""Incidents when several act at the same moment, on the database that production uses."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_cast, make_ticket
from tests.shipped_policy import load_shipped_policy
from tests.tickets.incidents import make_incident
from tickets.actions.change import NotNow
from tickets.actions.incident_answers import answer_all, send_pending
from tickets.actions.incidents import StaleIncident, conclude, subscribe
from tickets.models import IncidentAnswer, IncidentReply, IncidentSubscription, Message, Outbox, Promise

pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    load_shipped_policy()
    return make_cast()


def at_once(*acts):
    """Run the acts in threads that start together; return what each returned, or the name of its refusal."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=20)
            return act()
        except (NotNow, StaleIncident) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_agents_who_answer_at_once_send_one_answer(people):
    incident = make_incident(people, *[make_ticket(people.owner) for _ in range(3)])

    def answer(person):
        made = answer_all(incident, {"en": f"By {person}"}, id=uuid4(), by=actor_for(person), now=NOW, expected=1)
        return send_pending(lambda: NOW, answer=made)

    outcomes = at_once(lambda: answer(people.agent), lambda: answer(people.second_agent))

    assert sorted(map(str, outcomes)) == ["0", "StaleIncident"]
    assert IncidentAnswer.objects.count() == 1
    assert Message.objects.count() == 3


def test_one_form_sent_five_times_at_once_and_the_worker_say_it_once_on_each(people):
    tickets = [make_ticket(people.owner) for _ in range(4)]
    incident, id = make_incident(people, *tickets), uuid4()

    def answer():
        made = answer_all(incident, {"en": "It works."}, id=id, by=actor_for(people.agent), now=NOW, expected=1)
        return send_pending(lambda: NOW, answer=made)

    at_once(*[answer] * 5, lambda: send_pending(lambda: NOW))
    send_pending(lambda: NOW)

    assert sorted(Message.objects.values_list("ticket", flat=True)) == sorted(ticket.pk for ticket in tickets)
    assert IncidentReply.objects.filter(message=None).count() == 0


@pytest.mark.parametrize("attempt", range(3))
def test_a_ticket_that_is_answered_meanwhile_has_one_first_response(people, attempt):
    ticket = make_ticket(people.owner)
    incident = make_incident(people, ticket)
    made = answer_all(incident, {"en": "It works."}, id=uuid4(), by=actor_for(people.agent), now=NOW, expected=1)

    at_once(
        lambda: send_pending(lambda: NOW, answer=made),
        lambda: answer_ticket(ticket, people.second_agent, now=NOW).pk,
    )

    assert Message.objects.count() == 2
    assert Promise.objects.get().message in Message.objects.filter(is_answer=True)


@pytest.mark.parametrize("attempt", range(3))
def test_who_asks_to_be_told_while_it_is_concluded_is_told_or_refused(people, attempt):
    incident = make_incident(people)

    asked, _ = at_once(
        lambda: subscribe(incident, by=actor_for(people.owner), now=NOW),
        lambda: conclude(incident, {"en": "A relay."}, by=actor_for(people.agent), now=NOW, expected=1),
    )

    told = Outbox.objects.filter(incident=incident).count()
    assert told == IncidentSubscription.objects.count() == (0 if asked == "NotNow" else 1)
