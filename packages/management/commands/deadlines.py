"""Deadlines of cases from standard input, as a stream: JSON lines in, the same lines with `due_at` out."""

import json
import sys
from datetime import UTC, datetime
from typing import Any, BinaryIO, TextIO, cast

from django.core.management.base import BaseCommand

from packages.policy.clock import NeverOpen, clock_for
from packages.policy.severity import Severity
from packages.queries.policies import Timeline, all_in_force


class CaseInvalid(ValueError):
    """A line that has no deadline; the message says why."""


class Command(BaseCommand):
    help = (
        'Reads lines such as {"package": "standard", "severity": "critical", "opened_at": "2026-11-24T21:30:00+00:00"} '
        "and writes each with due_at added (ISO 8601, UTC), under the policy in force then. "
        "A line that can't be answered becomes {line, error}; the exit status is then 1."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        lines = cast(BinaryIO, getattr(sys.stdin, "buffer", sys.stdin))  # tests put bytes straight into its place
        out = cast(TextIO, self.stdout._out)  # type: ignore[attr-defined]  # its own stream: no styling of each line
        if not answer(lines, out, all_in_force()):
            sys.exit(1)


def answer(lines: BinaryIO, out: TextIO, timeline: Timeline) -> bool:
    """Answer every line in order; return whether all of them could be."""
    good = True
    for number, line in enumerate(lines, start=1):
        try:
            result = _with_deadline(line, timeline)
        except CaseInvalid as error:
            good = False
            result = {"line": number, "error": str(error)}
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
    out.flush()
    return good


def _with_deadline(line: bytes, timeline: Timeline) -> dict[str, Any]:
    try:
        case = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CaseInvalid("the line is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise CaseInvalid("the line is not JSON" if line.strip() else "the line is blank") from error
    if not isinstance(case, dict):
        raise CaseInvalid("the line is not a JSON object")
    opened_at = _instant(case.get("opened_at"))
    policy = timeline.at(opened_at).policy
    package = policy.packages.get(_word(case, "package"))
    if package is None:
        raise CaseInvalid(f"package {case.get('package')!r} is not known")
    severity = _word(case, "severity")
    if severity not in {known.value for known in Severity}:
        raise CaseInvalid(f"severity {case.get('severity')!r} is not known")
    try:
        due_at = clock_for(policy.calendar_of(package.code)).deadline(opened_at, package.targets[Severity(severity)])
    except (NeverOpen, OverflowError) as error:
        raise CaseInvalid("opened_at is out of range") from error
    return {**case, "due_at": due_at.isoformat()}


def _word(case: dict[str, Any], key: str) -> str:
    value = case.get(key)
    return value if isinstance(value, str) else ""


def _instant(value: Any) -> datetime:
    try:
        opened_at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise CaseInvalid("opened_at is not an instant such as 2026-11-24T21:30:00+00:00") from error
    if opened_at.tzinfo is None:
        raise CaseInvalid("opened_at has no time zone, add one such as +00:00")
    try:
        return opened_at.astimezone(UTC)
    except OverflowError as error:
        raise CaseInvalid("opened_at is out of range") from error
