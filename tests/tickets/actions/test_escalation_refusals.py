"""What may not be escalated: by the rule, at the limit, in the middle of a change, and in the database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import actor_for
from accounts.models import AuditEntry
from tests.cast import NOW, berlin
from tests.tickets.escalating import ask, asked, escalated, initiate, limit_tier, make_ticket
from tickets.actions import escalations
from tickets.actions.change import Forbidden, NotNow, changing
from tickets.models import Escalation, TicketEvent

MINUTE = timedelta(minutes=1)


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
