"""Incidents: who declares them, who is told once that one is over, and one answer to all of their tickets."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.actor import actor_for
from accounts.models import AuditEntry
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.incidents import make_incident
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.completing import send_back
from tickets.actions.conversation import MessageInvalid
from tickets.actions.ending import withdraw
from tickets.actions.incident_answers import answer_all, send_pending
from tickets.actions.incidents import Declared, StaleIncident, conclude, mark, subscribe, unsubscribe, update
from tickets.models import Incident, IncidentReply, IncidentSubscription, Message, Outbox, TicketEvent
from tickets.notifications.delivery import deliver_due
from tickets.policy.lifecycle import Status

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)


def answer(incident, cast, *, by=None, now=LATER, texts=None, **how):
    incident.refresh_from_db()
    how = {"id": uuid4(), "expected": incident.version, **how}
    made = answer_all(incident, texts or {"en": "It works again."}, by=actor_for(by or cast.agent), now=now, **how)
    send_pending(lambda: now, answer=made)
    return made


def outcomes(made):
    return {reply.ticket.reference: reply.skipped for reply in made.replies.select_related("ticket")}


# Declaring, changing, being told ------------------------------------------------------------------------------------


def test_only_support_declares_and_marks(cast):
    ticket = make_ticket(cast.owner)
    incident = make_incident(cast)

    for person in (cast.owner, cast.growth):
        with pytest.raises(Forbidden):
            update(incident, Declared({"en": "x"}, {"en": "y"}), by=actor_for(person), now=NOW, expected=1)
        with pytest.raises(Forbidden):
            mark(ticket, incident, by=actor_for(person), now=NOW)
        with pytest.raises(Forbidden):
            answer_all(incident, {"en": "x"}, id=uuid4(), by=actor_for(person), now=NOW, expected=1)


def test_each_step_is_recorded(cast):
    incident = make_incident(cast)
    lead = actor_for(cast.lead)
    update(incident, Declared({"en": "Late messages"}, dict(incident.texts)), by=lead, now=NOW, expected=1)
    conclude(incident, {"en": "A relay."}, by=lead, now=LATER, expected=2)

    entries = AuditEntry.objects.filter(object_type="tickets.incident").order_by("pk")
    assert [entry.verb for entry in entries] == ["incident.declared", "incident.changed", "incident.concluded"]
    assert entries[1].after == {"titles": {"en": "Late messages"}}
    assert entries[1].before["titles"]["de"] == "Nachrichten kommen verspätet an"


def test_a_ticket_is_marked_once_and_everybody_on_it_can_see_it(cast):
    ticket, incident = make_ticket(cast.owner), make_incident(cast)

    for _ in range(2):
        mark(ticket, incident, by=actor_for(cast.agent), now=NOW)

    event = TicketEvent.objects.get(ticket=ticket, kind="incident_linked")
    assert (event.is_public, event.payload) == (True, {"incident": incident.pk})
    mark(ticket, None, by=actor_for(cast.agent), now=NOW)
    ticket.refresh_from_db()
    assert ticket.incident is None
    assert TicketEvent.objects.filter(ticket=ticket, kind="incident_unlinked").count() == 1


def test_who_wants_to_know_is_told_once_in_their_language(cast):
    incident = make_incident(cast)
    cast.nordlicht_member.language = "de"
    cast.nordlicht_member.save()
    gone, left = cast.azul_member, cast.outsider
    for person in (cast.owner, cast.nordlicht_member, gone, left):
        for _ in range(2):
            subscribe(incident, by=actor_for(person), now=NOW)
    unsubscribe(incident, by=actor_for(left))
    gone.is_active = False
    gone.save()

    told = conclude(
        incident,
        {"en": "A relay was stuck.", "de": "Ein Relais hing."},
        by=actor_for(cast.agent),
        now=LATER,
        expected=1,
    )
    for _ in range(2):
        deliver_due(lambda: LATER)

    assert told == 2
    mails = {mail.to[0]: mail for mail in mail.outbox}
    assert set(mails) == {cast.owner.email, cast.nordlicht_member.email}
    assert len(mail.outbox) == 2
    german = mails[cast.nordlicht_member.email]
    assert german.subject == "Vorbei: Nachrichten kommen verspätet an"
    assert "Ein Relais hing." in german.body
    assert "Ein Relais hing." in german.alternatives[0][0]
    assert german.extra_headers["Message-ID"].startswith(f"<{Outbox.objects.get(user=cast.nordlicht_member).pk}@")


def test_what_is_over_takes_no_more(cast):
    incident = make_incident(cast)
    conclude(incident, {"en": "A relay."}, by=actor_for(cast.agent), now=LATER, expected=1)
    agent = actor_for(cast.agent)

    for act in (
        lambda: subscribe(incident, by=actor_for(cast.owner), now=LATER),
        lambda: conclude(incident, {"en": "Again."}, by=agent, now=LATER, expected=2),
        lambda: mark(make_ticket(cast.owner), incident, by=agent, now=LATER),
        lambda: answer(incident, cast),
    ):
        with pytest.raises(NotNow) as refused:
            act()
        assert refused.value.code == "incident_over"
    assert Outbox.objects.filter(incident=incident).count() == 0


def test_growth_managers_and_support_file_nothing_and_wait_for_nothing(cast):
    incident = make_incident(cast)

    for person in (cast.growth, cast.agent):
        with pytest.raises(Forbidden):
            subscribe(incident, by=actor_for(person), now=NOW)


def test_the_database_refuses_what_cannot_be(cast):
    incident = make_incident(cast, make_ticket(cast.owner))
    made = answer(incident, cast)
    subscribe(incident, by=actor_for(cast.owner), now=NOW)
    reply = made.replies.get()

    for wrong in (
        lambda: IncidentSubscription.objects.create(incident=incident, user=cast.owner, at=NOW),
        lambda: IncidentReply.objects.create(answer=made, ticket=reply.ticket),
        lambda: IncidentReply.objects.filter(pk=reply.pk).update(skipped="closed"),
        lambda: IncidentReply.objects.filter(pk=reply.pk).update(settled_at=None),
        lambda: Incident.objects.filter(pk=incident.pk).update(ended_at=NOW),
        lambda: Outbox.objects.create(
            channel="email", user=cast.owner, recipient="a@example.org", queued_at=NOW, send_at=NOW
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


# One answer to all ---------------------------------------------------------------------------------------------------


def test_one_answer_is_the_first_response_of_each_in_its_own_language(cast):
    english, german = make_ticket(cast.owner), make_ticket(cast.nordlicht_member, language="de")
    spanish = make_ticket(cast.outsider, language="es")
    other = make_ticket(cast.owner)
    incident = make_incident(cast, english, german, spanish)

    answer(incident, cast, texts={"en": "It works again.", "de": "Es geht wieder.", "es": " "})

    said = {message.ticket: message for message in Message.objects.filter(kind="public")}
    assert {ticket: message.body for ticket, message in said.items()} == {
        english: "It works again.", german: "Es geht wieder.", spanish: "It works again.",
    }  # fmt: skip
    for ticket in (english, german, spanish):
        ticket.refresh_from_db()
        assert (ticket.promise.outcome, ticket.promise.message, ticket.status) == ("kept", said[ticket], "in_progress")
        assert ticket.assignee is None  # one answer to many is work on none
    other.refresh_from_db()
    assert other.promise.outcome is None


def test_what_is_answered_already_gets_it_too_and_keeps_its_first_response(cast):
    ticket = make_ticket(cast.owner)
    incident = make_incident(cast, ticket)
    first = answer_ticket(ticket, cast.second_agent, now=NOW + timedelta(minutes=5))

    answer(incident, cast)

    ticket.refresh_from_db()
    assert ticket.promise.message == first
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_what_does_not_get_it_is_named_with_the_reason(cast):
    agent = actor_for(cast.agent)
    waits, solved, gone, moved, fine = (make_ticket(cast.owner) for _ in range(5))
    incident = make_incident(cast, waits, solved, gone, moved, fine)
    send_back(waits, {"description": "Since when?"}, by=agent, now=NOW)
    answer_ticket(solved, cast.agent, now=NOW, then=Status.RESOLVED)
    withdraw(gone, by=actor_for(cast.owner), now=NOW)
    incident.refresh_from_db()
    made = answer_all(incident, {"en": "It works."}, id=uuid4(), by=agent, now=LATER, expected=incident.version)
    mark(moved, None, by=agent, now=LATER)

    send_pending(lambda: LATER)

    assert outcomes(made) == {
        waits.reference: "needs_information", solved.reference: "resolved", gone.reference: "withdrawn",
        moved.reference: "unlinked", fine.reference: "",
    }  # fmt: skip
    assert Message.objects.filter(body="It works.").count() == 1


def test_it_may_resolve_them_and_what_cannot_be_moved_is_skipped_whole(cast):
    fresh, answered = make_ticket(cast.owner), make_ticket(cast.owner)
    incident = make_incident(cast, fresh, answered)
    answer_ticket(answered, cast.agent, now=NOW)

    resolved = answer(incident, cast, then=Status.RESOLVED, is_answer=False)

    assert outcomes(resolved) == {fresh.reference: "no_first_response", answered.reference: ""}
    assert Message.objects.filter(ticket=fresh).count() == 0
    answered.refresh_from_db()
    assert answered.status == "resolved"


def test_the_same_form_twice_is_one_answer(cast):
    incident = make_incident(cast, make_ticket(cast.owner))
    id = uuid4()

    first = answer(incident, cast, id=id, expected=1)
    second = answer(incident, cast, id=id, expected=1)

    assert first == second
    assert Message.objects.count() == 1


def test_another_answer_is_not_sent_unseen(cast):
    incident = make_incident(cast, make_ticket(cast.owner))
    answer(incident, cast, expected=1)

    with pytest.raises(StaleIncident):
        answer(incident, cast, by=cast.second_agent, expected=1)

    assert Message.objects.count() == 1


@pytest.mark.parametrize(("texts", "code"), [({"en": "  ", "de": "Ja"}, "empty"), ({"en": "x" * 50_001}, "too_long")])
def test_an_answer_that_is_none_is_refused(cast, texts, code):
    with pytest.raises(MessageInvalid) as refused:
        answer(make_incident(cast), cast, texts=texts)

    assert refused.value.code == code


def test_what_was_left_is_sent_later_and_nothing_twice(cast):
    tickets = [make_ticket(cast.owner) for _ in range(3)]
    incident = make_incident(cast, *tickets)
    made = answer_all(incident, {"en": "It works."}, id=uuid4(), by=actor_for(cast.agent), now=LATER, expected=1)
    moments = iter([LATER, LATER + timedelta(seconds=9)])

    # The time is up after the first: as if the process had died there.
    assert send_pending(lambda: next(moments), answer=made, until=LATER + timedelta(seconds=5)) == 2
    assert Message.objects.filter(body="It works.").count() == 1
    assert send_pending(lambda: LATER) == 0
    assert send_pending(lambda: LATER) == 0

    assert sorted(Message.objects.values_list("ticket", flat=True)) == sorted(ticket.pk for ticket in tickets)


def test_one_that_cannot_be_answered_keeps_no_other_from_it(cast):
    broken, fine = make_ticket(cast.owner), make_ticket(cast.owner)
    incident = make_incident(cast, broken, fine)
    made = answer_all(incident, {"en": "It works."}, id=uuid4(), by=actor_for(cast.agent), now=LATER, expected=1)
    moments = iter([None, LATER])  # no moment: whatever goes wrong on the first of them

    assert send_pending(lambda: next(moments), answer=made) == 1
    assert Message.objects.get(body="It works.").ticket == fine
    assert send_pending(lambda: LATER, answer=made) == 0
    assert Message.objects.filter(body="It works.").count() == 2
