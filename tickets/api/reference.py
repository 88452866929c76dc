"""The API's description in the shape that its page shows: operations by section, the members of a body in one list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

DEEPEST = 3  # levels of members that are listed; deeper ones are named by their parent
PROBLEM = "application/problem+json"
TAGS = ("Tickets", "Conversation", "Files", "Escalations", "Policy", "Organisation")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a description: words, or a name that stands between backticks."""

    text: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class Member:
    name: str  # with those around it: "promise.due_at"
    kind: str
    is_required: bool
    text: list[Piece]


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    text: list[Piece]
    parameters: list[Member]
    sends: list[Member]
    gets: list[Member]
    success: Answer
    refusals: list[Answer]


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    operations: list[Operation]


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI description. It is of the code, so it stays the same while the process lives."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call, no-any-return]


@cache
def sections() -> list[Section]:
    """Return the operations by tag, each in the order of its addresses."""
    found: dict[str, list[Operation]] = {tag: [] for tag in TAGS}
    for path, methods in description()["paths"].items():
        for method, facts in methods.items():
            found.setdefault(facts["tags"][0], []).append(_operation(path, method, facts))
    return [Section(tag, operations) for tag, operations in found.items() if operations]


def _operation(path: str, method: str, facts: Mapping[str, Any]) -> Operation:
    answers = facts["responses"]
    success = next(status for status in answers if status.startswith("2"))
    return Operation(
        anchor=facts["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        summary=facts.get("summary", ""),
        text=_pieces(facts),
        parameters=[_parameter(one) for one in facts.get("parameters", [])],
        sends=list(_members(_content(facts.get("requestBody", {})))),
        gets=list(_members(_content(answers[success]))),
        success=Answer(success, answers[success].get("description", "")),
        refusals=[
            Answer(status, one.get("description", ""))
            for status, one in answers.items()
            if PROBLEM in one.get("content", {})
        ],
    )


def _parameter(one: Mapping[str, Any]) -> Member:
    place = {"query": "in the address", "header": "header", "path": "in the path"}[one["in"]]
    kind = f"{_kind(one['schema'])}, {place}"
    return Member(one["name"], kind, one.get("required", False), _pieces(one))


def _content(part: Mapping[str, Any]) -> Mapping[str, Any]:
    shapes = [one["schema"] for media, one in part.get("content", {}).items() if media != PROBLEM and "schema" in one]
    return shapes[0] if shapes else {}


def _members(shape: Mapping[str, Any], prefix: str = "", depth: int = 1) -> Iterator[Member]:
    shape = _resolved(shape)
    required = shape.get("required", ())
    for name, inner in shape.get("properties", {}).items():
        whole = f"{prefix}{name}"
        yield Member(whole, _kind(inner), name in required, _pieces(inner))
        below = _below(inner)
        if below and depth < DEEPEST:
            yield from _members(below[0], f"{whole}{below[1]}.", depth + 1)


def _below(shape: Mapping[str, Any]) -> tuple[Mapping[str, Any], str] | None:
    """Return the object inside, and how its members are reached from here."""
    whole = _resolved(shape)
    if "properties" in whole:
        return whole, ""
    if whole.get("type") == "array" and "properties" in (items := _resolved(whole.get("items", {}))):
        return items, "[]"
    return None


def _resolved(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the shape itself: behind a reference, or the one of several that is not null."""
    for several in ("allOf", "oneOf", "anyOf"):
        if several in shape:
            return _resolved(next(one for one in shape[several] if one.get("type") != "null"))
    if "$ref" in shape:
        return _resolved(description()["components"]["schemas"][shape["$ref"].rpartition("/")[2]])
    return shape


def _kind(shape: Mapping[str, Any]) -> str:
    if any(several in shape for several in ("oneOf", "anyOf")):
        return f"{_kind(_resolved(shape))} or null"
    whole = _resolved(shape)
    if "enum" in whole:
        return " · ".join("null" if one is None else str(one) for one in whole["enum"])
    types = whole.get("type", "any")
    words = [types] if isinstance(types, str) else list(types)
    if "array" in words:
        return f"list of {_kind(whole.get('items', {}))}"
    if whole.get("format"):
        words = [whole["format"] if word == "string" else word for word in words]
    return " or ".join(words)


def _pieces(described: Mapping[str, Any]) -> list[Piece]:
    """Return what a description says; every second stretch between backticks is a name."""
    text = re.sub(r"\s+", " ", described.get("description") or "").strip()
    return [Piece(part, place % 2 == 1) for place, part in enumerate(text.split("`")) if part]
