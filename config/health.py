"""Checks for probes and people: is the process up, is it ready, and what is degraded though it is."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.celery import app
from tickets.queries import timers

BROKER_SECONDS = 1.0
TICK_TOO_OLD = timedelta(seconds=15)
TOO_LONG_OVERDUE = timedelta(seconds=60)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked: a database that is down is no reason to restart it."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 only for the database or missing migrations; what is degraded is named."""
    try:
        missing = _missing_migrations()
    except DatabaseError as error:
        return _unready("database", f"The database does not answer: {type(error).__name__}.")
    if missing:
        return _unready("migrations", f"Migrations are missing: {', '.join(missing)}. Run manage.py migrate.")
    try:
        body = _conditions(timezone.now())
    except DatabaseError as error:
        return _unready("database", f"The database does not answer: {type(error).__name__}.")
    return JsonResponse(body)


def _unready(part: str, sentence: str) -> JsonResponse:
    return JsonResponse({"status": "unavailable", part: sentence}, status=503)


def _conditions(now: datetime) -> dict[str, Any]:
    """Name the broker, the last tick and the oldest overdue timer; each on its own can be what is wrong.

    A long queue is not a dead scheduler: the tick goes on while the oldest timer waits.
    """
    ticked_at = timers.heartbeats().get("timers")
    overdue = timers.oldest_overdue(now)
    degraded = []
    if broker := _broker_problem():
        degraded.append(f"The broker does not answer: {broker}.")
    if ticked_at is None:
        degraded.append("Timers were never looked at: no scheduler or worker has run.")
    elif now - ticked_at > TICK_TOO_OLD:
        degraded.append(f"Timers were last looked at {_seconds(now - ticked_at)} seconds ago.")
    if overdue is not None and overdue > TOO_LONG_OVERDUE:
        degraded.append(f"A timer has been due for {_seconds(overdue)} seconds.")
    return {
        "status": "degraded" if degraded else "ready",
        "database": "ok",
        "migrations": "ok",
        "broker": "unreachable" if broker else "ok",
        "last_tick_seconds": _seconds(now - ticked_at) if ticked_at else None,
        "oldest_overdue_seconds": _seconds(overdue) if overdue is not None else None,
        "degraded": degraded,
    }


def _seconds(length: timedelta) -> float:
    return round(length.total_seconds(), 1)


def _broker_problem() -> str:
    """Return why the broker can't be reached; "" when it can."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        return "" if settings.BROKER_DIR.is_dir() else "its folder is missing"
    options = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with app.connection_for_write(transport_options=options, connect_timeout=BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except Exception as error:
        return type(error).__name__
    return ""


def _missing_migrations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if _migrated():
        return []
    _migrated.cache_clear()
    return _unapplied()


@cache
def _migrated() -> bool:
    """Asked until it is so: the code of a running process does not change."""
    return not _unapplied()


def _unapplied() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
