"""The chain of an escalation, step by step, and everything that may not be."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import actor_for
from accounts.models import AuditEntry
from tests.cast import NOW, berlin
from tests.tickets.escalating import limit_tier, make_ticket
from tickets.actions import escalations
from tickets.actions.change import Forbidden, NotNow, changing
from tickets.models import Escalation, Ticket, TicketEvent, Timer

MINUTE = timedelta(minutes=1)


def ask(ticket, person, *, now=NOW, reason="The shop is closed until it works.", cause="late"):
    return escalations.ask(ticket, cause=cause, reason=reason, by=actor_for(person), now=now)


def initiate(ticket, person, *, now=NOW):
    reason = "Three days of silence."
    return escalations.initiate(ticket, cause="no_progress", reason=reason, by=actor_for(person), now=now)


def asked(cast, **facts):
    return ask(make_ticket(cast.meridian, **facts), cast.owner)


def escalated(cast, **facts):
    return escalations.escalate(asked(cast, **facts), by=actor_for(cast.growth), now=NOW)


def events(ticket):
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("seq").values_list("kind", "actor__name"))


def pending(ticket):
    timers = Timer.objects.filter(ticket=ticket, fired_at=None, cancelled_at=None, escalation__isnull=False)
    return [(timer.kind, timer.key, timer.due_at) for timer in timers.order_by("due_at")]


# The chain


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


# Refusals


@pytest.mark.parametrize(
    ("who", "owner", "facts", "code"),
    [
        ("owner", "meridian", {"status": "needs_information"}, "needs_information"),
        ("owner", "meridian", {"status": "resolved"}, "ended"),
        ("owner", "azul", {"status": "closed"}, "ended"),
        ("owner", "silverline", {}, "not_yours"),
        ("owner", "nordlicht", {"is_confidential": True}, "not_yours"),
        ("outsider", "meridian", {}, "not_yours"),
        ("nordlicht_member", "nordlicht", {}, "not_partner"),
        ("nordlicht_member", "nordlicht", {"is_confidential": True}, "confidential"),
        ("direct_member", "direct", {}, "no_partner"),
        ("agent", "meridian", {}, "not_yours"),
        ("lead", "meridian", {}, "not_yours"),
        ("growth", "meridian", {}, "initiate_instead"),
        ("other_growth", "meridian", {}, "not_yours"),
    ],
)
def test_asking_is_refused_with_its_reason_and_leaves_nothing(cast, who, owner, facts, code):
    ticket = make_ticket(getattr(cast, owner), **facts)

    with pytest.raises((NotNow, Forbidden), match=f"^{code}$"):
        ask(ticket, getattr(cast, who))

    assert (Escalation.objects.count(), TicketEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("who", "owner", "facts", "code"),
    [
        ("owner", "meridian", {}, "ask_instead"),
        ("growth", "silverline", {}, "not_yours"),
        ("growth", "direct", {}, "not_yours"),
        ("growth", "nordlicht", {"is_confidential": True}, "not_yours"),
        ("growth", "nordlicht", {"status": "needs_information"}, "needs_information"),
        ("growth", "nordlicht", {"status": "withdrawn"}, "ended"),
    ],
)
def test_initiating_is_refused_with_its_reason(cast, who, owner, facts, code):
    ticket = make_ticket(getattr(cast, owner), **facts)

    with pytest.raises((NotNow, Forbidden), match=f"^{code}$"):
        initiate(ticket, getattr(cast, who))

    assert Escalation.objects.count() == 0


def test_second_one_is_refused_and_says_where_the_first_stands(cast):
    made = escalated(cast)

    with pytest.raises(NotNow, match="already_open") as refusal:
        ask(made.ticket, cast.colleague, now=NOW + MINUTE)

    assert refusal.value.params == {"state": "escalated", "since": NOW}


def test_partner_without_a_tier_is_refused(cast):
    cast.meridian.tier, cast.meridian.growth_manager, cast.meridian.deputy = "", None, None
    cast.meridian.save()

    with pytest.raises(Forbidden, match="no_tier"):
        ask(make_ticket(cast.meridian), cast.owner)


def test_partner_whose_growth_manager_is_not_named_is_refused(cast):
    cast.meridian.growth_manager = None
    cast.meridian.save()

    with pytest.raises(NotNow, match="no_manager"):
        ask(make_ticket(cast.meridian), cast.owner)


def test_reason_is_needed(cast):
    with pytest.raises(NotNow, match="reason_missing"):
        ask(make_ticket(cast.meridian), cast.owner, reason=" \n")

    assert Escalation.objects.count() == 0


@pytest.mark.parametrize("who", ["agent", "second_agent", "growth", "owner"])
def test_only_leads_acknowledge_conclude_and_grant(cast, who):
    made, by = escalated(cast), actor_for(getattr(cast, who))

    for act in (
        lambda: escalations.acknowledge(made, by=by, now=NOW),
        lambda: escalations.conclude(made, outcome="Done.", by=by, now=NOW),
        lambda: escalations.grant_one_more(cast.meridian, reason="A bad month.", by=by, now=NOW),
    ):
        with pytest.raises(Forbidden, match="lead_only"):
            act()

    made.refresh_from_db()
    assert made.state == "escalated"


@pytest.mark.parametrize("who", ["owner", "outsider", "agent", "lead", "other_growth"])
def test_only_the_growth_manager_decides(cast, who):
    made, by = asked(cast), actor_for(getattr(cast, who))

    with pytest.raises(Forbidden):
        escalations.escalate(made, by=by, now=NOW)
    with pytest.raises(Forbidden):
        escalations.decline(made, reason="No.", by=by, now=NOW)

    made.refresh_from_db()
    assert made.state == "asked"


@pytest.mark.parametrize("who", ["outsider", "nordlicht_member", "growth", "lead"])
def test_only_the_partner_that_asked_withdraws(cast, who):
    made = asked(cast)

    with pytest.raises(Forbidden, match="not_yours"):
        escalations.withdraw(made, by=actor_for(getattr(cast, who)), now=NOW)


def test_step_that_does_not_fit_says_what_is(cast):
    made, growth, lead = escalated(cast), actor_for(cast.growth), actor_for(cast.lead)

    for act, code in (
        (lambda: escalations.escalate(made, by=growth, now=NOW), "not_asked"),
        (lambda: escalations.decline(made, reason="No.", by=growth, now=NOW), "not_asked"),
        (lambda: escalations.withdraw(made, by=actor_for(cast.owner), now=NOW), "not_asked"),
        (lambda: escalations.conclude(made, outcome="Done.", by=lead, now=NOW), "not_acknowledged"),
    ):
        with pytest.raises(NotNow, match=code) as refusal:
            act()
        assert refusal.value.params["state"] == "escalated"


# The limit of a month


def test_limit_counts_what_was_made_and_a_lead_grants_one_more(cast):
    limit_tier("gold", 1)
    made = escalated(cast)

    with pytest.raises(NotNow, match="limit_reached") as refusal:
        asked(cast)
    assert refusal.value.params == {"limit": 1, "used": 1, "next_at": berlin(2026, 12, 1)}

    escalations.grant_one_more(cast.meridian, reason="Porting week.", by=actor_for(cast.lead), now=NOW)
    assert asked(cast).state == "asked"
    assert AuditEntry.objects.get(verb="escalation.granted").after == {"month": "2026-11-01", "reason": "Porting week."}
    assert made.state == "escalated"


def test_declined_and_withdrawn_ones_do_not_count(cast):
    limit_tier("gold", 1)
    escalations.decline(asked(cast), reason="Not yet.", by=actor_for(cast.growth), now=NOW)
    escalations.withdraw(asked(cast), by=actor_for(cast.owner), now=NOW)

    assert escalated(cast).state == "escalated"


def test_limit_is_asked_again_when_the_growth_manager_decides(cast):
    limit_tier("gold", 1)
    first, second = asked(cast), asked(cast)
    escalations.escalate(first, by=actor_for(cast.growth), now=NOW)

    with pytest.raises(NotNow, match="limit_reached"):
        escalations.escalate(second, by=actor_for(cast.growth), now=NOW)


def test_month_ends_at_midnight_in_supports_zone(cast):
    limit_tier("gold", 1)
    last_minute = berlin(2026, 11, 30, 23, 59)
    initiate(make_ticket(cast.meridian), cast.growth, now=last_minute)

    with pytest.raises(NotNow, match="limit_reached"):
        initiate(make_ticket(cast.meridian), cast.growth, now=last_minute)
    assert initiate(make_ticket(cast.meridian), cast.growth, now=berlin(2026, 12, 1)).state == "escalated"


# Changes in the middle


def test_new_growth_manager_decides_and_the_old_one_no_longer(cast):
    made = asked(cast)
    cast.meridian.growth_manager = cast.other_growth
    cast.meridian.save()

    with pytest.raises(Forbidden, match="not_yours"):
        escalations.escalate(made, by=actor_for(cast.growth), now=NOW)
    decided = escalations.escalate(made, by=actor_for(cast.other_growth), now=NOW)
    assert (decided.state, decided.manager) == ("escalated", cast.other_growth)


def test_request_of_a_client_that_moved_waits_for_nobody_and_gives_way(cast):
    ticket = make_ticket(cast.nordlicht)
    old = ask(ticket, cast.owner)
    cast.nordlicht.partner = cast.silverline
    cast.nordlicht.save()

    with pytest.raises(Forbidden, match="not_yours"):
        escalations.escalate(old, by=actor_for(cast.growth), now=NOW)
    with pytest.raises(Forbidden, match="not_yours"):  # the deputy is Silverline's manager too, but was not asked
        escalations.escalate(old, by=actor_for(cast.deputy), now=NOW)
    new = ask(ticket, cast.outsider)

    old.refresh_from_db()
    assert (old.state, new.state, new.partner) == ("lapsed", "asked", cast.silverline)


def test_reminder_lets_a_request_lapse_when_the_partner_left_the_tiers(cast):
    made = asked(cast)
    cast.meridian.tier, cast.meridian.growth_manager, cast.meridian.deputy = "", None, None
    cast.meridian.save()

    with changing(made.ticket, now=NOW) as ticket:
        assert escalations.remind(made, "reminder", ticket=ticket, now=NOW) == ""

    made.refresh_from_db()
    assert made.state == "lapsed"


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


# What the database refuses by itself


def row(ticket, partner, cast, **facts):
    usual = {
        "ticket": ticket, "partner": partner, "manager": cast.growth, "state": "asked", "cause": "late",
        "reason": "Now.", "asked_at": NOW, "made_at": NOW,
    }  # fmt: skip
    with transaction.atomic():
        return Escalation.objects.create(**{**usual, **facts})


@pytest.mark.parametrize("status", ["needs_information", "resolved", "closed", "withdrawn"])
def test_database_refuses_an_escalation_without_a_valid_open_ticket(cast, status):
    with pytest.raises(IntegrityError):
        row(make_ticket(cast.meridian, status=status), cast.meridian, cast)


def test_database_refuses_an_escalation_of_somebody_elses_ticket(cast):
    with pytest.raises(IntegrityError):
        row(make_ticket(cast.silverline), cast.meridian, cast)


def test_database_refuses_an_escalation_without_a_tier_or_a_manager(cast):
    plain = make_ticket(cast.meridian)
    cast.meridian.growth_manager = None
    cast.meridian.save()
    with pytest.raises(IntegrityError):
        row(plain, cast.meridian, cast)

    cast.meridian.tier, cast.meridian.deputy = "", None
    cast.meridian.save()
    with pytest.raises(IntegrityError):
        row(plain, cast.meridian, cast)


def test_database_refuses_a_second_open_escalation_and_one_without_a_reason(cast):
    ticket = make_ticket(cast.meridian)
    with pytest.raises(IntegrityError):
        row(ticket, cast.meridian, cast, reason="")
    row(ticket, cast.meridian, cast)

    with pytest.raises(IntegrityError):
        row(ticket, cast.meridian, cast)
