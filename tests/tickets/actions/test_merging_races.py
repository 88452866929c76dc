"""Merges that meet at the same moment, with one another and with an answer, on the database that production uses."""

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.actions.test_changing_races import TIMES, at_once, is_sound, people
from tickets.actions.linking import link
from tickets.actions.merging import merge, unmerge
from tickets.models import Promise, Ticket, TicketEvent, TicketLink, Timer
from tickets.models.timer import PENDING

__all__ = ["people"]  # the fixture
pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def merging(people, source, target):
    return lambda: merge(source, target, by=actor_for(people.agent), now=NOW).reference


@pytest.mark.parametrize("attempt", TIMES)
def test_two_tickets_merged_into_each_other_at_once_are_merged_one_way(people, attempt):
    one, two = make_ticket(people.owner), make_ticket(people.owner)

    answers = at_once(merging(people, one, two), merging(people, two, one))

    assert sorted(answers, key=len)[1] == "merge_into_merged"
    assert Ticket.objects.exclude(merged_into=None).count() == 1
    assert Ticket.objects.get(merged_into=None).status == "new"
    is_sound(one)
    is_sound(two)


@pytest.mark.parametrize("attempt", TIMES)
def test_a_ring_of_merges_at_once_leaves_no_ring(people, attempt):
    ring = [make_ticket(people.owner) for _ in range(4)]

    at_once(*[merging(people, one, ring[number - 1]) for number, one in enumerate(ring)])

    into = dict(Ticket.objects.values_list("pk", "merged_into"))
    for start in into:
        seen, place = set(), start
        while place is not None:
            assert place not in seen
            seen.add(place)
            place = into[place]


@pytest.mark.parametrize("attempt", TIMES)
def test_one_ticket_merged_twice_at_once_goes_into_one(people, attempt):
    source, one, two = (make_ticket(people.owner) for _ in range(3))

    answers = at_once(merging(people, source, one), merging(people, source, two))

    assert sorted(answers, key=len)[1] == "merged_already"
    assert TicketEvent.objects.filter(kind__in=["merged", "took_in"]).count() == 2
    assert not Timer.objects.filter(PENDING, ticket=source).exists()


@pytest.mark.parametrize("attempt", TIMES)
def test_answering_while_it_is_merged_settles_the_promise_once(people, attempt):
    source, target = make_ticket(people.owner), make_ticket(people.owner)

    said, _ = at_once(lambda: answer_ticket(source, people.second_agent, now=NOW).kind, merging(people, source, target))

    promise = Promise.objects.get(ticket=source)
    assert promise.outcome == ("void" if said == "merged" else "kept")
    assert not Timer.objects.filter(PENDING, ticket=source).exists()
    is_sound(source)


@pytest.mark.parametrize("attempt", TIMES)
def test_undoing_twice_at_once_gives_one_promise(people, attempt):
    source, target = make_ticket(people.owner), make_ticket(people.owner)
    merged = merge(source, target, by=actor_for(people.agent), now=NOW)

    def undo():
        return unmerge(Ticket.objects.get(pk=merged.pk), by=actor_for(people.agent), now=NOW).reference

    answers = at_once(undo, undo)

    assert sorted(answers) == sorted([source.reference, "not_merged"])
    assert Promise.objects.filter(ticket=source, outcome=None).count() == 1
    assert TicketEvent.objects.filter(kind="unmerged").count() == 1


@pytest.mark.parametrize("attempt", TIMES)
def test_two_tickets_linked_from_both_sides_at_once_have_one_link(people, attempt):
    one, two = make_ticket(people.owner), make_ticket(people.owner)
    by = actor_for(people.agent)

    at_once(lambda: link(one, two, by=by, now=NOW), lambda: link(two, one, by=by, now=NOW))

    assert TicketLink.objects.count() == 1
    assert TicketEvent.objects.filter(kind="linked").count() == 2
