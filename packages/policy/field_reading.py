"""Reads one field of a topic from the document."""

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from typing import Any

from packages.policy.fields import Choice, Condition, Field, Kind, Test
from packages.policy.reading import Reader
from packages.policy.wording import Text

_TEXTS = (
    "help", "where", "refuse", "ask", "before_message", "not_before_message", "differs_message",
)  # fmt: skip
_WORDS = ("example", "one_of", "case", "before", "not_before", "date_from", "differs_from")
_SWITCHES = (
    "open",
    "any_case",
    "no_spaces",
    "reads_code",
    "decimals",
    "percent_sign",
    "distinct",
    "distinct_hosts",
    "identifies",
)
_WHOLES = ("min_length", "max_length", "min_items", "max_items")
_DECIMALS = ("minimum", "maximum", "above")
_CHECKS = ("public_address",)
_KNOWN = frozenset({field.name for field in dataclass_fields(Field)} | {"field"}) - {"short_below"}


def read_field(reader: Reader, code: str, entry: Mapping[str, Any]) -> Field:
    """Read a field; `entry` is the library's with the topic's overrides laid over it."""
    reader.keys(entry, _KNOWN)
    kind = Kind(reader.one_of(entry.get("kind"), list(Kind), "kind"))
    facts: dict[str, Any] = {name: reader.text(entry.get(name), name, required=False) for name in _TEXTS}
    facts |= {name: str(entry.get(name) or "") for name in _WORDS}
    facts |= {name: bool(entry.get(name, False)) for name in _SWITCHES}
    facts |= {name: reader.whole(entry.get(name), name) for name in _WHOLES}
    facts |= {name: reader.decimal(entry.get(name), name) for name in _DECIMALS}
    facts |= {name: reader.pattern(entry.get(name), name) for name in ("pattern", "usual")}
    hint = reader.mapping(entry.get("short_hint") or {}, "short_hint")
    field = Field(
        code=reader.code(code),
        kind=kind,
        label=reader.text(entry.get("label"), "label"),
        mandatory=read_rule(reader, entry.get("mandatory") or False, "mandatory"),
        asked=read_rule(reader, True if entry.get("asked") is None else entry["asked"], "asked"),
        choices=read_choices(reader, entry.get("choices") or [], "choices"),
        instead=read_choices(reader, entry.get("instead") or [], "instead"),
        suggestions=tuple(
            _suggestion(reader, item) for item in reader.sequence(entry.get("suggestions") or [], "suggestions")
        ),
        usual_length=_range(reader, entry.get("usual_length")),
        short_below=reader.whole(hint.get("below"), "short_hint", "below"),
        short_hint=reader.text(hint.get("text"), "short_hint", "text") if hint else {},
        time=reader.one_of(entry.get("time", "past"), ("past", "any"), "time"),
        item=_item(reader, code, entry.get("item")),
        columns=_columns(reader, entry.get("columns")),
        checks=tuple(reader.one_of(check, _CHECKS, "checks") for check in entry.get("checks") or ()),
        **facts,
    )
    _check(reader, field)
    return field


def read_rule(reader: Reader, value: Any, key: str) -> bool | Condition:
    """Read `always`, `never`, a boolean, or a condition."""
    if isinstance(value, bool):
        return value
    if value in ("always", "never"):
        return bool(value == "always")
    with reader.at(key):
        return read_condition(reader, reader.mapping(value))


def read_condition(reader: Reader, value: Mapping[str, Any]) -> Condition:
    reader.keys(value, frozenset({"field", "is", "is_not", "given", "filer"}))
    if "filer" in value:
        return Condition(filer=reader.one_of(value["filer"], ("partner", "client"), "filer"))
    for test in (Test.IS, Test.IS_NOT):
        if test in value:
            among = tuple(str(item) for item in reader.sequence(value[test], test))
            return Condition(field=reader.code(value.get("field"), "field"), test=test, values=among)
    return Condition(field=reader.code(value.get("field"), "field"))


def read_choices(reader: Reader, values: Any, key: str) -> tuple[Choice, ...]:
    choices = []
    with reader.at(key):
        for index, entry in enumerate(reader.sequence(values)):
            with reader.at(str(index + 1)):
                entry = reader.mapping(entry)
                reader.keys(entry, frozenset({"code", "name", "help", "when"}))
                choices.append(
                    Choice(
                        code=reader.code(entry.get("code"), "code"),
                        name=reader.text(entry.get("name"), "name"),
                        help=reader.text(entry.get("help"), "help", required=False),
                        when=read_condition(reader, entry["when"]) if entry.get("when") else None,
                    )
                )
        codes = [choice.code for choice in choices]
        if len(set(codes)) < len(codes):
            reader.wrong("has one code twice")
    return tuple(choices)


def _suggestion(reader: Reader, item: Any) -> Text | str:
    return item if isinstance(item, str) else reader.text(item, "suggestions")


def _range(reader: Reader, value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    ends = reader.sequence(value, "usual_length")
    if len(ends) != 2 or not all(isinstance(end, int) for end in ends) or ends[0] > ends[1]:
        reader.wrong("needs the least and the most", "usual_length")
        return None
    return ends[0], ends[1]


def _item(reader: Reader, code: str, value: Any) -> Field | None:
    if value is None:
        return None
    with reader.at("item"):
        entry = dict(reader.mapping(value))
        entry.setdefault("label", dict.fromkeys(("en", "pt-br", "de", "es", "ru"), code))
        return read_field(reader, code, entry)


def _columns(reader: Reader, value: Any) -> tuple[Field, ...]:
    if value is None:
        return ()
    columns = []
    for code, entry in reader.mapping(value, "columns").items():
        with reader.at("columns", code):
            columns.append(read_field(reader, code, {"mandatory": True, **reader.mapping(entry)}))
    return tuple(columns)


def _check(reader: Reader, field: Field) -> None:
    """Note what makes no sense in a field taken alone."""
    if field.kind is Kind.CHOICE and not field.choices:
        reader.wrong("a choice needs at least one answer to choose from", "choices")
    if field.kind is Kind.LIST and field.item is None:
        reader.wrong("a list needs to say what its items are", "item")
    if field.kind is Kind.RECORDS and not field.columns:
        reader.wrong("records need columns", "columns")
    for least, most in (("min_length", "max_length"), ("min_items", "max_items"), ("minimum", "maximum")):
        low, high = getattr(field, least), getattr(field, most)
        if low is not None and high is not None and low > high:
            reader.wrong(f"is above {most}", least)
