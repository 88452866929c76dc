"""The chain of an escalation, step by step, and its timers."""

from datetime import timedelta

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, berlin
from tests.tickets.escalating import ask, asked, escalated, initiate, make_ticket
from tickets.actions import escalations
from tickets.actions.change import NotNow, changing
from tickets.actions.firing import fire_due
from tickets.models import Ticket, TicketEvent, Timer

MINUTE = timedelta(minutes=1)


def events(ticket):
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("seq").values_list("kind", "actor__name"))


def pending(ticket):
    timers = Timer.objects.filter(ticket=ticket, fired_at=None, cancelled_at=None, escalation__isnull=False)
    return [(timer.kind, timer.key, timer.due_at) for timer in timers.order_by("due_at")]


def test_asking_waits_for_the_growth_manager_and_leaves_the_tickets_promise_alone(cast):
    ticket = make_ticket(cast.meridian)
    before = (ticket.severity, ticket.promise.due_at, ticket.work_at)

    made = ask(ticket, cast.owner)

    ticket.refresh_from_db()
    assert (made.state, made.partner, made.manager, made.asked_by) == ("asked", cast.meridian, cast.growth, cast.owner)
    assert (made.asked_at, made.decide_by, made.escalated_at) == (NOW, NOW + timedelta(hours=1), None)
    assert (ticket.severity, ticket.promise.due_at, ticket.work_at) == before
    assert ticket.is_escalated is False
    assert events(ticket) == [("escalation_asked", "Ana Prado")]
    assert pending(ticket) == [
        ("escalation_decide", "reminder", NOW + 45 * MINUTE),
        ("escalation_decide", "deputy", NOW + 60 * MINUTE),
        ("escalation_decide", "leads", NOW + 120 * MINUTE),
    ]


@pytest.mark.parametrize(("severity", "minutes", "at_once"), [("critical", 15, True), ("urgent", 30, False)])
def test_target_follows_the_severity_and_a_critical_one_goes_to_the_leads_at_once(cast, severity, minutes, at_once):
    made = asked(cast, severity=severity)

    assert made.decide_by == NOW + minutes * MINUTE
    assert TicketEvent.objects.get(kind="escalation_asked").payload["leads"] is at_once


def test_target_is_opening_time_of_the_tickets_calendar(cast):
    evening = berlin(2026, 11, 27, 21, 50)  # a Friday; Standard Support closes at 22:00 and opens on Monday at 02:00
    ticket = make_ticket(cast.nordlicht, now=evening, severity="critical")

    made = ask(ticket, cast.owner, now=evening)

    assert made.decide_by == berlin(2026, 11, 30, 2, 5)


def test_deciding_yes_pulls_the_ticket_forward_and_waits_for_a_lead(cast):
    request = asked(cast)
    later = NOW + 10 * MINUTE

    made = escalations.escalate(request, by=actor_for(cast.growth), now=later)

    ticket = Ticket.objects.get(pk=made.ticket_id)
    assert (made.state, made.decided_by, made.manager) == ("escalated", cast.growth, cast.growth)
    assert (made.escalated_at, made.acknowledge_by) == (later, later + timedelta(hours=1))
    assert (ticket.is_escalated, ticket.work_at) == (True, later + timedelta(hours=1))
    assert [kind for kind, key, due in pending(ticket)] == ["escalation_acknowledge"] * 3


def test_deputy_may_decide(cast):
    made = escalations.escalate(asked(cast), by=actor_for(cast.deputy), now=NOW)

    assert (made.state, made.decided_by) == ("escalated", cast.deputy)


def test_declining_needs_a_reason_and_ends_it(cast):
    request = asked(cast)
    with pytest.raises(NotNow, match="reason_missing"):
        escalations.decline(request, reason="  ", by=actor_for(cast.growth), now=NOW)

    made = escalations.decline(request, reason="Support answers within the hour.", by=actor_for(cast.growth), now=NOW)

    assert (made.state, made.decline_reason, made.ended_at) == ("declined", "Support answers within the hour.", NOW)
    assert pending(made.ticket) == []
    assert ask(made.ticket, cast.owner).state == "asked"  # and it can be asked for again


def test_lead_acknowledges_and_concludes_with_an_outcome(cast):
    request, lead = escalated(cast), actor_for(cast.lead)

    acknowledged = escalations.acknowledge(request, by=lead, now=NOW + MINUTE)
    concluded = escalations.conclude(acknowledged, outcome="A second agent took it.", by=lead, now=NOW + 2 * MINUTE)

    assert (acknowledged.acknowledged_by, acknowledged.acknowledged_at) == (cast.lead, NOW + MINUTE)
    assert (concluded.state, concluded.outcome, concluded.concluded_by) == (
        "concluded", "A second agent took it.", cast.lead,
    )  # fmt: skip
    concluded.ticket.refresh_from_db()
    assert concluded.ticket.is_escalated is False
    assert events(concluded.ticket) == [
        ("escalation_asked", "Ana Prado"),
        ("escalation_escalated", "Marta Klein"),
        ("escalation_acknowledged", "Jonas Brandt"),
        ("escalation_concluded", "Jonas Brandt"),
    ]
    assert pending(concluded.ticket) == []


def test_growth_manager_initiates_without_being_asked(cast):
    made = initiate(make_ticket(cast.azul), cast.growth)

    assert (made.state, made.asked_at, made.asked_by, made.decided_by) == ("escalated", None, None, cast.growth)
    assert made.partner == cast.meridian
    assert TicketEvent.objects.get().payload["initiated"] is True


def test_partner_takes_a_request_back(cast):
    made = escalations.withdraw(asked(cast), by=actor_for(cast.colleague), now=NOW)

    assert (made.state, made.ended_at) == ("withdrawn", NOW)


def test_escalation_lapses_with_the_ticket(cast):
    made = escalated(cast)

    with changing(made.ticket, now=NOW) as ticket:
        ticket.status = "resolved"
        ticket.resolved_at = NOW
        escalations.lapse(ticket, by=actor_for(cast.agent), now=NOW)

    made.refresh_from_db()
    ticket.refresh_from_db()
    assert (made.state, made.ended_at, ticket.is_escalated) == ("lapsed", NOW, False)
    assert pending(ticket) == []
    assert events(ticket)[-1] == ("escalation_lapsed", "Lena Fischer")


def test_nothing_lapses_where_nothing_is_open(cast):
    with changing(make_ticket(cast.meridian), now=NOW) as ticket:
        assert escalations.lapse(ticket, by=None, now=NOW) is None

    assert events(ticket) == []


# Timers


def test_silence_tells_the_manager_then_the_deputy_then_the_leads(cast):
    made = asked(cast)

    for step in ("reminder", "deputy", "leads"):
        with changing(made.ticket, now=NOW) as ticket:
            assert escalations.remind(made, step, ticket=ticket, now=NOW) == ""

    told = TicketEvent.objects.filter(kind="escalation_reminder").order_by("seq")
    assert [event.payload["to"] for event in told] == ["manager", "deputy", "leads"]
    assert {event.payload["step"] for event in told} == {"decide"}


def test_without_a_deputy_the_leads_are_told_next(cast):
    cast.meridian.deputy = None
    cast.meridian.save()
    made = asked(cast)

    with changing(made.ticket, now=NOW) as ticket:
        escalations.remind(made, "deputy", ticket=ticket, now=NOW)

    assert TicketEvent.objects.get(kind="escalation_reminder").payload["to"] == "leads"


def test_reminder_of_what_was_decided_says_why_it_is_skipped(cast):
    made = escalations.withdraw(asked(cast), by=actor_for(cast.owner), now=NOW)

    with changing(made.ticket, now=NOW) as ticket:
        assert escalations.remind(made, "reminder", ticket=ticket, now=NOW) == "the escalation is withdrawn"


def test_timers_tell_them_by_themselves_until_somebody_decides(cast):
    made = asked(cast)

    for minutes in (45, 60, 120, 121):
        fire_due(NOW + minutes * MINUTE)
    escalations.escalate(made, by=actor_for(cast.deputy), now=NOW + 125 * MINUTE)
    fire_due(NOW + 126 * MINUTE)

    told = TicketEvent.objects.filter(kind="escalation_reminder").order_by("seq")
    assert [(event.payload["to"], event.at) for event in told] == [
        ("manager", NOW + 45 * MINUTE),
        ("deputy", NOW + 60 * MINUTE),
        ("leads", NOW + 120 * MINUTE),
    ]


def test_silence_of_the_leads_is_told_to_all_of_them(cast):
    made = initiate(make_ticket(cast.meridian), cast.growth)

    fire_due(made.acknowledge_by)

    told = TicketEvent.objects.filter(kind="escalation_reminder")
    assert {(event.payload["step"], event.payload["to"]) for event in told} == {("acknowledge", "leads")}
