"""Sending back by field, and completing: the clock starts anew, in full."""

from datetime import timedelta

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, Cast, make_ticket
from tickets.actions.change import Forbidden, NotNow, StaleTicket
from tickets.actions.completing import complete, send_back
from tickets.actions.conversation import post_message
from tickets.actions.filing import Invalid
from tickets.models import InformationRequest, Promise, Ticket, Timer
from tickets.models.timer import PENDING

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)
MUCH_LATER = NOW + timedelta(hours=3)


def sent_back(cast: Cast, **asks: str) -> Ticket:
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    send_back(ticket, asks or {"phone_number": "This number is not in use."}, by=actor_for(cast.agent), now=LATER)
    return Ticket.objects.get(pk=ticket.pk)


def test_sending_back_voids_the_promise_and_stops_its_timers(cast: Cast):
    ticket = sent_back(cast)

    assert ticket.status == Ticket.Status.NEEDS_INFORMATION
    assert (ticket.promise.outcome, ticket.promise.used) == (Promise.Outcome.VOID, timedelta(minutes=10))
    assert ticket.work_at is None
    pending = set(Timer.objects.filter(PENDING, ticket=ticket).values_list("kind", flat=True))
    assert pending == {"information_reminder", "information_withdraw"}


def test_sending_back_after_the_deadline_leaves_the_promise_missed(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    send_back(ticket, {"phone_number": "Wrong."}, by=actor_for(cast.lead), now=NOW + timedelta(hours=1))

    assert Promise.objects.get(ticket=ticket).outcome == Promise.Outcome.MISSED


def test_completing_starts_the_clock_anew_in_full(cast: Cast):
    ticket = sent_back(cast)

    complete(ticket, {"phone_number": "+49 30 999 8877"}, by=actor_for(cast.owner), now=MUCH_LATER)

    ticket = Ticket.objects.get(pk=ticket.pk)
    assert ticket.status == Ticket.Status.NEW
    assert ticket.answers["phone_number"] == "+49309998877"
    assert (ticket.promise.number, ticket.promise.cause) == (2, Promise.Cause.COMPLETED)
    assert ticket.promise.due_at == MUCH_LATER + timedelta(minutes=30)
    assert [promise.outcome for promise in ticket.promises.order_by("number")] == [Promise.Outcome.VOID, None]
    assert InformationRequest.objects.get(ticket=ticket).completed


@pytest.mark.parametrize(("answer", "code"), [("", "required"), ("hello", "invalid"), (None, "required")])
def test_completing_without_a_good_answer_is_refused_at_the_field(cast: Cast, answer: str | None, code: str):
    ticket = sent_back(cast)

    with pytest.raises(Invalid) as refused:
        complete(ticket, {"phone_number": answer}, by=actor_for(cast.owner), now=MUCH_LATER)

    assert [(remark.key, remark.code) for remark in refused.value.checked.refused] == [("phone_number", code)]
    assert Ticket.objects.get(pk=ticket.pk).status == Ticket.Status.NEEDS_INFORMATION


def test_completing_with_what_stood_there_is_refused(cast: Cast):
    ticket = sent_back(cast)

    with pytest.raises(Invalid) as refused:
        complete(ticket, {"phone_number": ticket.answers["phone_number"]}, by=actor_for(cast.owner), now=MUCH_LATER)

    assert [remark.code for remark in refused.value.checked.refused] == ["unchanged"]


def test_a_public_message_of_support_meanwhile_stops_nothing(cast: Cast):
    ticket = sent_back(cast)

    message = post_message(ticket, "Any news?", by=actor_for(cast.agent), now=LATER)
    complete(ticket, {"phone_number": "+49309998877"}, by=actor_for(cast.owner), now=MUCH_LATER)

    assert not message.is_answer
    assert Ticket.objects.get(pk=ticket.pk).promise.outcome is None


def test_sending_back_after_80_per_cent_or_a_second_time_needs_a_lead(cast: Cast):
    late = make_ticket(by=cast.owner, topic="messaging_delays")
    twice = sent_back(cast)
    complete(twice, {"phone_number": "+49309998877"}, by=actor_for(cast.owner), now=MUCH_LATER)

    for ticket, now in ((late, NOW + timedelta(minutes=24)), (twice, MUCH_LATER)):
        with pytest.raises(Forbidden) as refused:
            send_back(ticket, {"waba_id": "Wrong."}, by=actor_for(cast.agent), now=now)
        assert refused.value.code == "needs_lead"
        send_back(ticket, {"waba_id": "Wrong."}, by=actor_for(cast.lead), now=now)


def test_sending_back_names_known_fields_with_reasons(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")

    for asks in ({}, {"phone_number": " "}, {"nonsense": "why"}, {"phone_number": "Wrong.", "nonsense": "why"}):
        with pytest.raises(NotNow) as refused:
            send_back(ticket, asks, by=actor_for(cast.agent), now=LATER)
        assert refused.value.code == "name_the_fields"


def test_sending_back_after_the_first_response_is_refused(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    post_message(ticket, "We are on it: …", by=actor_for(cast.agent), now=LATER)

    with pytest.raises(NotNow) as refused:
        send_back(ticket, {"phone_number": "Wrong."}, by=actor_for(cast.agent), now=LATER)

    assert refused.value.code == "answered_already"


def test_sending_back_what_somebody_else_changed_is_refused(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="messaging_delays")
    seen = ticket.version
    post_message(ticket, "One more thing", by=actor_for(cast.owner), now=LATER)

    with pytest.raises(StaleTicket):
        send_back(ticket, {"phone_number": "Wrong."}, by=actor_for(cast.agent), now=LATER, expected=seen)


def test_a_partner_can_not_send_back_and_support_can_not_complete(cast: Cast):
    ticket = sent_back(cast)

    with pytest.raises(Forbidden):
        send_back(ticket, {"phone_number": "Wrong."}, by=actor_for(cast.owner), now=LATER)
    with pytest.raises(Forbidden):
        complete(ticket, {"phone_number": "+49309998877"}, by=actor_for(cast.agent), now=LATER)
