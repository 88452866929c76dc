"""A ticket that several people change at the same moment, on the database that production uses."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.actor import actor_for
from packages.models import Topic
from packages.policy.severity import Severity
from packages.queries.policies import in_force
from tests.answers import answers_for
from tests.cast import NOW, answer_ticket, make_cast, make_ticket
from tests.shipped_policy import load_shipped_policy
from tickets.actions import ending
from tickets.actions.attaching import stage
from tickets.actions.change import Forbidden, NotNow, StaleTicket
from tickets.actions.completing import complete, send_back
from tickets.actions.conversation import add_note, post_message
from tickets.actions.drafting import save_draft
from tickets.actions.filing import Filing, file_ticket, topic_facts
from tickets.actions.firing import fire_due
from tickets.actions.promising import Cause
from tickets.actions.triage import get_worse, reclassify, wait_for_partner
from tickets.models import Attachment, Draft, Message, Promise, Ticket, TicketEvent
from tickets.policy.lifecycle import Status
from tickets.policy.uploads import FileRefused

pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SOON = NOW + timedelta(minutes=5)
TIMES = range(3)  # a race that is lost now and then is lost


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
        except (NotNow, Forbidden) as refusal:
            return refusal.code
        except StaleTicket:
            return "stale"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def is_sound(ticket):
    """Check what must hold whoever was first: the record has no gap, and no two promises run."""
    ticket.refresh_from_db()
    seqs = list(TicketEvent.objects.filter(ticket=ticket).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, ticket.seq + 1))
    running = Promise.objects.filter(ticket=ticket, outcome=None)
    assert [one.pk for one in running] == ([ticket.promise_id] if ticket.promise.outcome is None else [])
    if ticket.status in (Status.NEEDS_INFORMATION, Status.WITHDRAWN, Status.RESOLVED):
        assert not running


def test_one_draft_filed_by_three_at_once_is_one_ticket(people):
    draft = Draft.objects.create(
        user=people.owner, organisation=people.meridian, topic=Topic.objects.get(code="other"), saved_at=NOW
    )
    answers = answers_for(topic_facts(in_force(NOW), "other"))
    filing = Filing(topic="other", answers=answers, draft=draft)

    made = at_once(*[lambda: file_ticket(filing, by=actor_for(people.owner), now=NOW)] * 3)

    assert len({ticket.pk for ticket in made}) == 1
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("_", TIMES)
def test_a_file_uploaded_while_its_draft_is_filed_goes_along_or_is_refused(people, _):
    draft = Draft.objects.create(
        user=people.owner, organisation=people.meridian, topic=Topic.objects.get(code="other"), saved_at=NOW
    )
    answers = answers_for(topic_facts(in_force(NOW), "other"))
    filing = Filing(topic="other", answers=answers, draft=draft)
    by = actor_for(people.owner)

    def upload():
        try:
            return stage(SimpleUploadedFile("a.txt", b"Nothing arrives."), by=by, now=NOW, draft=draft).pk
        except FileRefused as refused:
            return refused.code

    typing = [lambda: save_draft(draft, {"subject": "x"}, own=frozenset(), now=NOW)] * 2
    done = at_once(*[upload] * 3, lambda: file_ticket(filing, by=by, now=NOW), *typing, *[upload] * 3)

    ticket = Ticket.objects.get()
    kept = {one for one in (*done[:3], *done[-3:]) if one != "filed"}
    assert {one.pk for one in ticket.attachments.all()} == kept
    assert not Attachment.objects.exclude(ticket=ticket).exists()


@pytest.mark.parametrize("kind", [add_note, post_message])
def test_one_form_sent_three_times_at_once_is_said_once(people, kind):
    ticket, nonce = make_ticket(people.owner), uuid.uuid4()
    form = {"by": actor_for(people.agent), "now": SOON, "nonce": nonce, "expected": ticket.version}

    said = at_once(*[lambda: kind(ticket, "Seen.", **form)] * 3)

    assert len({message.pk for message in said}) == 1
    assert Message.objects.filter(ticket=ticket).count() == 1
    is_sound(ticket)


def test_answer_and_sending_back_at_once(people):
    for _ in TIMES:
        ticket = make_ticket(people.owner)
        at_once(
            lambda t=ticket: post_message(t, "Found it.", by=actor_for(people.agent), now=SOON),
            lambda t=ticket: send_back(t, {"description": "Too short."}, by=actor_for(people.second_agent), now=SOON),
        )
        is_sound(ticket)
        kept = ticket.promise.outcome == Promise.Outcome.KEPT
        assert ticket.status == (Status.IN_PROGRESS if kept else Status.NEEDS_INFORMATION)


def test_completing_twice_at_once_starts_one_clock(people):
    ticket = make_ticket(people.owner)
    send_back(ticket, {"description": "Too short."}, by=actor_for(people.agent), now=SOON)
    given = {"description": "Since nine this morning no message of ours arrives at any number."}

    ended = at_once(*[lambda: complete(ticket, given, by=actor_for(people.owner), now=SOON)] * 2)

    assert sorted(str(one) for one in ended) == sorted([ticket.reference, "nothing_asked"])
    assert Promise.objects.filter(ticket=ticket).count() == 2
    is_sound(ticket)


def test_reclassifying_getting_worse_answering_and_withdrawing_at_once(people):
    lead, owner, agent = actor_for(people.lead), actor_for(people.owner), actor_for(people.agent)
    for _ in TIMES:
        ticket = make_ticket(people.owner)
        at_once(
            lambda t=ticket: reclassify(t, Severity.URGENT, cause=Cause.CORRECTED, reason="It is.", by=lead, now=SOON),
            lambda t=ticket: get_worse(t, impact="halted", workaround=False, reason="All.", by=owner, now=SOON),
            lambda t=ticket: post_message(t, "Found it.", by=agent, now=SOON),
            lambda t=ticket: ending.withdraw(t, by=owner, now=SOON),
        )
        is_sound(ticket)


def test_two_who_saw_the_same_version_change_it_once(people):
    ticket = make_ticket(people.owner)
    seen = ticket.version
    answer = [
        lambda: post_message(ticket, "Found it.", by=actor_for(people.agent), now=SOON, expected=seen).kind,
        lambda: post_message(ticket, "It is fixed.", by=actor_for(people.lead), now=SOON, expected=seen).kind,
    ]

    assert sorted(at_once(*answer)) == ["public", "stale"]


def test_two_who_saw_the_same_version_say_once_that_it_got_worse(people):
    ticket = make_ticket(people.owner)

    def worse():
        how = {"impact": "halted", "workaround": True, "reason": "All of it.", "expected": ticket.version}
        return get_worse(ticket, by=actor_for(people.owner), now=SOON, **how).impact

    assert sorted(at_once(worse, worse)) == ["halted", "stale"]
    assert TicketEvent.objects.filter(ticket=ticket, kind="got_worse").count() == 1


def test_who_completes_what_they_no_longer_saw_does_nothing(people):
    ticket = make_ticket(people.owner)
    send_back(ticket, {"description": "Too short."}, by=actor_for(people.agent), now=SOON)
    seen = Ticket.objects.get(pk=ticket.pk).version
    given = {"description": "Since nine this morning no message of ours arrives at any number."}
    owner = actor_for(people.owner)

    ended = at_once(
        lambda: complete(ticket, given, by=owner, now=SOON, expected=seen).reference,
        lambda: complete(ticket, given, by=owner, now=SOON, expected=seen).reference,
    )

    assert sorted(ended) == [ticket.reference, "stale"]


def test_a_partners_message_and_the_timer_that_resolves_at_once(people):
    for _ in TIMES:
        ticket = make_ticket(people.owner)
        answer_ticket(ticket, people.agent, now=SOON)
        wait_for_partner(ticket, by=actor_for(people.agent), now=SOON)
        later = SOON + timedelta(days=40)
        at_once(
            lambda t=ticket, at=later: post_message(t, "Still here.", by=actor_for(people.owner), now=at),
            lambda at=later: fire_due(at),
        )
        is_sound(ticket)
        # Whoever was first: the partner spoke, so it is support's turn.
        assert ticket.status == Status.IN_PROGRESS
