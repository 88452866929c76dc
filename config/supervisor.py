"""Runs a handful of processes as one: what ends one of them from outside ends all, and none dies unseen."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from types import FrameType

GRACE_SECONDS = 8.0  # between asking a process to end and ending it
TICK_SECONDS = 0.2


class Supervisor:
    """Starts named processes, each in a process group of its own, and waits until it is told to stop.

    A process that ends by itself is reported and not restarted: the rest goes on, so that its last words can be read.
    """

    def __init__(self, *, say: Callable[[str], None], grace_seconds: float = GRACE_SECONDS) -> None:
        self._say = say
        self._grace_seconds = grace_seconds
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._parent = os.getppid()
        self._stopping = False

    def start(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        # A group of its own: Ctrl-C reaches this process alone, which then ends the others in good order.
        self._children[name] = subprocess.Popen(  # noqa: S603  commands of our own, no shell
            command, env=dict(environment), start_new_session=True, stdin=subprocess.DEVNULL
        )

    def finish(self, name: str, command: list[str], environment: Mapping[str, str]) -> bool:
        """Run one more process to its end; return whether it ended well. A stop that was asked for ends the waiting."""
        self.start(name, command, environment)
        child = self._children[name]
        while child.poll() is None and not self.is_stopping:
            time.sleep(TICK_SECONDS)
        if child.poll() is None:
            return False
        del self._children[name]
        return child.returncode == 0

    def catch_signals(self) -> None:
        """Take Ctrl-C, termination and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> bool:
        """Return whether it became true in time; False at once when a process died or a stop was asked for."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.is_stopping and not self._report_dead():
            if is_ready():
                return True
            time.sleep(TICK_SECONDS)
        return False

    def run(self) -> int:
        """Stay until a stop is asked for, or nothing runs any more; return how many processes died by themselves."""
        died = 0
        while self._children and not self.is_stopping:
            died += self._report_dead()
            time.sleep(TICK_SECONDS)
        return died

    def end_all(self) -> None:
        """End every process and its children: politely, then not."""
        for child in self._children.values():
            _signal_group(child, signal.SIGTERM)
        end = time.monotonic() + self._grace_seconds
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(end - time.monotonic(), 0.1))
            # The leader may have gone before the others of its group.
            _signal_group(child, signal.SIGKILL)
            child.wait()
        self._children.clear()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    @property
    def is_stopping(self) -> bool:
        """Was a stop asked for?"""
        # Killed outright, make can't pass a signal on: a new parent is how an orphan notices.
        return self._stopping or os.getppid() != self._parent

    def _report_dead(self) -> int:
        dead = {name: child for name, child in self._children.items() if child.poll() is not None}
        for name, child in dead.items():
            self._say(f"The {name} ended by itself (exit status {child.returncode}); its last words stand above.")
            _signal_group(child, signal.SIGKILL)
            del self._children[name]
        return len(dead)


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    # macOS answers that it is not permitted where a group has gone.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
