"""What every test stands on: compiled translations, no network, the policy, the cast, and no silent skip in CI."""

import gc
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations

from config.translations import compile_catalogues
from tests.browsers import chromium
from tests.cast import Cast, make_cast
from tests.shipped_policy import load_shipped_policy

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "", None}


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # once, not in each worker
        compile_catalogues()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector of garbage leave alone what was imported and collected: it stays, and looking costs a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


# What a machine can't check ----------------------------------------------------------------------------------------


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only PostgreSQL can show when the tests run on SQLite; the runner says that it does."""
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql") or item.get_closest_marker("faults")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI nothing may be missing: a skipped test is a failed one."""
    report: pytest.TestReport = yield  # type: ignore[assignment, misc]
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {report.longrepr}"
    return report  # type: ignore[return-value]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Repeat at the end what this machine could not check."""
    for line in filter(None, os.environ.get("NOT_CHECKED", "").split("\n")):
        terminalreporter.write_line(f"Not checked: {line}", yellow=True)


# Network -----------------------------------------------------------------------------------------------------------


class NetworkUsed(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection and look-up beyond this machine."""
    patch = pytest.MonkeyPatch()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOCAL:
            raise NetworkUsed(f"a test tried to connect to {address[0]}")
        return connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in LOCAL and not name.replace(".", "").isdigit() and ":" not in name:
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {name}")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield
    patch.undo()


# Database ----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def quick_flush() -> Iterator[None]:
    """Empty PostgreSQL's tables row by row after a test that commits: TRUNCATE takes a second for the same few rows."""

    def sql_flush(self: DatabaseOperations, style: Any, tables: list[str], **_: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            guarded = [table for (table,) in cursor.fetchall()]
        return [
            *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded),
            *(f'DELETE FROM "{table}"' for table in tables),
            "SET CONSTRAINTS ALL IMMEDIATE",
            *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded),
        ]

    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
    yield
    patch.undo()


# Policy and people -------------------------------------------------------------------------------------------------


@pytest.fixture
def policy(db: None) -> Any:
    """Version 1 of the policy, in force since 2026-01-01: an `InForce`."""
    return load_shipped_policy()


@pytest.fixture
def cast(policy: Any) -> Cast:
    """Everybody of `tests.cast`, under the shipped policy."""
    return make_cast()


# Browser -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the system's own browser; nothing is downloaded."""
    path = chromium()
    if path is None:
        pytest.skip("no browser is installed: apt-get install chromium")
    # Playwright keeps an event loop in this thread; the tests themselves stay synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # root has no user namespace to sandbox in
    return {**browser_type_launch_args, "executable_path": path, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    screen = {"width": 1280, "height": 900}
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/Berlin", "viewport": screen}
