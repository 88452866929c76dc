"""The processes that the timers' bench measures."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.processes import ROOT, Crew, Redis, environment_for


@contextmanager
def crew(*, workers: int, schedulers: int, log: Path) -> Iterator[Crew]:
    """Workers for timers alone, as production has them: mails are written and not sent."""
    redis = Redis()
    redis.start()
    try:
        environment = environment_for(redis, mail_port=1)
        with Crew(environment, workers=workers, schedulers=schedulers, queues="timers", log=log) as running:
            yield running
    finally:
        redis.remove()


class EtaWorker:
    """A worker of the rival that takes messages with an ETA."""

    def __init__(self, redis: Redis, log: Path) -> None:
        self._environment = {**os.environ, **environment_for(redis, mail_port=1)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "--app", "bench.timers_rivals", "--quiet", "worker"]
        command += ["--concurrency", "2", "--loglevel", "error", "--without-gossip", "--without-mingle"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def megabytes(self) -> int:
        assert self._process is not None
        return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(self._process.pid)]).split()[0]) // 1024


@contextmanager
def redis_and_worker(log: Path) -> Iterator[tuple[str, EtaWorker]]:
    redis = Redis()
    redis.start()
    worker = EtaWorker(redis, log)
    worker.start()
    try:
        yield redis.url, worker
    finally:
        worker.kill()
        redis.remove()
