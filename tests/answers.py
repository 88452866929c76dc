"""Valid answers of any topic, made from the policy's own examples: a topic added as data has them by itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from packages.policy.document import Topic
from packages.policy.fields import Field, Kind
from tests.instants import NOW

COMMON = {
    "subject": "Three messages did not arrive",
    "description": "Since this morning three of our messages were accepted, but never arrived.",
    "language": "en",
    "environment": "production",
    "impact": "limited",
    "workaround": True,
}


def answers_for(topic: Topic, *, filer: str = "partner", now: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """Return answers that make a valid ticket of a topic at `now`; `changes` replace some (None leaves one out)."""
    answers: dict[str, Any] = dict(COMMON)
    groups_met: set[str] = set()
    for field in topic.fields:
        if not field.is_asked(answers, filer=filer) or field.kind is Kind.FILE:
            continue
        if field.is_mandatory(answers, filer=filer) or (field.one_of and field.one_of not in groups_met):
            answers[field.code] = value_for(field, now=now)
            groups_met.add(field.one_of)
    merged = {**answers, **changes}
    return {code: value for code, value in merged.items() if value is not None}


def value_for(field: Field, *, now: datetime, place: int = 0) -> Any:
    """Return a value that a field takes; `place` tells the values of a list apart."""
    if field.kind is Kind.LIST and field.item is not None:
        example = field.example or field.item.example
        return [_told_apart(example, one) for one in range(field.min_items or 1)]
    if field.kind is Kind.RECORDS:
        rows = range(field.min_items or 1)
        return [{column.code: value_for(column, now=now, place=one) for column in field.columns} for one in rows]
    return _MADE.get(field.kind, lambda one, _: one.example)(field, now - timedelta(hours=1))


def _told_apart(example: str, place: int) -> str:
    """Change an example where it stays what it is: a link another host, a number or an id another ending."""
    if not place:
        return example
    if "://" in example:
        return example.replace("://", f"://number{place}.")
    return f"{example[:-1]}{place}"


_MADE: dict[Kind, Callable[[Field, datetime], Any]] = {
    Kind.CHOICE: lambda field, _: field.choices[0].code,
    Kind.YES_NO: lambda *_: True,
    Kind.MUST_BE_YES: lambda *_: True,
    Kind.NUMBER: lambda field, _: float(field.example),
    Kind.INSTANT: lambda _, at: at.astimezone(UTC).isoformat(),
    Kind.DATE: lambda _, at: date.isoformat(at.date()),
}
