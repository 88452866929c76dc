"""Closed hours are counted once, and what is counted is what a slow recount of the promises finds."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.actor import actor_for
from packages.policy.severity import Severity
from tests.cast import NOW, answer_ticket, make_cast, make_ticket
from tests.instants import BERLIN, berlin
from tests.shipped_policy import load_shipped_policy
from tests.tickets.figures import end_promise, end_promises, exact_rank, grouped, recounted
from tickets.actions import figures
from tickets.actions.completing import send_back
from tickets.actions.promising import Cause
from tickets.actions.triage import change_topic, reclassify
from tickets.models import FiguresCounted, HourFigure, Promise, Ticket, WeekFigure
from tickets.policy.attainment import COUNTS
from tickets.policy.weeks import week_of
from tickets.queries.figures import is_behind
from tickets.queries.reports import Basis, Narrowing, by_organisation, report
from tickets.tasks import count_figures

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ENDED = Promise.objects.filter(outcome__isnull=False)


@pytest.fixture(autouse=True)
def nothing_cached():
    cache.clear()


def rows() -> list[tuple]:
    columns = ("package", "severity", "topic", "target", *COUNTS)
    hours = HourFigure.objects.values_list("hour", "organisation", *columns, "used")
    weeks = WeekFigure.objects.values_list("week", *columns, "used")
    return sorted(map(repr, [*hours, *weeks]))


def counts_of(attainment) -> dict[str, int]:
    return {name: getattr(attainment, name) for name in COUNTS}


def summed(model) -> dict[str, int]:
    found = Counter()
    for one in model.objects.all():
        found.update({name: getattr(one, name) for name in COUNTS})
    return {name: found[name] for name in COUNTS}


def basis(now: datetime = NOW) -> Basis:
    return Basis.read(zone=BERLIN, now=now)


def reported(weeks: int = 12, now: datetime = NOW, **narrowing):
    return report(Narrowing(weeks, **narrowing), basis(now))


# The same as a recount -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.slow
def test_figures_are_what_a_slow_recount_finds(cast, seed):
    end_promises(cast, 80, until=NOW, days=60, seed=seed)

    figures.count_closed_hours(now=NOW)

    closed = ENDED.filter(ended_at__lt=NOW - HOUR)
    assert summed(HourFigure) == summed(WeekFigure) == recounted(closed)


@pytest.mark.slow
def test_a_report_is_what_a_slow_recount_finds_by_everything(cast):
    end_promises(cast, 90, until=NOW, days=60)
    figures.count_closed_hours(now=NOW - timedelta(hours=30))  # the rest is live

    found = reported()

    promises = list(ENDED.select_related("package", "ticket__topic"))
    groups = {
        "weeks": lambda one: week_of(one.ended_at, BERLIN),
        "packages": lambda one: one.package.code,
        "severities": lambda one: one.severity,
        "topics": lambda one: one.ticket.topic.code,
    }
    assert counts_of(found.total()) == recounted(promises)
    for name, key in groups.items():
        exact = {code: recounted(some) for code, some in grouped(promises, key).items()}
        assert {code: counts_of(one) for code, one in getattr(found, name).items() if one.ended} == exact


def test_percentiles_of_a_report_are_close_to_those_of_the_promises(cast):
    end_promises(cast, 90, until=NOW, days=60)
    figures.count_closed_hours(now=NOW)

    found = reported()

    for severity, some in grouped(ENDED.filter(answered_at__isnull=False), lambda one: one.severity).items():
        one = found.severities[severity]
        assert one.responses == len(some)
        for part in (0.5, 0.95):
            share = exact_rank((promise.used / promise.target for promise in some), part)
            seconds = exact_rank((promise.used.total_seconds() for promise in some), part)
            assert one.share_used(part) == pytest.approx(share, rel=0.0222)
            assert one.time_used(part).total_seconds() == pytest.approx(seconds, rel=0.0222)


@pytest.mark.parametrize("counted_before", [timedelta(0), timedelta(hours=30)], ids=["counted", "partly live"])
@pytest.mark.slow
def test_every_narrowing_is_what_a_slow_recount_finds(cast, counted_before):
    end_promises(cast, 80, until=NOW, days=60)
    figures.count_closed_hours(now=NOW - counted_before)
    meridian = cast.meridian.pk

    conditions = {
        Narrowing(12, package="premium"): {"package__code": "premium"},
        Narrowing(12, severity="critical"): {"severity": "critical"},
        Narrowing(12, topic="templates", package="standard"): {
            "ticket__topic__code": "templates",
            "package__code": "standard",
        },
        Narrowing(12, organisations=(meridian,)): {"ticket__organisation": meridian},
        Narrowing(12, severity="urgent", organisations=(meridian,)): {
            "ticket__organisation": meridian,
            "severity": "urgent",
        },
        Narrowing(12, organisations=()): {"ticket__organisation": None},
    }
    stand = basis()
    found = {narrowing: counts_of(report(narrowing, stand).total()) for narrowing in conditions}

    assert found == {one: recounted(ENDED.filter(**condition)) for one, condition in conditions.items()}


def test_organisations_are_what_a_slow_recount_finds(cast):
    end_promises(cast, 90, until=NOW, days=60)
    figures.count_closed_hours(now=NOW - timedelta(hours=30))

    found = by_organisation(Narrowing(12), Basis.read(zone=BERLIN, now=NOW))

    exact = grouped(ENDED.select_related("ticket"), lambda one: one.ticket.organisation_id)
    assert {one.pk: counts_of(attainment) for one, attainment in found} == {
        pk: recounted(some) for pk, some in exact.items()
    }
    assert [attainment.missed for _, attainment in found] == sorted((one.missed for _, one in found), reverse=True)
    for organisation, attainment in found:
        answered = [one for one in exact[organisation.pk] if one.answered_at]
        share = exact_rank((one.used / one.target for one in answered), 0.95)
        assert attainment.share_used(0.95) == pytest.approx(share, rel=0.0222)


def test_the_weeks_before_are_told_apart(cast):
    end_promises(cast, 70, until=NOW, days=55)
    figures.count_closed_hours(now=NOW)
    weeks = 4

    found = reported(weeks)

    begins = berlin(2026, 11, 2)
    assert counts_of(found.total()) == recounted(ENDED.filter(ended_at__gte=begins))
    assert counts_of(found.before) == recounted(ENDED.filter(ended_at__gte=berlin(2026, 10, 5), ended_at__lt=begins))
    assert list(found.weeks) == [berlin(2026, 11, day) for day in (2, 9, 16, 23)]


def test_a_week_in_which_the_clocks_change_holds_its_hours(cast):
    edge = berlin(2026, 10, 26)  # the week before had 169 hours
    ticket = make_ticket(cast.owner)
    end_promise(ticket, edge - timedelta(minutes=1), number=2)
    end_promise(ticket, edge, number=3)

    figures.count_closed_hours(now=NOW)

    found = reported()
    assert found.weeks[berlin(2026, 10, 19)].ended == 1
    assert found.weeks[edge].ended == 1


# Once each -----------------------------------------------------------------------------------------------------------


def test_counting_again_and_anew_gives_the_same_rows(cast):
    end_promises(cast, 70, until=NOW, days=40)
    figures.count_closed_hours(now=NOW)
    before = rows()

    assert figures.count_closed_hours(now=NOW) == 0
    assert rows() == before
    figures.rebuild(now=NOW)
    assert rows() == before


@pytest.mark.slow
def test_hour_by_hour_gives_what_all_at_once_gives(cast):
    end_promises(cast, 60, until=NOW, days=3)
    now = NOW - timedelta(days=4)
    while now <= NOW:
        figures.count_closed_hours(now=now)
        now += HOUR
    by_hour = rows()

    figures.rebuild(now=NOW)

    assert rows() == by_hour


def test_after_days_of_downtime_it_goes_on_where_it_stopped(cast):
    end_promises(cast, 60, until=NOW, days=30)
    figures.count_closed_hours(now=NOW - timedelta(days=17))

    hours = figures.count_closed_hours(now=NOW)

    assert hours == 17 * 24
    assert summed(WeekFigure) == recounted(ENDED.filter(ended_at__lt=NOW - HOUR))


def test_an_hour_is_counted_only_when_its_last_transactions_are_over(cast):
    end_promises(cast, 3, until=NOW, days=1)
    figures.count_closed_hours(now=NOW + figures.GRACE - timedelta(minutes=1))
    assert FiguresCounted.objects.get().until == NOW - HOUR

    figures.count_closed_hours(now=NOW + figures.GRACE)

    assert FiguresCounted.objects.get().until == NOW


def test_what_was_committed_after_its_hour_was_counted_is_counted_with_the_next(cast):
    end_promises(cast, 10, until=NOW - timedelta(hours=3), days=1)
    figures.count_closed_hours(now=NOW + figures.GRACE)
    end_promise(Ticket.objects.first(), NOW - timedelta(seconds=1))

    figures.count_closed_hours(now=NOW + HOUR + figures.GRACE)

    assert HourFigure.objects.filter(hour=NOW - HOUR).count() == 1


def test_a_straggler_of_the_week_before_is_in_its_own_week(cast):
    edge = berlin(2026, 11, 23)
    end_promises(cast, 10, until=edge - timedelta(hours=3), days=1)
    figures.count_closed_hours(now=edge + figures.GRACE)
    end_promise(Ticket.objects.first(), edge - timedelta(seconds=1))

    figures.count_closed_hours(now=edge + HOUR + figures.GRACE)

    assert HourFigure.objects.filter(hour=edge - HOUR).count() == 1
    assert summed(WeekFigure) == summed(HourFigure)
    assert not WeekFigure.objects.filter(week=edge).exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_count_at_once_take_turns():
    load_shipped_policy()
    end_promises(make_cast(), 100, until=NOW, days=30)
    failures = []
    start = threading.Barrier(2)

    def count(how) -> None:
        try:
            start.wait()
            how(now=NOW)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    people = [threading.Thread(target=count, args=[how]) for how in (figures.rebuild, figures.count_closed_hours)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert failures == []
    assert summed(HourFigure) == summed(WeekFigure) == recounted(ENDED.filter(ended_at__lt=NOW - HOUR))


def test_an_hour_that_fails_to_be_counted_leaves_everything_as_it_was(cast, monkeypatch):
    end_promises(cast, 60, until=NOW, days=30)
    figures.count_closed_hours(now=NOW - timedelta(days=20))
    before, until = rows(), FiguresCounted.objects.get().until

    def fail(*args):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(figures, "_sum_up", fail)
    with pytest.raises(RuntimeError):
        figures.count_closed_hours(now=NOW)

    assert (rows(), FiguresCounted.objects.get().until) == (before, until)


# What counts ---------------------------------------------------------------------------------------------------------


def test_the_first_response_is_counted_in_the_hour_in_which_it_was_given(cast):
    ticket = make_ticket(cast.owner, now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW + timedelta(minutes=90))

    figures.count_closed_hours(now=NOW + timedelta(hours=3))

    one = HourFigure.objects.get()
    assert (one.hour, one.organisation, one.kept, one.package.code) == (NOW + HOUR, cast.meridian, 1, "premium")
    assert sum(one.used.values()) == 1


def test_sending_back_does_not_launder_what_is_late(cast):
    ticket = make_ticket(cast.owner, now=NOW)
    late = ticket.promise.due_at + timedelta(minutes=1)

    send_back(ticket, {"subject": "It says nothing."}, by=actor_for(cast.lead), now=late)
    figures.count_closed_hours(now=late + 2 * HOUR)

    one = HourFigure.objects.get()
    assert (one.missed, one.void, one.sent_back, one.used) == (1, 0, 1, {})


def test_a_lowered_ticket_is_counted_beside_its_promise(cast):
    ticket = make_ticket(cast.owner, "messaging_stopped", now=NOW)

    reclassify(
        ticket, Severity.STANDARD, cause=Cause.CORRECTED, reason="One message.", by=actor_for(cast.agent), now=NOW
    )
    answer_ticket(Ticket.objects.get(pk=ticket.pk), cast.agent, now=NOW + timedelta(minutes=1))
    figures.count_closed_hours(now=NOW + 2 * HOUR)

    critical = HourFigure.objects.get(severity="critical")
    assert (critical.replaced, critical.lowered, critical.kept) == (1, 1, 0)
    assert HourFigure.objects.get(severity="standard").lowered == 0


def test_a_ticket_that_moved_to_another_topic_stays_counted_where_it_was(cast):
    ticket = make_ticket(cast.owner, now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW + timedelta(minutes=5))
    figures.count_closed_hours(now=NOW + 2 * HOUR)
    before = rows()

    change_topic(
        Ticket.objects.get(pk=ticket.pk), "templates", reason="It is.", by=actor_for(cast.agent), now=NOW + 3 * HOUR
    )
    figures.rebuild(now=NOW + 2 * HOUR)

    assert rows() == before
    assert HourFigure.objects.get().topic.code == "other"


def test_when_support_moves_to_another_zone_its_weeks_are_summed_up_anew(cast, monkeypatch):
    end_promises(cast, 80, until=NOW, days=30)
    figures.count_closed_hours(now=NOW)
    monkeypatch.setattr(figures, "support_zone", lambda policy: ZoneInfo("America/Sao_Paulo"))
    figures.count_closed_hours(now=NOW)

    assert {week.astimezone(UTC).hour for week in WeekFigure.objects.values_list("week", flat=True)} == {3}
    assert summed(WeekFigure) == summed(HourFigure)


def test_nothing_is_counted_before_the_first_promise_ended(policy):
    assert figures.count_closed_hours(now=NOW) == 0
    assert basis().progress.until is None


def test_the_task_and_the_command_count(cast, capsys, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    end_promises(cast, 20, until=NOW, days=3)

    count_figures()
    counted = rows()
    call_command("figures", "--rebuild")

    assert "counted until 2026-11-24T11:00:00Z" in capsys.readouterr().out
    assert rows() == counted != []


def test_it_is_known_when_counting_is_behind(cast):
    end_promises(cast, 40, until=NOW, days=20)
    assert is_behind(basis().progress, now=NOW)

    figures.count_closed_hours(now=NOW - timedelta(days=10))
    assert is_behind(basis().progress, now=NOW)

    figures.count_closed_hours(now=NOW - timedelta(hours=20))
    assert not is_behind(basis().progress, now=NOW)
