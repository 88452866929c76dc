"""Several processes as one: they end together, and none dies unseen."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, sys
from config.supervisor import Supervisor

supervisor = Supervisor(say=lambda text: print(text, flush=True), grace_seconds=1)
supervisor.catch_signals()
for number, command in enumerate(sys.argv[1:]):
    supervisor.start(f"process {number}", ["sh", "-c", command], os.environ)
died = supervisor.run()
supervisor.end_all()
print("died", died, flush=True)
"""
STAYS = "echo up $$; sleep 60 & wait"


def start(*commands: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *commands], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def read_until(process: "subprocess.Popen[str]", word: str) -> list[str]:
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if word in line:
            break
    return lines


def groups_of(lines: list[str]) -> list[int]:
    return [int(line.split()[1]) for line in lines if line.startswith("up ")]


def is_gone(group: int) -> bool:
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_signal_ends_every_process_and_its_children():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process = start(STAYS, STAYS)
        lines = read_until(process, "up") + read_until(process, "up")

        process.send_signal(number)
        last_words, _ = process.communicate(timeout=20)

        assert last_words.splitlines() == ["died 0"]
        assert [is_gone(group) for group in groups_of(lines)] == [True, True]


def test_a_process_that_dies_is_said_and_the_others_go_on():
    process = start(STAYS, "sleep 1; exit 3")
    lines = read_until(process, "ended by itself")

    assert process.poll() is None
    assert lines[-1] == "The process 1 ended by itself (exit status 3); its last words stand above."

    process.send_signal(signal.SIGINT)
    last_words, _ = process.communicate(timeout=20)
    assert last_words.splitlines() == ["died 1"]
    assert is_gone(groups_of(lines)[0])


def test_a_process_that_does_not_listen_is_ended_all_the_same():
    process = start("trap '' TERM; echo up $$; while :; do sleep 1; done")
    lines = read_until(process, "up")

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)

    assert is_gone(groups_of(lines)[0])
