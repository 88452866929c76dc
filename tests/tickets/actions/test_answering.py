"""What is a first response, and what severity changes do to a deadline."""

import uuid
from datetime import timedelta

import pytest

from accounts.actor import actor_for
from packages.policy.severity import Severity
from tests.cast import NOW, Cast, make_ticket
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.conversation import add_note, dispute, post_message
from tickets.actions.ending import reopen, resolve, withdraw
from tickets.actions.triage import assign, get_worse, reclassify, wait_for_partner, wait_for_platform
from tickets.models import Message, Promise, Ticket, TicketEvent, Timer
from tickets.models.timer import PENDING
from tickets.policy.lifecycle import Status

pytestmark = pytest.mark.django_db
Outcome = Promise.Outcome
MINUTE = timedelta(minutes=1)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("promise").get(pk=ticket.pk)


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        (30 * MINUTE - timedelta(microseconds=1), Outcome.KEPT),
        (30 * MINUTE, Outcome.MISSED),
        (31 * MINUTE, Outcome.MISSED),
    ],
)
def test_a_response_at_the_deadline_itself_is_late(cast: Cast, after: timedelta, outcome: str):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    post_message(ticket, "It is on our side; we know where.", by=actor_for(cast.agent), now=NOW + after)

    promise = fresh(ticket).promise
    assert (promise.outcome, promise.answered_at, promise.used) == (outcome, NOW + after, after)


def test_other_words_in_a_form_that_was_sent_are_said_too(cast: Cast):
    ticket, nonce = make_ticket(by=cast.owner), uuid.uuid4()
    owner, agent = actor_for(cast.owner), actor_for(cast.agent)
    form = {"now": NOW, "nonce": nonce}

    first = post_message(ticket, "Hello", by=owner, **form)
    second = post_message(ticket, "One more thing", by=owner, **form)
    note = add_note(ticket, "Hello", by=agent, **form)

    assert len({first.pk, second.pk, note.pk}) == 3
    assert (note.kind, note.author) == (Message.Kind.NOTE, cast.agent)
    assert first.nonce == nonce  # by which the page knows that what is kept in the browser has arrived
    assert post_message(ticket, "Hello", by=owner, **form) == first
    assert post_message(ticket, "One more thing", by=owner, **form) == second


def test_the_first_response_stops_the_clock_and_its_timers(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    post_message(ticket, "Found it.", by=actor_for(cast.agent), now=NOW + MINUTE)

    ticket = fresh(ticket)
    assert ticket.status == Status.IN_PROGRESS
    assert ticket.assignee == cast.agent
    assert not Timer.objects.filter(PENDING, ticket=ticket).exists()


def test_what_is_no_answer_stops_nothing(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    add_note(ticket, "Looks like the gateway.", by=actor_for(cast.agent), now=NOW + MINUTE)
    assign(ticket, cast.agent, by=actor_for(cast.lead), now=NOW + MINUTE)
    post_message(ticket, "We got it.", by=actor_for(cast.agent), now=NOW + MINUTE, is_answer=False)
    post_message(ticket, "Please hurry.", by=actor_for(cast.growth), now=NOW + MINUTE)
    post_message(ticket, "Any news?", by=actor_for(cast.owner), now=NOW + MINUTE)

    assert fresh(ticket).promise.outcome is None


def test_a_message_sent_twice_is_said_once(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    nonce = uuid.uuid4()

    first = post_message(ticket, "Hello", by=actor_for(cast.owner), now=NOW, nonce=nonce)
    second = post_message(ticket, "Hello", by=actor_for(cast.owner), now=NOW, nonce=nonce)

    assert first == second
    assert Message.objects.filter(ticket=ticket).count() == 1
    assert TicketEvent.objects.filter(ticket=ticket, kind="message").count() == 1


def test_keys_in_a_message_are_masked(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    message = post_message(ticket, "D360-API-KEY: abcdef123456", by=actor_for(cast.owner), now=NOW)

    assert message.body == "D360-API-KEY: ***"


def test_correcting_counts_from_the_start_of_the_running_promise(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    reclassify(
        ticket,
        Severity.URGENT,
        cause=Promise.Cause.CORRECTED,
        reason="A workaround exists.",
        by=actor_for(cast.agent),
        now=NOW + 10 * MINUTE,
    )

    old, new = fresh(ticket).promises.order_by("number")
    assert old.outcome == Outcome.REPLACED
    assert (new.started_at, new.due_at, new.severity) == (NOW, NOW + timedelta(hours=2), "urgent")


def test_getting_worse_gives_the_earlier_of_old_deadline_and_now_plus_new_target(cast: Cast):
    early = make_ticket(by=cast.owner, topic="number_porting")
    late = make_ticket(by=cast.owner, topic="number_porting")

    for ticket, after in ((early, 10 * MINUTE), (late, 100 * MINUTE)):
        reclassify(
            ticket,
            Severity.CRITICAL,
            cause=Promise.Cause.WORSE,
            reason="Now all numbers.",
            by=actor_for(cast.lead),
            now=NOW + after,
        )

    assert fresh(early).promise.due_at == NOW + 40 * MINUTE
    assert fresh(late).promise.due_at == NOW + timedelta(hours=2)
    assert (fresh(late).promise.started_at, fresh(late).promise.target) == (NOW, timedelta(hours=2))


def test_a_new_deadline_that_is_past_is_late_at_once(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="number_porting")

    reclassify(
        ticket,
        Severity.CRITICAL,
        cause=Promise.Cause.CORRECTED,
        reason="It was Critical all along.",
        by=actor_for(cast.agent),
        now=NOW + timedelta(hours=1),
    )

    promise = fresh(ticket).promise
    assert promise.due_at == NOW + 30 * MINUTE
    assert promise.outcome is None  # and so late when read, as its deadline has passed


def test_lowering_needs_a_lead_late_or_a_second_time(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    with pytest.raises(Forbidden):
        reclassify(
            ticket,
            Severity.STANDARD,
            cause=Promise.Cause.CORRECTED,
            reason="x",
            by=actor_for(cast.agent),
            now=NOW + 25 * MINUTE,
        )
    reclassify(ticket, Severity.URGENT, cause=Promise.Cause.CORRECTED, reason="x", by=actor_for(cast.agent), now=NOW)
    with pytest.raises(Forbidden):
        reclassify(
            ticket, Severity.STANDARD, cause=Promise.Cause.CORRECTED, reason="x", by=actor_for(cast.agent), now=NOW
        )


def test_after_the_first_response_only_the_severity_changes(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    post_message(ticket, "Found it.", by=actor_for(cast.agent), now=NOW + MINUTE)

    reclassify(
        ticket,
        Severity.URGENT,
        cause=Promise.Cause.CORRECTED,
        reason="x",
        by=actor_for(cast.agent),
        now=NOW + 2 * MINUTE,
    )

    assert fresh(ticket).severity == "urgent"
    assert fresh(ticket).promises.count() == 1


def test_the_filer_can_say_that_it_got_worse_until_the_first_response(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="templates", impact="limited", workaround=True)

    get_worse(
        ticket,
        impact="halted",
        workaround=False,
        reason="Now everything is down.",
        by=actor_for(cast.owner),
        now=NOW + 5 * MINUTE,
    )

    assert fresh(ticket).severity == "critical"
    assert fresh(ticket).promise.due_at == NOW + 35 * MINUTE
    post_message(ticket, "Found it.", by=actor_for(cast.agent), now=NOW + 6 * MINUTE)
    with pytest.raises(NotNow):
        get_worse(ticket, impact="halted", workaround=False, reason="x", by=actor_for(cast.owner), now=NOW + 7 * MINUTE)


def test_support_can_not_resolve_without_a_first_response_but_the_resolving_message_may_be_it(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    with pytest.raises(NotNow):
        resolve(ticket, by=actor_for(cast.agent), now=NOW + MINUTE)
    post_message(ticket, "Fixed.", by=actor_for(cast.agent), now=NOW + MINUTE, then=Status.RESOLVED)

    assert fresh(ticket).status == Status.RESOLVED
    assert fresh(ticket).promise.outcome == Outcome.KEPT
    assert list(Timer.objects.filter(PENDING, ticket=ticket).values_list("kind", flat=True)) == ["auto_close"]


def test_the_partner_resolving_before_a_response_voids_the_promise(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    resolve(ticket, by=actor_for(cast.owner), now=NOW + MINUTE)

    assert fresh(ticket).promise.outcome == Outcome.VOID


def test_reopening_gives_no_new_promise_and_nothing_late(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    post_message(ticket, "Fixed.", by=actor_for(cast.agent), now=NOW + MINUTE, then=Status.RESOLVED)

    reopen(ticket, by=actor_for(cast.owner), now=NOW + timedelta(hours=5), reason="It is back.")

    assert fresh(ticket).status == Status.IN_PROGRESS
    assert fresh(ticket).promises.count() == 1
    assert not Timer.objects.filter(PENDING, ticket=ticket).exists()


def test_a_partners_message_reopens_what_was_resolved(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    post_message(ticket, "Fixed.", by=actor_for(cast.agent), now=NOW + MINUTE, then=Status.RESOLVED)

    post_message(ticket, "Not quite.", by=actor_for(cast.owner), now=NOW + 2 * MINUTE)

    assert fresh(ticket).status == Status.IN_PROGRESS


def test_waiting_needs_a_first_response_and_the_platform_a_case_and_a_date(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    by, later = actor_for(cast.agent), NOW + MINUTE

    with pytest.raises(NotNow):
        wait_for_partner(ticket, by=by, now=later)
    post_message(ticket, "Found it.", by=by, now=later)
    with pytest.raises(NotNow):
        wait_for_platform(ticket, case=" ", check_at=NOW + timedelta(days=1), by=by, now=later)
    with pytest.raises(NotNow):
        wait_for_platform(ticket, case="88 214", check_at=NOW, by=by, now=later)
    wait_for_platform(ticket, case="88 214", check_at=NOW + timedelta(days=1), by=by, now=later)

    ticket = fresh(ticket)
    assert (ticket.status, ticket.work_at) == (Status.WAITING_PLATFORM, NOW + timedelta(days=1))
    assert list(Timer.objects.filter(PENDING, ticket=ticket).values_list("kind", flat=True)) == ["check_due"]


def test_disputing_an_answer_leaves_the_promise_settled(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    message = post_message(ticket, "Have you tried again?", by=actor_for(cast.agent), now=NOW + MINUTE)

    dispute(message, by=actor_for(cast.owner), now=NOW + 2 * MINUTE)

    assert Message.objects.get(pk=message.pk).disputed_at == NOW + 2 * MINUTE
    assert fresh(ticket).promise.outcome == Outcome.KEPT


def test_withdrawing_ends_a_ticket_for_good(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    withdraw(ticket, by=actor_for(cast.owner), now=NOW + MINUTE)

    assert fresh(ticket).status == Status.WITHDRAWN
    with pytest.raises(NotNow):
        post_message(ticket, "Wait", by=actor_for(cast.owner), now=NOW + 2 * MINUTE)
    with pytest.raises(NotNow):
        reopen(ticket, by=actor_for(cast.owner), now=NOW + 2 * MINUTE)


def test_an_internal_note_does_not_show_through(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    before = fresh(ticket)

    add_note(ticket, "secretword", by=actor_for(cast.agent), now=NOW + MINUTE)

    after = fresh(ticket)
    assert after.words.internal == " secretword "
    assert "secretword" not in after.words.public
    assert (after.public_seq, after.public_activity_at) == (before.public_seq, before.public_activity_at)
