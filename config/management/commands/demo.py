"""The whole portal in one terminal, with demo data: web server, worker and scheduler. Started by `make demo`."""

import http.client
import json
import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.supervisor import Supervisor
from config.translations import compile_catalogues

HOST = "127.0.0.1"  # never another: the demo's passwords are known
READY_SECONDS = 60.0
TICK_SECONDS = 10  # an older look at the timers was an earlier run's
ACCOUNTS = (
    ("admin@example.com", "administrator", "/admin/"),
    ("lead@example.com", "support lead", "/admin/"),
    ("agent@example.com", "support agent", "/admin/"),
    ("growth@example.com", "growth manager", "/"),
    ("partner@example.com", "Gold partner with clients, Premium Support", "/"),
    ("silver@example.com", "Silver partner, Standard Support", "/"),
    ("client@example.com", "client of the Gold partner, Standard Support", "/"),
    ("direct@example.com", "client of no partner", "/"),
)


class Command(BaseCommand):
    help = "Runs the portal with demo data on 127.0.0.1 until Ctrl-C. Start it with make demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG and settings.DEMO):
            raise CommandError("The demo needs DEBUG=1 and DEMO=1. Start it with: make demo")
        port = _port(os.environ.get("PORT") or "8000")
        _refuse_taken(port)
        self._prepare()
        supervisor = Supervisor(say=self._say)
        supervisor.catch_signals()
        try:
            ended_well = self._run(supervisor, port)
        finally:
            supervisor.end_all()
            self._say("Ended.")
        if not ended_well:
            sys.exit(1)

    def _prepare(self) -> None:
        compile_catalogues()
        self._say("Bringing the database up to date")
        call_command("migrate", verbosity=0)
        call_command("load_policy", "--starts-at", "2026-01-01T00:00:00+00:00", stdout=self.stdout)
        _forget_old_tasks()

    def _run(self, supervisor: Supervisor, port: int) -> bool:
        """Start one after the other, and stay; return whether everything ended because it was told to."""
        processes = _processes(port)
        self._say("Starting the web server")
        supervisor.start("web server", processes.pop("web server"), os.environ)
        if not supervisor.finish("demo data", [sys.executable, "manage.py", "seed_demo"], os.environ):
            return supervisor.is_stopping
        self._say("Starting worker and scheduler")
        for name, command in processes.items():
            supervisor.start(name, command, os.environ)
        if not supervisor.wait_until(lambda: _is_up(port), seconds=READY_SECONDS):
            if not supervisor.is_stopping:
                self._say(f"Not everything is up after {READY_SECONDS:.0f} seconds; the last words stand above.")
            return supervisor.is_stopping
        self._say(_welcome(port))
        return supervisor.run() == 0

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _port(text: str) -> int:
    """Raises: CommandError, if it is no port that a person may use."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT is {text!r}, which is no port. Use a number such as: make demo PORT=8001")
    return int(text)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        # As the server does: connections of an earlier run that linger are no reason to refuse.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CommandError(f"Port {port} may not be used by you. Choose another: make demo PORT=8001") from error
        except OSError as error:
            raise CommandError(
                f"Port {port} is in use by another program. Choose another: make demo PORT={port + 1}"
            ) from error


def _forget_old_tasks() -> None:
    """Messages left by an earlier run say nothing that the database does not know."""
    for message in settings.BROKER_DIR.iterdir():
        if message.is_file():
            message.unlink(missing_ok=True)


def _processes(port: int) -> dict[str, list[str]]:
    # Many a demonstration runs as root, in a container; Celery's warning about it would only hide the address.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = [sys.executable, *quiet, "-m", "celery", "--app", "config.celery", "--quiet"]
    return {
        "web server": [
            *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"),
            *(
                "--workers",
                "1",
                "--threads",
                "8",
                "--log-level",
                "warning",
                "--timeout",
                "0",
                "--graceful-timeout",
                "2",
            ),
        ],
        "worker": _worker(celery, "portal", "timers,mail,default"),
        # One of its own: it waits for other servers, and a timer must not wait with it.
        "worker for webhooks": _worker(celery, "webhooks", "webhooks"),
        "scheduler": [
            *(*celery, "beat", "--loglevel", "warning", "--pidfile", ""),
        ],
    }


def _worker(celery: list[str], name: str, queues: str) -> list[str]:
    quietly = ("--loglevel", "warning", "--without-gossip", "--without-mingle")
    return [*celery, "worker", "--pool", "solo", *quietly, "--hostname", f"{name}@%h", "--queues", queues]


def _is_up(port: int) -> bool:
    """Does the portal answer, and has the worker looked at the timers?"""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        ticked = json.load(connection.getresponse()).get("last_tick_seconds")
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return ticked is not None and ticked < TICK_SECONDS


def _welcome(port: int) -> str:
    site = f"http://{HOST}:{port}"
    lines = [
        "",
        f"Ready: {site}",
        "",
        "Sign in with the password demo:",
        *(f"  {email:<22} {role:<46} {site}{path}" for email, role, path in ACCOUNTS),
        "",
        f"E-mails that were sent: {site}/demo/outbox/",
        f"A token for the API:    DEBUG=1 {os.path.relpath(sys.executable)} manage.py api_token partner@example.com",
        "Ctrl-C ends all of it.",
        "",
    ]
    return "\n".join(lines)
