"""A ticket merged into another: people, promise, timers, escalation, record; and what undoing gives back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.escalating import ask
from tickets.actions import ending, following, triage
from tickets.actions.change import Forbidden, NotNow, StaleTicket
from tickets.actions.completing import complete, send_back
from tickets.actions.conversation import add_note, post_message
from tickets.actions.merging import merge, unmerge
from tickets.models import Escalation, Follower, InformationRequest, Outbox, Promise, Ticket, TicketEvent, Timer
from tickets.models.timer import PENDING

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def pair(cast):
    """Two tickets of Meridian's about the same: the first was filed by the owner, the second by the colleague."""
    return make_ticket(cast.owner, subject="Webhooks stop"), make_ticket(cast.colleague, subject="No webhooks")


def merged(cast, source, target, *, now=LATER, **how):
    return merge(source, target, by=actor_for(cast.agent), now=now, **how)


def undone(cast, ticket, *, now=LATER):
    ticket.refresh_from_db()
    return unmerge(ticket, by=actor_for(cast.agent), now=now)


def refused(act):
    with pytest.raises(NotNow) as refusal:
        act()
    return refusal.value.code


def followers(ticket):
    return set(Follower.objects.filter(ticket=ticket).values_list("user__name", flat=True))


def events(ticket):
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))


def test_a_merged_ticket_is_closed_leads_to_the_other_and_both_records_say_so(cast, pair):
    source, target = pair

    merged(cast, source, target, reason="It is the same fault.")

    source.refresh_from_db()
    assert (source.status, source.merged_into) == ("closed", target)
    assert source.work_at is None
    assert events(source) == ["filed", "merged"]
    assert events(target) == ["filed", "took_in"]
    payload = TicketEvent.objects.get(ticket=source, kind="merged").payload
    assert (payload["reference"], payload["before"]) == (target.reference, "new")
    assert TicketEvent.objects.get(ticket=target, kind="took_in").payload == {"reference": source.reference}


def test_its_people_follow_the_target(cast, pair):
    source, target = pair
    following.follow(source, cast.growth, by=actor_for(cast.owner), now=NOW)

    merged(cast, source, target)

    assert followers(target) == {"Ana Prado", "Marta Klein", "Tomás Rocha"}
    answer_ticket(target, cast.agent, now=LATER)
    told = Outbox.objects.filter(event__ticket=target, event__kind="message").values_list("user__name", flat=True)
    assert set(told) == {"Ana Prado", "Marta Klein", "Tomás Rocha"}


def test_its_people_are_told_once_and_the_others_are_not(cast, pair):
    source, target = pair

    merged(cast, source, target)

    told = Outbox.objects.filter(event__kind__in=["merged", "took_in"])
    assert list(told.values_list("user__name", "event__kind")) == [("Ana Prado", "merged")]


def test_its_promise_ends_void_before_the_deadline_and_stays_in_the_record(cast, pair):
    merged(cast, *pair)

    promise = Promise.objects.get(ticket=pair[0])
    assert (promise.outcome, promise.ended_at, promise.answered_at) == ("void", LATER, None)


def test_its_promise_ends_missed_at_the_deadline_itself(cast, pair):
    due_at = Promise.objects.get(ticket=pair[0]).due_at

    merged(cast, *pair, now=due_at)

    assert Promise.objects.get(ticket=pair[0]).outcome == "missed"


def test_a_promise_that_was_kept_stays_kept(cast, pair):
    answer_ticket(pair[0], cast.agent, now=NOW)

    merged(cast, *pair)

    assert Promise.objects.get(ticket=pair[0]).outcome == "kept"


def test_its_timers_are_cancelled_and_the_targets_run_on(cast, pair):
    source, target = pair
    running = list(Timer.objects.filter(PENDING, ticket=target).values_list("kind", "due_at"))
    assert Timer.objects.filter(PENDING, ticket=source).exists()

    merged(cast, source, target)

    assert not Timer.objects.filter(PENDING, ticket=source).exists()
    assert list(Timer.objects.filter(PENDING, ticket=target).values_list("kind", "due_at")) == running


def test_its_escalation_lapses(cast, pair):
    ask(pair[0], cast.owner)

    merged(cast, *pair)

    assert Escalation.objects.get().state == "lapsed"
    assert "escalation_lapsed" in events(pair[0])


def test_what_it_was_asked_for_is_asked_no_more(cast, pair):
    send_back(pair[0], {"description": "Which webhook?"}, by=actor_for(cast.agent), now=NOW)

    merged(cast, *pair)

    assert InformationRequest.objects.get().ended_at == LATER
    assert InformationRequest.objects.get().completed is False


def test_a_merged_ticket_takes_no_message_and_no_rating(cast, pair):
    source, target = pair
    merged(cast, source, target)
    by = actor_for(cast.owner)

    assert refused(lambda: post_message(source, "And now?", by=by, now=LATER)) == "merged"
    assert refused(lambda: ending.rate(source, 1, by=by, now=LATER)) == "not_to_be_rated"
    assert refused(lambda: triage.assign(source, cast.agent, by=actor_for(cast.agent), now=LATER)) == "ended"


def test_only_support_merges_and_undoes(cast, pair):
    for person in (cast.owner, cast.growth, cast.outsider):
        with pytest.raises(Forbidden):
            merge(*pair, by=actor_for(person), now=LATER)
    merged(cast, *pair)
    pair[0].refresh_from_db()
    for person in (cast.owner, cast.growth, cast.outsider):
        with pytest.raises(Forbidden):
            unmerge(pair[0], by=actor_for(person), now=LATER)


def test_a_merge_over_an_unseen_change_is_refused(cast, pair):
    source, target = pair
    version = source.version
    add_note(source, "Not the same at all.", by=actor_for(cast.second_agent), now=NOW)

    with pytest.raises(StaleTicket):
        merged(cast, source, target, expected=version)

    assert Ticket.objects.filter(merged_into=None).count() == 2


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"organisation": "silverline"}, "merge_other_organisation"),
        ({"organisation": "nordlicht"}, "merge_other_organisation"),
        ({"client": "nordlicht"}, "merge_other_client"),
        ({"is_shared": True}, "merge_other_sharing"),
        ({"is_confidential": True}, "merge_other_confidentiality"),
        ({"status": "closed"}, "merge_into_ended"),
        ({"status": "withdrawn"}, "merge_into_ended"),
    ],
)
def test_a_merge_that_could_show_somebody_more_is_refused(cast, pair, facts, code):
    source, target = pair
    values = {key: getattr(cast, value) if key in ("organisation", "client") else value for key, value in facts.items()}
    Ticket.objects.filter(pk=target.pk).update(**values)

    assert refused(lambda: merged(cast, source, target)) == code
    source.refresh_from_db()
    assert (source.status, source.merged_into_id) == ("new", None)
    assert events(source) == ["filed"]


def test_exactly_the_same_people_see_both_of_any_pair_that_may_be_merged(cast):
    """The rule itself, against the function that decides who sees what, for every pair of kinds of ticket."""
    tickets = [
        make_ticket(cast.owner),
        make_ticket(cast.owner, client=str(cast.nordlicht.pk)),
        make_ticket(cast.owner, client=str(cast.nordlicht.pk)),
        make_ticket(cast.owner, client=str(cast.azul.pk)),
        make_ticket(cast.nordlicht_member),
        make_ticket(cast.nordlicht_member, "changing_partners"),
        make_ticket(cast.outsider),
    ]
    Ticket.objects.filter(pk=tickets[2].pk).update(is_shared=True)
    people = [cast.owner, cast.nordlicht_member, cast.azul_member, cast.outsider, cast.growth, cast.deputy]
    seen = {
        ticket.pk: [Ticket.objects.visible_to(actor_for(one)).filter(pk=ticket.pk).exists() for one in people]
        for ticket in tickets
    }

    for source in tickets:
        for target in tickets:
            if source.pk == target.pk:
                continue
            try:
                merged(cast, source, target)
            except NotNow:
                continue
            assert seen[source.pk] == seen[target.pk]
            undone(cast, source)


def test_never_into_itself_and_never_round(cast, pair):
    first, second = pair
    third = make_ticket(cast.owner)

    assert refused(lambda: merged(cast, first, first)) == "merge_itself"
    merged(cast, first, second)
    assert refused(lambda: merged(cast, second, first)) == "merge_into_merged"
    assert refused(lambda: merged(cast, first, third)) == "merged_already"
    merged(cast, second, third)
    assert refused(lambda: merged(cast, third, first)) == "merge_into_merged"
    assert refused(lambda: merged(cast, third, second)) == "merge_into_merged"


def test_what_has_ended_is_not_merged(cast, pair):
    answer_ticket(pair[0], cast.agent, now=NOW, then="resolved")

    assert refused(lambda: merged(cast, *pair)) == "merge_ended"


def test_the_database_refuses_a_merged_ticket_that_is_not_closed(cast, pair):
    for facts in ({"merged_into": pair[1]}, {"merged_into": pair[0], "status": "closed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=pair[0].pk).update(**facts)


# Undoing


def test_undoing_puts_it_back_with_a_promise_to_the_same_deadline(cast, pair):
    source, target = pair
    due_at = source.promise.due_at
    merged(cast, source, target)

    undone(cast, source, now=LATER + timedelta(minutes=5))

    source.refresh_from_db()
    assert (source.status, source.merged_into, source.work_at) == ("new", None, due_at)
    rows = Promise.objects.filter(ticket=source).order_by("number").values_list("outcome", "cause", "due_at")
    assert list(rows) == [("void", "filed", due_at), (None, "unmerged", due_at)]
    assert Timer.objects.filter(PENDING, ticket=source, kind="breach", due_at=due_at).count() == 1
    assert events(source) == ["filed", "merged", "unmerged"]
    assert events(target) == ["filed", "took_in", "gave_back"]


def test_merging_and_undoing_gives_support_no_time(cast, pair):
    """Undone after the deadline it is late at once, as if it had never been merged."""
    source, target = pair
    due_at = source.promise.due_at
    merged(cast, source, target)

    undone(cast, source, now=due_at + timedelta(hours=1))

    message = answer_ticket(source, cast.agent, now=due_at + timedelta(hours=2))
    assert Promise.objects.get(message=message).outcome == "missed"


def test_undoing_without_a_running_promise_gives_none(cast, pair):
    answer_ticket(pair[0], cast.agent, now=NOW)
    merged(cast, *pair)

    undone(cast, pair[0])

    assert Promise.objects.filter(ticket=pair[0]).count() == 1
    assert Ticket.objects.get(pk=pair[0].pk).status == "in_progress"


def test_undoing_asks_again_for_what_was_asked_for(cast, pair):
    source, target = pair
    send_back(source, {"description": "Which webhook?"}, by=actor_for(cast.agent), now=NOW)
    merged(cast, source, target)

    undone(cast, source)

    source.refresh_from_db()
    assert source.status == "needs_information"
    assert Timer.objects.filter(PENDING, ticket=source, kind="information_withdraw").exists()
    complete(source, {"description": "The one of orders."}, by=actor_for(cast.owner), now=LATER)
    source.refresh_from_db()
    assert source.status == "new"


def test_undoing_leaves_only_those_who_spoke_there(cast, pair):
    source, target = pair
    following.follow(source, cast.growth, by=actor_for(cast.owner), now=NOW)
    merged(cast, source, target)
    post_message(target, "Any news?", by=actor_for(cast.owner), now=LATER)

    undone(cast, source)

    assert followers(target) == {"Ana Prado", "Tomás Rocha"}
    assert followers(source) == {"Ana Prado", "Marta Klein"}


def test_undoing_tells_its_people(cast, pair):
    merged(cast, *pair)

    undone(cast, pair[0])

    told = Outbox.objects.filter(event__kind__in=["unmerged", "gave_back"])
    assert list(told.values_list("user__name", "event__kind")) == [("Ana Prado", "unmerged")]


def test_a_merge_can_not_be_undone_once_the_target_has_ended(cast, pair):
    source, target = pair
    merged(cast, source, target)
    answer_ticket(target, cast.agent, now=LATER, then="resolved")
    target.refresh_from_db()
    ending.close(target, by=actor_for(cast.agent), now=LATER)

    assert refused(lambda: undone(cast, source)) == "undo_target_ended"


def test_the_outer_merge_is_undone_before_the_inner_one(cast, pair):
    source, target = pair
    third = make_ticket(cast.owner)
    merged(cast, source, target)
    merged(cast, target, third)

    assert refused(lambda: undone(cast, source)) == "undo_target_merged"
    undone(cast, target)
    undone(cast, source)

    assert not Ticket.objects.exclude(merged_into=None).exists()


def test_undoing_twice_is_refused_and_merging_anew_is_not(cast, pair):
    source, target = pair
    merged(cast, source, target)
    undone(cast, source)

    assert refused(lambda: undone(cast, source)) == "not_merged"
    merged(cast, source, target)
    undone(cast, source)
    assert Promise.objects.filter(ticket=source).count() == 3
    assert Promise.objects.filter(ticket=source, outcome=None).count() == 1
