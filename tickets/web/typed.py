"""What was typed, by input name, and what the validator reads: the page's two ways to write one answer.

An input's name is its field's code; what counts instead of an answer is `code.instead`, a cell `code.0.column`. So a
remark's key names its input.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from packages.policy.fields import Field, Kind
from tickets.policy.answers import is_blank
from tickets.policy.cleaning import storable

INSTEAD = "instead"
_CELL = re.compile(r"(\d{1,4})\.([^.]+(?:\.instead)?)")

Typed = dict[str, str]


def typed_in(posted: Mapping[str, str], fields: Sequence[Field]) -> Typed:
    """Return what was typed for some fields: what a database can keep of it, blank rows of records left out."""
    codes = {field.code for field in fields}
    typed = {name: storable(posted[name]) for name in posted if name.partition(".")[0] in codes}
    for field in fields:
        if field.kind is Kind.RECORDS:
            typed = _without_blank_rows(field, typed)
    return typed


def answers_in(typed: Mapping[str, str], fields: Iterable[Field], files: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return raw answers for the validator. `files` are the ids of attachments by the code of their field."""
    answers: dict[str, Any] = {}
    for field in fields:
        if field.kind is Kind.FILE:
            answers[field.code] = files.get(field.code, [])
        elif field.kind is Kind.RECORDS:
            answers[field.code] = rows_in(typed, field)
        else:
            answers[field.code] = _answer(typed, field, field.code)
    return answers


def rows_in(typed: Mapping[str, str], field: Field) -> list[dict[str, str]]:
    """Return the rows of records in the order of their numbers, those without any cell left out."""
    rows = []
    for number in sorted(_cells(typed, field)):
        row = {column.code: _answer(typed, column, f"{field.code}.{number}.{column.code}") for column in field.columns}
        if not all(is_blank(cell) for cell in row.values()):
            rows.append(row)
    return rows


def typed_from(answers: Mapping[str, Any], fields: Iterable[Field], zone: tzinfo) -> Typed:
    """Return what a person would have typed for typed answers: instants in `zone`, lists one a line."""
    typed: Typed = {}
    for field in fields:
        _type(typed, field, field.code, answers.get(field.code), zone)
    return typed


def _answer(typed: Mapping[str, str], field: Field, name: str) -> str:
    given = typed.get(name, "")
    instead = typed.get(f"{name}.{INSTEAD}", "")
    # A real answer counts more than the box beside it.
    return given if not is_blank(given) or not instead else instead


def _without_blank_rows(field: Field, typed: Typed) -> Typed:
    """Number the rows anew, so that a remark's place is a row's number."""
    kept = {name: text for name, text in typed.items() if name.partition(".")[0] != field.code}
    filled = (row for _, row in sorted(_cells(typed, field).items()) if not all(map(is_blank, row.values())))
    for place, row in enumerate(filled):
        kept |= {f"{field.code}.{place}.{rest}": text for rest, text in row.items()}
    return kept


def _cells(typed: Mapping[str, str], field: Field) -> dict[int, Typed]:
    """Return what was typed into records, by the number of its row and the rest of its name."""
    rows: dict[int, Typed] = {}
    for name, text in typed.items():
        code, _, rest = name.partition(".")
        cell = _CELL.fullmatch(rest) if code == field.code else None
        if cell:
            rows.setdefault(int(cell[1]), {})[cell[2]] = text
    return rows


def _type(typed: Typed, field: Field, name: str, value: Any, zone: tzinfo) -> None:
    if value is None or value == [] or field.kind is Kind.FILE:
        return
    if field.is_instead(value) and field.kind is not Kind.YES_NO:
        typed[f"{name}.{INSTEAD}"] = value
    elif field.kind is Kind.RECORDS:
        for number, row in enumerate(value):
            for column in field.columns:
                _type(typed, column, f"{name}.{number}.{column.code}", row.get(column.code), zone)
    elif isinstance(value, list):
        typed[name] = "\n".join(str(one) for one in value)
    elif isinstance(value, bool):
        typed[name] = "true" if value else "false"
    elif field.kind is Kind.INSTANT:
        local = datetime.fromisoformat(value).astimezone(zone)
        typed[name] = local.replace(tzinfo=None).isoformat(timespec="seconds" if local.second else "minutes")
    else:
        typed[name] = str(value)
