"""The leads' board: what stands on it, what leads do there, and that nobody else does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actor import actor_for
from tests.tickets.escalating import limit_tier, make_ticket
from tickets.actions import escalations
from tickets.models import EscalationGrant, Timer

FORM = {"cause": "late", "reason": "The shop is closed until it works."}


def now():
    return timezone.now()


def ask(cast, **facts):
    ticket = make_ticket(cast.meridian, now=now() - timedelta(minutes=5), **facts)
    return escalations.ask(ticket, **FORM, by=actor_for(cast.owner), now=now())


def escalated(cast, **facts):
    return escalations.escalate(ask(cast, **facts), by=actor_for(cast.growth), now=now())


def board(browser, **query):
    return browser.get(reverse("admin:escalations"), query).content.decode()


@pytest.fixture
def lead(cast, client):
    client.force_login(cast.lead)
    return client


def test_lead_takes_the_ticket_from_the_board(cast, lead):
    ticket = escalated(cast).ticket
    ticket.refresh_from_db()

    assert "Take the ticket" in board(lead)
    seen = {"version": ticket.version, "seen": ticket.seq, "assignee": "me"}
    assert lead.post(reverse("admin:desk_assign", args=[ticket.reference]), seen).status_code == 302

    ticket.refresh_from_db()
    assert ticket.assignee == cast.lead


def test_lead_acknowledges_and_concludes(cast, lead):
    made = escalated(cast)
    assert "0 min of 1 h" in board(lead)

    lead.post(reverse("admin:acknowledge_escalation", args=[made.pk]))
    made.refresh_from_db()
    assert (made.state, made.acknowledged_by) == ("acknowledged", cast.lead)

    lead.post(reverse("admin:conclude_escalation", args=[made.pk]), {"outcome": "A second agent took it."})
    made.refresh_from_db()
    assert (made.state, made.outcome) == ("concluded", "A second agent took it.")
    assert "A second agent took it." in board(lead, view="past", tier="gold", topic="messaging_delays")
    assert "A second agent took it." not in board(lead, view="past", tier="silver")


def test_second_lead_reads_what_is_and_loses_no_word(cast, lead):
    made = escalated(cast)
    path = reverse("admin:conclude_escalation", args=[made.pk])

    answer = lead.post(path, {"outcome": "Typed with care."})

    assert answer.status_code == 409
    assert "Nothing was changed: meanwhile it is “Escalated”" in answer.content.decode()
    assert "Typed with care." in answer.content.decode()


@pytest.mark.parametrize("who", ["agent", "second_agent"])
def test_agents_see_the_board_and_may_not_act_on_it(cast, client, who):
    made = escalated(cast)
    client.force_login(getattr(cast, who))

    shown = board(client)
    statuses = [
        client.post(reverse("admin:acknowledge_escalation", args=[made.pk])).status_code,
        client.post(reverse("admin:conclude_escalation", args=[made.pk]), {"outcome": "x"}).status_code,
        client.post(reverse("admin:grant_escalation", args=[cast.meridian.pk]), {"reason": "x"}).status_code,
    ]

    assert made.ticket.reference in shown
    assert reverse("admin:acknowledge_escalation", args=[made.pk]) not in shown
    assert statuses == [403, 403, 403]
    made.refresh_from_db()
    assert (made.state, EscalationGrant.objects.count()) == ("escalated", 0)


@pytest.mark.parametrize("who", ["owner", "nordlicht_member", "growth"])
def test_board_is_not_there_for_others(cast, client, who):
    made = escalated(cast)
    client.force_login(getattr(cast, who))

    assert client.get(reverse("admin:escalations")).status_code == 404
    assert client.post(reverse("admin:acknowledge_escalation", args=[made.pk])).status_code == 404


def test_requests_are_shown_when_critical_or_left_unanswered(cast, lead):
    critical = ask(cast, severity="critical")
    patient, forgotten = ask(cast), ask(cast)
    Timer.objects.filter(escalation=forgotten, key="leads").update(fired_at=now())

    shown = board(lead)

    assert critical.ticket.reference in shown
    assert forgotten.ticket.reference in shown
    assert patient.ticket.reference not in shown


def test_lead_grants_one_more_where_there_is_a_limit(cast, lead):
    assert "Limits of this month" not in board(lead)
    limit_tier("gold", 2)
    assert "0 of 2" in board(lead)

    lead.post(reverse("admin:grant_escalation", args=[cast.meridian.pk]), {"reason": "Porting week."})

    assert "0 of 3" in board(lead)
    assert EscalationGrant.objects.get().by == cast.lead


def test_full_board_shows_what_was_expected_first_and_says_that_there_is_more(cast, lead, monkeypatch):
    first, second = escalated(cast), escalated(cast)
    assert "There are more" not in board(lead)
    monkeypatch.setattr("tickets.queries.escalation_lists.ON_BOARD", 1)

    shown = board(lead)

    assert first.ticket.reference in shown and second.ticket.reference not in shown
    assert "There are more" in shown


@pytest.mark.parametrize("rows", [1, 12])
def test_board_asks_the_same_few_queries_for_any_number_of_rows(cast, lead, django_assert_max_num_queries, rows):
    for _ in range(rows):
        ask(cast, severity="critical")
        escalated(cast)
        escalations.acknowledge(escalated(cast), by=actor_for(cast.lead), now=now())
    board(lead)

    with django_assert_max_num_queries(15):
        board(lead)
