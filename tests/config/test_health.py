"""The probes and the metrics."""

from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.db import OperationalError

from config import health
from tests.cast import NOW, make_ticket
from tickets.actions.firing import fire_due
from tickets.actions.heartbeat import beat
from tickets.models import Timer

pytestmark = pytest.mark.django_db


def ready(client, now=NOW):
    with time_machine.travel(now, tick=False):
        return client.get("/readyz")


def test_healthz_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_is_ready_while_ticks_come(client):
    beat("timers", now=NOW)

    assert ready(client).json() == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "last_tick_seconds": 0.0,
        "oldest_overdue_seconds": None,
        "degraded": [],
    }


def test_readyz_names_a_scheduler_that_stopped_and_stays_200(client):
    beat("timers", now=NOW)

    answer = ready(client, NOW + timedelta(minutes=5))

    assert answer.status_code == 200
    assert answer.json()["degraded"] == ["Timers were last looked at 300.0 seconds ago."]


def test_readyz_tells_a_long_queue_from_a_dead_scheduler(client, cast):
    ticket = make_ticket(cast.owner)
    Timer.objects.filter(kind="warning").delete()
    later = ticket.promise.due_at + timedelta(minutes=2)
    beat("timers", now=later)

    assert ready(client, later).json()["degraded"] == ["A timer has been due for 120.0 seconds."]


def test_readyz_says_that_nothing_ever_ran(client):
    answer = ready(client).json()

    assert (answer["status"], answer["last_tick_seconds"]) == ("degraded", None)


def test_readyz_names_a_broker_that_does_not_answer_and_stays_200(client, settings):
    beat("timers", now=NOW)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    with mock.patch.object(health.app, "connection_for_write", side_effect=ConnectionRefusedError):
        answer = ready(client)

    assert answer.status_code == 200
    assert answer.json()["broker"] == "unreachable"


def test_readyz_is_503_when_the_database_is_gone(client):
    with mock.patch.object(health, "_missing_migrations", side_effect=OperationalError("gone")):
        answer = ready(client)

    assert answer.status_code == 503
    assert answer.json()["database"] == "The database does not answer: OperationalError."


def test_readyz_is_503_when_a_migration_is_missing(client):
    with mock.patch.object(health, "_missing_migrations", return_value=["tickets.0099_more"]):
        answer = ready(client)

    assert answer.status_code == 503
    assert "tickets.0099_more" in answer.json()["migrations"]


def test_metrics_show_how_late_timers_fire(client, cast, settings):
    settings.METRICS_TOKEN = "let-me-see"  # noqa: S105
    ticket = make_ticket(cast.owner)
    now = ticket.promise.due_at + timedelta(seconds=2)
    fire_due(now)

    with time_machine.travel(now, tick=False):
        text = client.get("/metrics", headers={"Authorization": "Bearer let-me-see"}).content.decode()

    assert 'portal_timer_lateness_seconds{quantile="0.5"}' in text
    assert "portal_timers_fired 3.0" in text
    assert "portal_timers_overdue 0.0" in text
    assert 'portal_outbox_waiting{channel="email"} 3.0' in text


@pytest.mark.parametrize(("token", "given"), [("let-me-see", "Bearer guess"), ("let-me-see", ""), ("", "Bearer ")])
def test_metrics_are_not_found_without_the_token(client, settings, token, given):
    settings.METRICS_TOKEN = token
    settings.DEBUG = False

    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
