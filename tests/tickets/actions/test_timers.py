"""The plan of a ticket's timers, and what each kind does when it is due."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import actor_for
from packages.policy.severity import Severity
from tests.cast import NOW, answer_ticket, make_ticket
from tests.instants import BERLIN, berlin
from tests.tickets.escalating import limit_tier
from tickets.actions import completing, ending, triage
from tickets.actions.change import changing
from tickets.actions.firing import fire_due
from tickets.actions.promising import Cause
from tickets.actions.timer_plan import compare, expected_timers, replan
from tickets.models import Outbox, Ticket, Timer
from tickets.models.timer import PENDING
from tickets.notifications import outbox
from tickets.policy.lifecycle import Status

pytestmark = pytest.mark.django_db


def pending(ticket: Ticket) -> list[tuple[str, datetime]]:
    return list(ticket.timers.filter(PENDING).order_by("due_at", "pk").values_list("kind", "due_at"))


def kinds(ticket: Ticket, *only: str) -> list[str]:
    """The kinds of a ticket's events in order, as far as `only` names them."""
    return [kind for kind in ticket.events.order_by("seq").values_list("kind", flat=True) if not only or kind in only]


def waiting_ticket(cast, *, now: datetime = NOW) -> Ticket:
    """A ticket of Nordlicht (Standard Support) whose answer asks something."""
    ticket = make_ticket(cast.nordlicht_member, now=now)
    answer_ticket(ticket, cast.agent, now=now, then=Status.WAITING_PARTNER)
    ticket.refresh_from_db()
    return ticket


# The plan ----------------------------------------------------------------------------------------------------------


def test_filing_plans_two_warnings_and_the_breach(cast):
    ticket = make_ticket(cast.nordlicht_member)  # Standard: 24 hours of Monday to Friday, 02:00 to 22:00

    assert pending(ticket) == [
        ("warning", berlin(2026, 11, 25, 5)),  # 9 hours until 22:00, 3 after 02:00
        ("warning", berlin(2026, 11, 25, 12, 12)),
        ("breach", berlin(2026, 11, 25, 17)),
    ]


def test_close_at_is_the_last_warning(cast):
    ticket = make_ticket(cast.owner)

    assert pending(ticket)[-2] == ("warning", ticket.promise.close_at)


def test_answering_cancels_the_timers_of_the_promise(cast):
    ticket = make_ticket(cast.owner)

    answer_ticket(ticket, cast.agent, now=NOW + timedelta(minutes=5))

    assert pending(ticket) == []
    assert ticket.timers.filter(cancelled_at=NOW + timedelta(minutes=5)).count() == 3


def test_waiting_for_the_partner_plans_reminders_in_opening_time(cast):
    ticket = waiting_ticket(cast, now=berlin(2026, 11, 27, 20))  # a Friday, two hours before closing

    assert pending(ticket) == [
        ("partner_reminder", berlin(2026, 12, 1, 20)),  # 40 hours: 2 + 20 + 18
        ("partner_reminder", berlin(2026, 12, 3, 20)),
        ("auto_resolve", berlin(2026, 12, 7, 20)),
    ]


def test_sending_back_replaces_the_timers_of_the_promise_by_reminders(cast):
    ticket = make_ticket(cast.nordlicht_member)

    completing.send_back(ticket, {"subject": "Say which message."}, by=actor_for(cast.agent), now=NOW)

    assert [kind for kind, _ in pending(ticket)] == [
        "information_reminder",
        "information_reminder",
        "information_withdraw",
    ]


def test_resolving_plans_the_closing_and_reopening_cancels_it(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW, then=Status.RESOLVED)

    assert [kind for kind, _ in pending(ticket)] == ["auto_close"]

    ending.reopen(ticket, by=actor_for(cast.owner), now=NOW + timedelta(hours=1))

    assert pending(ticket) == []


def test_reopening_fires_nothing_of_the_old_promise(cast):
    ticket = make_ticket(cast.nordlicht_member)
    late = ticket.promise.due_at + timedelta(hours=1)
    fire_due(late)
    answer_ticket(ticket, cast.agent, now=late, then=Status.RESOLVED)

    ending.reopen(ticket, by=actor_for(cast.nordlicht_member), now=late + timedelta(minutes=1))
    fire_due(late + timedelta(days=30))

    assert kinds(ticket, "promise_missed", "promise_warned") == ["promise_missed"]


def test_a_second_wait_has_timers_of_its_own(cast):
    ticket = waiting_ticket(cast)
    first_end = pending(ticket)[-1][1]
    fire_due(pending(ticket)[0][1])

    later = NOW + timedelta(days=4)
    triage.take_up(ticket, by=actor_for(cast.agent), now=later)
    triage.wait_for_partner(ticket, by=actor_for(cast.agent), now=later + timedelta(hours=1))

    assert [kind for kind, _ in pending(ticket)] == ["partner_reminder", "partner_reminder", "auto_resolve"]
    assert pending(ticket)[-1][1] > first_end


def test_planning_twice_changes_nothing(cast):
    ticket = make_ticket(cast.owner)
    before = list(ticket.timers.order_by("pk").values())

    with changing(ticket, now=NOW) as current:
        replan(current, now=NOW)

    assert list(ticket.timers.order_by("pk").values()) == before
    assert not compare(ticket)


def test_what_fired_is_not_planned_again(cast):
    ticket = make_ticket(cast.nordlicht_member)
    fire_due(pending(ticket)[0][1])

    with changing(ticket, now=NOW) as current:
        replan(current, now=NOW)

    assert [kind for kind, _ in pending(ticket)] == ["warning", "breach"]


def test_a_change_of_policy_leaves_the_timers_of_a_promise_alone(cast):
    ticket = make_ticket(cast.nordlicht_member)
    before = pending(ticket)

    limit_tier("gold", 3)  # a second version of the policy
    with changing(ticket, now=NOW) as current:
        replan(current, now=NOW)

    assert pending(ticket) == before


# What each kind does -----------------------------------------------------------------------------------------------


def test_each_timer_of_an_unanswered_ticket_fires_once(cast):
    ticket = make_ticket(cast.nordlicht_member)

    for _kind, at in pending(ticket) * 2:
        fire_due(at)

    assert kinds(ticket) == ["filed", "promise_warned", "promise_warned", "promise_missed"]
    shares = ticket.events.filter(kind="promise_warned").order_by("seq").values_list("payload__share", "is_public")
    assert list(shares) == [(50, False), (80, False)]


def test_nothing_fires_a_microsecond_early(cast):
    ticket = make_ticket(cast.nordlicht_member)
    at = pending(ticket)[0][1]

    assert fire_due(at - timedelta(microseconds=1)).settled == 0
    assert fire_due(at).fired == 1


def test_a_late_wake_up_fires_what_is_true_and_says_why_it_skips_the_rest(cast):
    ticket = make_ticket(cast.nordlicht_member)

    result = fire_due(ticket.promise.due_at + timedelta(hours=3))

    assert (result.fired, result.skipped) == (1, 2)
    assert kinds(ticket) == ["filed", "promise_missed"]
    notes = ticket.timers.order_by("due_at").values_list("kind", "note")
    assert list(notes) == [
        ("warning", "the deadline had passed already"),
        ("warning", "the deadline had passed already"),
        ("breach", ""),
    ]


def test_two_warnings_met_at_once_become_the_last_one(cast):
    ticket = make_ticket(cast.nordlicht_member)

    fire_due(ticket.promise.close_at)

    assert list(ticket.events.filter(kind="promise_warned").values_list("payload__share", flat=True)) == [80]


def test_a_timer_that_lost_the_race_with_an_answer_does_nothing(cast):
    ticket = make_ticket(cast.nordlicht_member)
    # Kept pending by force, as if the answer had come after the timer was read and before the row was taken.
    answer_ticket(ticket, cast.agent, now=NOW)
    ticket.timers.update(cancelled_at=None)

    fire_due(NOW + timedelta(days=10))

    assert kinds(ticket, "promise_warned", "promise_missed") == []
    assert set(ticket.timers.filter(kind="breach").values_list("note", flat=True)) == {"the promise was settled before"}


def test_a_replaced_promise_does_not_breach(cast):
    ticket = make_ticket(cast.nordlicht_member)
    triage.reclassify(
        ticket,
        Severity.URGENT,
        cause=Cause.CORRECTED,
        reason="It halts half of the shop.",
        by=actor_for(cast.agent),
        now=NOW,
    )
    Timer.objects.filter(ticket=ticket, key="1").update(cancelled_at=None)

    fire_due(NOW + timedelta(days=10))

    assert kinds(ticket, "promise_missed") == ["promise_missed"]
    assert ticket.timers.get(kind="breach", key="1").note == "the promise was replaced"


def test_the_partner_is_reminded_and_then_the_ticket_resolves_and_closes_itself(cast):
    ticket = waiting_ticket(cast)
    for _ in range(4):
        at = ticket.timers.filter(PENDING).order_by("due_at").values_list("due_at", flat=True).first()
        fire_due(at)

    ticket.refresh_from_db()
    assert kinds(ticket, "partner_reminder", "auto_resolved", "auto_closed") == [
        "partner_reminder",
        "partner_reminder",
        "auto_resolved",
        "auto_closed",
    ]
    assert ticket.status == "closed"
    assert pending(ticket) == []


def test_reminders_met_together_with_the_end_of_the_wait_are_left_out(cast):
    ticket = waiting_ticket(cast)
    end = pending(ticket)[-1][1]

    result = fire_due(end)

    assert (result.fired, result.skipped) == (1, 2)
    assert kinds(ticket, "partner_reminder", "auto_resolved") == ["auto_resolved"]


def test_missing_information_is_reminded_of_and_then_withdraws_the_ticket(cast):
    ticket = make_ticket(cast.nordlicht_member)
    completing.send_back(ticket, {"subject": "Say which message."}, by=actor_for(cast.agent), now=NOW)
    for _kind, at in pending(ticket):
        fire_due(at)

    ticket.refresh_from_db()
    assert kinds(ticket)[2:] == ["information_reminder", "information_reminder", "auto_withdrawn"]
    assert ticket.status == "withdrawn"


@pytest.mark.slow
def test_no_reminder_leaves_at_night_or_on_a_weekend(cast):
    for hour in range(0, 24 * 7, 5):
        ticket = waiting_ticket(cast, now=datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hour))
        for planned in expected_timers(ticket):
            wall = planned.due_at.astimezone(BERLIN)
            assert wall.weekday() < 5, planned
            assert 2 <= wall.hour < 22 or (wall.hour, wall.minute, wall.second) == (22, 0, 0), planned


def test_the_check_date_gives_the_turn_back_to_support(cast):
    ticket = make_ticket(cast.nordlicht_member)
    answer_ticket(ticket, cast.agent, now=NOW)
    check_at = NOW + timedelta(days=1)
    triage.wait_for_platform(ticket, case="88 214", check_at=check_at, by=actor_for(cast.agent), now=NOW)

    fire_due(check_at)

    ticket.refresh_from_db()
    assert ticket.status == "in_progress"
    assert kinds(ticket, "check_due") == ["check_due"]
    assert fire_due(check_at + timedelta(days=30)).settled == 0


# One that fails, and many ------------------------------------------------------------------------------------------


def test_a_timer_that_fails_is_tried_later_and_holds_up_no_other(cast):
    broken, sound = make_ticket(cast.nordlicht_member), make_ticket(cast.azul_member)
    Timer.objects.filter(ticket=broken, kind="warning").update(kind="no_such_kind")
    at = pending(sound)[0][1]

    result = fire_due(at)

    assert (result.fired, result.failed) == (1, 1)
    timer = broken.timers.get(attempts=1)
    assert timer.retry_at == at + timedelta(seconds=10)
    assert timer.note == "KeyError: 'no_such_kind'"
    assert fire_due(at + timedelta(seconds=9)).settled == 0
    assert fire_due(at + timedelta(seconds=10)).failed == 1
    timer.refresh_from_db()
    assert timer.retry_at == at + timedelta(seconds=30)


def test_a_timer_that_failed_half_way_leaves_nothing_behind(cast, monkeypatch):
    ticket = make_ticket(cast.nordlicht_member)
    at = pending(ticket)[0][1]

    def dies(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Ticket, "save", dies)  # after the event was written
    fire_due(at)
    monkeypatch.undo()

    assert kinds(ticket) == ["filed"]
    assert fire_due(at + timedelta(seconds=10)).fired == 1
    ticket.refresh_from_db()
    assert kinds(ticket) == ["filed", "promise_warned"]
    assert ticket.seq == 2


def test_a_timer_whose_mails_cannot_be_queued_fails_alone(cast, monkeypatch):
    broken, sound = make_ticket(cast.nordlicht_member), make_ticket(cast.nordlicht_member)
    Timer.objects.filter(kind="warning").delete()
    at = pending(sound)[0][1]
    asked = outbox.recipients

    def recipients(news):
        if any(one.ticket.pk == broken.pk for one in news):
            raise RuntimeError("nobody can be asked")
        return asked(news)

    monkeypatch.setattr(outbox, "recipients", recipients)
    result = fire_due(at)
    monkeypatch.undo()

    assert (result.fired, result.failed) == (1, 1)
    assert kinds(broken, "promise_missed") == []
    told = Outbox.objects.filter(event__kind="promise_missed")
    assert {row.event.ticket_id for row in told} == {sound.pk}
    assert fire_due(at + timedelta(seconds=10)).fired == 1
    assert told.filter(event__ticket=broken).count() == told.filter(event__ticket=sound).count()


def test_who_is_told_is_asked_once_for_all_that_fire_together(cast):
    def statements(count: int) -> int:
        tickets = [make_ticket(cast.nordlicht_member) for _ in range(count)]
        Timer.objects.filter(ticket__in=tickets, kind="warning").delete()
        with CaptureQueriesContext(connection) as said:
            assert fire_due(pending(tickets[0])[0][1]).fired == count
        return len(said)

    for_one, for_five = statements(1), statements(5)

    assert for_five - for_one == 4 * 2  # the event and the ticket; the mails of all are one statement


def test_what_piled_up_fires_in_order_of_due_time_without_a_cap(cast):
    tickets = [make_ticket(cast.nordlicht_member, now=NOW + timedelta(minutes=n)) for n in range(7)]
    Timer.objects.filter(kind="warning").delete()

    result = fire_due(NOW + timedelta(days=9), batch=2)

    assert result.fired == 7
    fired = Timer.objects.filter(kind="breach").order_by("pk").values_list("ticket", flat=True)
    events = [event for ticket in tickets for event in ticket.events.filter(kind="promise_missed")]
    assert [event.ticket_id for event in sorted(events, key=lambda event: event.pk)] == list(fired)


def test_a_limit_bounds_one_call_and_the_next_goes_on(cast):
    for n in range(5):
        make_ticket(cast.nordlicht_member, now=NOW + timedelta(minutes=n))
    Timer.objects.filter(kind="warning").delete()
    at = NOW + timedelta(days=9)

    assert [fire_due(at, batch=2, limit=2).fired for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize("tickets", [1, 3])
def test_a_tick_with_nothing_due_is_one_query(cast, django_assert_num_queries, tickets):
    for _ in range(tickets):
        make_ticket(cast.owner)

    with django_assert_num_queries(1):
        fire_due(NOW)
