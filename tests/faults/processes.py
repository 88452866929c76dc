"""Real processes that can be killed: a Redis of our own, workers and schedulers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from types import TracebackType

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """Return the address of the database that this process uses."""
    facts = connection.settings_dict
    who = f"{facts['USER']}:{facts['PASSWORD']}@" if facts["USER"] else ""
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"postgres://{who}{facts['HOST']}{port}/{facts['NAME']}"


class Redis:
    """A Redis that keeps nothing on disk, on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = tempfile.mkdtemp(prefix="portal-redis-")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", self._folder]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if self._say("PING") == b"+PONG":
                return
            time.sleep(0.05)
        raise RuntimeError("redis-server did not start")

    def restart(self) -> None:
        self.stop()
        self.start()

    def flush(self) -> None:
        self._say("FLUSHALL")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _say(self, command: str) -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(f"{command}\r\n".encode())
                return line.recv(100).strip()
        except OSError:
            return b""


class Crew:
    """Workers and schedulers, in process groups of their own; who is killed is replaced."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        workers: int = 3,
        schedulers: int = 2,
        pool: str = "solo",
        queues: str = "",
        log: Path,
    ) -> None:
        """`queues` empty: each worker takes timers before mails, the last one mails before timers."""
        celery = [sys.executable, "-m", "celery", "--app", "config.celery", "--quiet"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker = [*celery, "worker", "--pool", pool, "--concurrency", "1", "--loglevel", "warning", *quiet]
        self._commands: dict[str, list[str]] = {}
        for n in range(workers):
            own = queues or ("mail,timers" if n == workers - 1 else "timers,mail,default")
            self._commands[f"worker-{n}"] = [*worker, "--queues", own, "--hostname", f"worker-{n}@storm"]
        for n in range(schedulers):
            self._commands[f"scheduler-{n}"] = [*celery, "beat", "--loglevel", "warning", "--pidfile", ""]
        self._environment = {**os.environ, **environment}
        self._log = log.open("ab")
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Crew":
        for name in self._commands:
            self._start(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running.values():
            _signal(process, signal.SIGKILL)
            process.wait()
        self._log.close()

    @property
    def names(self) -> list[str]:
        return sorted(self._commands)

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    def kill(self, name: str) -> None:
        """Kill one with its children, without a word, and start its successor."""
        _signal(self._running[name], signal.SIGKILL)
        self._running[name].wait()
        self._start(name)

    def kill_one(self, chance: Random) -> str:
        name = chance.choice(self.names)
        self.kill(name)
        return name

    def stop(self, *, seconds: float) -> bool:
        """Ask all to end, as a deployment does; return whether all did so in time."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        end = time.monotonic() + seconds
        for process in self._running.values():
            try:
                process.wait(timeout=max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                return False
        return True

    def _start(self, name: str) -> None:
        self._running[name] = subprocess.Popen(
            self._commands[name],
            cwd=ROOT,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )


def environment_for(redis: Redis, mail_port: int) -> dict[str, str]:
    """Return what makes processes use this database, this broker and this mail server."""
    return {
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": redis.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "SITE_URL": settings.SITE_URL,
        "OUTBOX_LEASE_SECONDS": "6",  # what a killed worker held is not waited for longer
    }


def cut_database_connections() -> None:
    """End every other connection to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
