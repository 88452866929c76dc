"""Filing: a valid ticket, its promise, and one ticket a draft."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import actor_for
from tests.answers import answers_for
from tests.cast import NOW, Cast, berlin
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.filing import Filing, Invalid, PromiseMoved, file_ticket
from tickets.models import Draft, Outbox, Promise, Ticket, Timer
from tickets.queries.offers import offer_for

pytestmark = pytest.mark.django_db


def filing_of(cast: Cast, topic: str = "messaging_delays", **answers: object) -> Filing:
    return Filing(topic=topic, answers={**answers_for(cast_topic(topic), filer="partner", now=NOW), **answers})


def cast_topic(code: str):
    from packages.queries.policies import in_force

    return in_force(NOW).policy.topics[code]


def test_filing_promises_the_package_of_the_organisation_that_files(cast: Cast):
    partner = file_ticket(filing_of(cast, client=str(cast.nordlicht.pk)), by=actor_for(cast.owner), now=NOW)
    client = file_ticket(
        Filing("messaging_delays", answers_for(cast_topic("messaging_delays"), filer="client", now=NOW)),
        by=actor_for(cast.nordlicht_member),
        now=NOW,
    )

    assert (partner.promise.package.code, partner.promise.target) == ("premium", timedelta(minutes=30))
    assert (client.promise.package.code, client.promise.target) == ("standard", timedelta(hours=4))
    assert partner.client == cast.nordlicht


def test_filing_writes_ticket_promise_timers_and_record_together(cast: Cast):
    ticket = file_ticket(filing_of(cast), by=actor_for(cast.owner), now=NOW)

    promise = ticket.promise
    assert ticket.status == Ticket.Status.NEW
    assert (promise.number, promise.cause, promise.started_at) == (1, Promise.Cause.FILED, NOW)
    assert promise.due_at == NOW + timedelta(minutes=30)
    assert ticket.work_at == promise.due_at
    assert [event.kind for event in ticket.events.order_by("seq")] == ["filed"]
    timers = Timer.objects.filter(ticket=ticket).order_by("due_at").values_list("kind", "due_at")
    assert list(timers) == [
        ("warning", NOW + timedelta(minutes=15)),
        ("warning", NOW + timedelta(minutes=24)),
        ("breach", NOW + timedelta(minutes=30)),
    ]


def test_filing_at_closing_time_counts_from_the_next_opening(cast: Cast):
    closing = berlin(2026, 11, 24, 22)

    ticket = file_ticket(
        Filing("messaging_delays", answers_for(cast_topic("messaging_delays"), filer="client", now=closing)),
        by=actor_for(cast.direct_member),
        now=closing,
    )

    assert ticket.promise.due_at == berlin(2026, 11, 25, 6)


def test_filing_without_a_mandatory_field_saves_nothing(cast: Cast):
    with pytest.raises(Invalid) as refused:
        file_ticket(filing_of(cast, phone_number=""), by=actor_for(cast.owner), now=NOW)

    assert [(remark.key, remark.code) for remark in refused.value.checked.refused] == [("phone_number", "required")]
    assert not Ticket.objects.exists()
    assert not Outbox.objects.exists()


def test_filing_a_draft_twice_makes_one_ticket(cast: Cast):
    draft = Draft.objects.create(user=cast.owner, organisation=cast.meridian, saved_at=NOW)
    filing = filing_of(cast)
    filing = Filing(filing.topic, filing.answers, draft=draft)

    first = file_ticket(filing, by=actor_for(cast.owner), now=NOW)
    second = file_ticket(filing, by=actor_for(cast.owner), now=NOW)

    assert first == second
    assert Ticket.objects.count() == 1


def test_a_second_ticket_of_one_draft_is_impossible_in_the_database(cast: Cast):
    draft = Draft.objects.create(user=cast.owner, organisation=cast.meridian, saved_at=NOW)
    ticket = file_ticket(
        Filing("messaging_delays", filing_of(cast).answers, draft=draft), by=actor_for(cast.owner), now=NOW
    )

    ticket.pk, ticket.reference, ticket.promise = None, "TK-222222", None

    with pytest.raises(IntegrityError), transaction.atomic():
        ticket.save(force_insert=True)


def test_filing_under_another_basis_comes_back_with_the_new_promise(cast: Cast):
    shown = offer_for(cast.meridian, "messaging_delays", impact="limited", workaround=True, environment="test", now=NOW)
    filing = filing_of(cast)

    with pytest.raises(PromiseMoved) as moved:
        file_ticket(Filing(filing.topic, filing.answers, basis=shown.basis), by=actor_for(cast.owner), now=NOW)

    assert moved.value.offer.severity == "critical"
    assert not Ticket.objects.exists()
    again = Filing(filing.topic, filing.answers, basis=moved.value.offer.basis)
    assert file_ticket(again, by=actor_for(cast.owner), now=NOW).severity == "critical"


def test_a_client_of_somebody_else_is_no_client(cast: Cast):
    with pytest.raises(Invalid) as refused:
        file_ticket(filing_of(cast, client=str(cast.hafen.pk)), by=actor_for(cast.owner), now=NOW)

    assert [(remark.key, remark.code) for remark in refused.value.checked.refused] == [("client", "unknown_client")]


def test_support_and_growth_managers_file_for_nobody(cast: Cast):
    for person in (cast.agent, cast.growth):
        with pytest.raises(Forbidden):
            file_ticket(filing_of(cast), by=actor_for(person), now=NOW)


def test_an_unknown_topic_is_refused(cast: Cast):
    with pytest.raises(NotNow) as refused:
        file_ticket(Filing("weather", {}), by=actor_for(cast.owner), now=NOW)

    assert refused.value.code == "unknown_topic"


def test_changing_partners_filed_by_a_client_is_hidden_from_its_partner(cast: Cast):
    answers = answers_for(cast_topic("changing_partners"), filer="client", now=NOW)
    ticket = file_ticket(Filing("changing_partners", answers), by=actor_for(cast.nordlicht_member), now=NOW)

    seen_by = {
        name: Ticket.objects.visible_to(actor_for(getattr(cast, name))).filter(pk=ticket.pk).exists()
        for name in ("nordlicht_member", "owner", "growth", "agent")
    }

    assert seen_by == {"nordlicht_member": True, "owner": False, "growth": False, "agent": True}
