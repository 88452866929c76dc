"""Escalations when many people act at the same moment, on the database that production uses."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.actor import actor_for
from tests.cast import NOW, make_cast
from tests.shipped_policy import load_shipped_policy
from tests.tickets.escalating import limit_tier, make_ticket
from tickets.actions import ending, escalations
from tickets.actions.change import Forbidden, NotNow
from tickets.models import Escalation, Ticket, TicketEvent, Timer

pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    load_shipped_policy()
    return make_cast()


def at_once(*acts):
    """Run the acts in threads that start together; return what each returned, or the code of its refusal."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=20)
            return act()
        except (NotNow, Forbidden) as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def ask(ticket, person):
    return escalations.ask(ticket, cause="late", reason="The shop is closed.", by=actor_for(person), now=NOW)


def test_twenty_requests_at_once_make_one_escalation(people):
    ticket = make_ticket(people.meridian)

    answers = at_once(*[lambda who=who: ask(ticket, who) for who in (people.owner, people.colleague) * 10])

    assert answers.count("already_open") == 19
    assert Escalation.objects.count() == 1
    assert list(TicketEvent.objects.values_list("kind", flat=True)) == ["escalation_asked"]
    assert Timer.objects.filter(escalation__isnull=False).count() == 3


@pytest.mark.parametrize("attempt", range(5))
def test_asking_while_support_resolves_leaves_no_open_escalation(people, attempt):
    ticket = make_ticket(people.meridian, status="in_progress", promised=False)

    answer, _ = at_once(
        lambda: ask(ticket, people.owner), lambda: ending.resolve(ticket, by=actor_for(people.agent), now=NOW)
    )

    states = list(Escalation.objects.values_list("state", flat=True))
    assert states == ([] if answer == "ended" else ["lapsed"])
    assert Ticket.objects.get().status == "resolved"
    assert Timer.objects.filter(escalation__isnull=False, cancelled_at=None).count() == 0


@pytest.mark.parametrize("attempt", range(5))
def test_deciding_while_the_asker_withdraws_does_one_of_them(people, attempt):
    made = ask(make_ticket(people.meridian), people.owner)

    decided, withdrawn = at_once(
        lambda: escalations.escalate(made, by=actor_for(people.growth), now=NOW).state,
        lambda: escalations.withdraw(made, by=actor_for(people.owner), now=NOW).state,
    )

    assert (decided, withdrawn) in {("escalated", "not_asked"), ("not_asked", "withdrawn")}
    made.refresh_from_db()
    assert made.state in {decided, withdrawn}
    assert TicketEvent.objects.count() == 2


def test_manager_and_deputy_at_once_decide_once(people):
    made = ask(make_ticket(people.meridian), people.owner)

    answers = at_once(
        lambda: escalations.escalate(made, by=actor_for(people.growth), now=NOW).state,
        lambda: escalations.decline(made, reason="Not now.", by=actor_for(people.deputy), now=NOW).state,
    )

    assert sorted(answers) in (["escalated", "not_asked"], ["declined", "not_asked"])


def test_last_one_of_a_month_goes_to_one_of_two_tickets(people):
    limit_tier("gold", 1)
    first, second = make_ticket(people.meridian), make_ticket(people.azul)
    by = actor_for(people.growth)

    answers = at_once(
        *[
            lambda ticket=ticket: escalations.initiate(ticket, cause="late", reason="Now.", by=by, now=NOW).state
            for ticket in (first, second)
        ]
    )

    assert sorted(answers) == ["escalated", "limit_reached"]


@pytest.mark.parametrize("attempt", range(5))
def test_changing_the_growth_manager_in_the_middle_lets_the_old_one_decide_before_or_not_at_all(people, attempt):
    made = ask(make_ticket(people.meridian), people.owner)

    def name_another():
        people.meridian.growth_manager, people.meridian.deputy = people.other_growth, None
        people.meridian.save()
        return "named"

    decided, _ = at_once(lambda: escalations.escalate(made, by=actor_for(people.growth), now=NOW).state, name_another)

    made.refresh_from_db()
    assert (decided, made.state) in {("escalated", "escalated"), ("not_yours", "asked")}
