"""The dashboard asks the indexes that were made for it: read from PostgreSQL's plans, sequential scans off."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW
from tests.instants import BERLIN
from tests.tickets.figures import end_promises
from tickets.actions.figures import count_closed_hours
from tickets.models import HourFigure
from tickets.queries import reports_now
from tickets.queries.figures import first_hour
from tickets.queries.reports import Basis, Narrowing, by_organisation, report

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BIG = ("tickets_promise", "tickets_ticketevent", "tickets_hourfigure", "tickets_weekfigure", "tickets_escalation")


@pytest.fixture
def plans(cast):
    """Return the plans of what a function asks of the big tables, as (tables, indexes), one a statement."""
    end_promises(cast, 40, until=NOW, days=60)
    count_closed_hours(now=NOW)
    cache.clear()

    def explain(ask):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask()
        found = []
        with closing(connection.cursor()) as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            for one in asked.captured_queries:
                sql = one["sql"].partition(" CURSOR FOR ")[2] or one["sql"]  # what is read in portions
                if sql.startswith("SELECT"):
                    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
                    found += _nodes(cursor.fetchone()[0][0]["Plan"])
        return found

    return explain


def _nodes(plan):
    yield plan
    for one in plan.get("Plans", []):
        yield from _nodes(one)


def indexes(nodes) -> set[str]:
    scanned = {one["Relation Name"] for one in nodes if one["Node Type"] == "Seq Scan"}
    assert not scanned & set(BIG)
    return {one["Index Name"] for one in nodes if "Index Name" in one}


def basis() -> Basis:
    return Basis.read(zone=BERLIN, now=NOW)


def test_what_ended_lately_is_read_by_its_end(plans):
    found = indexes(plans(basis))

    assert "promise_settled_by_end" in found
    assert "event_topic_changes" in found


def fill_hours(organisation) -> None:
    """Write a figure for each of many hours, so that there is something to choose between."""
    like = HourFigure.objects.first()
    facts = {"package": like.package, "topic": like.topic, "severity": "none", "target": like.target}
    hours = (NOW - timedelta(hours=number) for number in range(1500))
    HourFigure.objects.bulk_create(HourFigure(organisation=organisation, hour=hour, **facts) for hour in hours)
    with closing(connection.cursor()) as cursor:
        cursor.execute("ANALYZE tickets_hourfigure")


def test_the_first_hour_is_read_by_its_end(plans):
    assert indexes(plans(first_hour)) == {"promise_settled_by_end"}


def test_a_report_reads_weeks_by_their_start(plans):
    assert "week_figure_once" in indexes(plans(lambda: report(Narrowing(12), basis())))


def test_a_report_on_an_organisation_reads_its_hours(plans, cast):
    fill_hours(cast.silverline)
    narrowing = Narrowing(12, organisations=(cast.meridian.pk,))

    assert "hour_figure_by_organisation" in indexes(plans(lambda: report(narrowing, basis())))


def test_organisations_read_hours_by_their_start(plans):
    found = indexes(plans(lambda: by_organisation(Narrowing(12), basis())))

    assert found & {"hour_figure_once", "hour_figure_by_organisation"}


def test_late_and_close_read_running_promises_alone(plans):
    assert "promise_running_by_close" in indexes(plans(lambda: reports_now.urgent_by_severity(now=NOW)))


def test_the_earliest_deadlines_are_read_from_running_promises_alone(plans):
    found = indexes(plans(lambda: reports_now.most_urgent(now=NOW, most=6)))

    # Both hold nothing else; which one is cheaper for a handful of rows depends on the joins.
    assert found & {"promise_running_by_close", "promise_one_runs"}


def test_escalations_are_read_by_their_time(plans):
    since = NOW - timedelta(weeks=12)

    found = indexes(plans(lambda: reports_now.escalations_by_tier(Narrowing(12), since=since, now=NOW)))

    assert found & {"escalation_by_time", "escalation_by_partner"}
