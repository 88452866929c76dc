"""The forms of fields: in the library, in a topic, and of what a list or records are made of."""

from collections.abc import Iterator, Mapping
from typing import Any

from packages.policy.editing import Document, Path, entry_at, users_of_field
from packages.policy.fields import Kind
from packages.policy.inputs import (
    Choice,
    Flag,
    Input,
    Line,
    Lines,
    Option,
    OptionalNumbers,
    Rows,
    Rule,
    Switch,
    Text,
    Whole,
)  # fmt: skip
from packages.policy.sheets import Sheet

_WRITTEN = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.DIGITS, Kind.EMAIL, Kind.URL, Kind.PHONE})
_FREE = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_TIMED = frozenset({Kind.INSTANT, Kind.DATE})
_MANY = frozenset({Kind.LIST, Kind.RECORDS})
_MADE_OF = frozenset({"item", "columns"})  # has pages of its own


def library_sheet(document: Document, code: str, kind: str = "") -> Sheet:
    """Return the form of a field that topics share. Raises: NoSuchEntry."""
    entry = entry_at(document, ("fields", code))
    scopes = (
        ("fields", code),
        *(
            ("common", code) if user == "common" else ("topics", user, "fields", code)
            for user in users_of_field(document, code)
        ),
    )
    others = tuple((name, name) for name in document["fields"] if name != code)
    inputs = (_kind(entry), Text(("label",), "Label"), *_field_inputs(entry, kind or entry.get("kind", ""), others))
    return Sheet(_title(entry, code), ("fields", code), inputs, scopes)


def inner_sheet(document: Document, code: str, inner: str, kind: str = "") -> Sheet:
    """Return the form of what a field of the library is made of: "item" of a list, or a column. Raises: NoSuchEntry."""
    field = entry_at(document, ("fields", code))
    columns = field.get("columns") or {}
    path: Path = ("item",) if inner == "item" and field.get("item") else ("columns", inner)
    root = ("fields", code, *path)
    entry = entry_at(document, root)
    scopes = tuple((*scope, *path) for scope in library_sheet(document, code).scopes)
    others = (*((name, name) for name in columns if name != inner), *_everywhere(document))
    inputs = (_kind(entry), *_field_inputs(entry, kind or entry.get("kind", ""), others))
    if path == ("item",):
        return Sheet(f"{_title(field, code)}: each item", root, inputs, scopes)
    rule = Rule(("mandatory",), "Mandatory", fields=others, default="always")
    return Sheet(
        f"{_title(field, code)}: {_title(entry, inner)}", root, (Text(("label",), "Label"), rule, *inputs), scopes
    )


def topic_field_sheet(document: Document, topic: str, code: str) -> Sheet:
    """Return the form of a field as a topic ("common": every ticket) asks it. Raises: NoSuchEntry."""
    common = topic == "common"
    holder: Path = ("common",) if common else ("topics", topic, "fields")
    own = entry_at(document, (*holder, code))
    base = entry_at(document, ("fields", code))
    entry = {**base, **own}
    others = tuple(one for one in (*_everywhere(document), *_asked_by(document, topic)) if one[0] != code)
    groups = () if common else tuple((name, name) for name in document["topics"][topic].get("groups") or {})
    inputs = (
        Rule(("mandatory",), "Mandatory", fields=others),
        Rule(("asked",), "Asked", fields=others, default="always"),
        Choice(("one_of",), "One of a group", options=(("", "no group"), *groups)),
        Text(("label",), "Label"),
        *_field_inputs(entry, entry.get("kind", ""), others),
    )
    return Sheet(_title(entry, code), (*holder, code), inputs, ((*holder, code),), base)


def made_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts of a list or of records that have forms of their own: "item", or the codes of columns."""
    return ("item",) if entry.get("item") else tuple(entry.get("columns") or ())


def _title(entry: Mapping[str, Any], code: str) -> str:
    return str((entry.get("label") or {}).get("en") or code)


def _everywhere(document: Document) -> tuple[Option, ...]:
    return tuple((one["field"], one["field"]) for one in document["common"])


def _asked_by(document: Document, topic: str) -> tuple[Option, ...]:
    if topic == "common":
        return ()
    return tuple((one["field"], one["field"]) for one in document["topics"][topic].get("fields") or ())


def _kind(entry: Mapping[str, Any]) -> Input:
    """Offer the kinds. What is made of other fields is only copied: a kind can't make up items and columns."""
    kinds = [kind for kind in Kind if kind not in _MANY or kind == entry.get("kind")]
    help = "Save to see what the kind needs. A list, or records, is a copy of another one."
    return Choice(("kind",), "Kind", help, options=tuple((kind.value, kind.value.replace("_", " ")) for kind in kinds))


def _field_inputs(entry: Mapping[str, Any], kind: str, others: tuple[Option, ...]) -> tuple[Input, ...]:
    return (
        Text(("help",), "Help", lines=True),
        Text(("where",), "Where to find it", lines=True),
        Line(("example",), "Example"),
        Text(("refuse",), "What a refusal says", lines=True),
        Text(("ask",), "What is asked about an unusual value", lines=True),
        *(one for kinds, one in _limits(others) if not kinds or kind in kinds or entry.get(one.path[0]) is not None),
    )


def _limits(others: tuple[Option, ...]) -> Iterator[tuple[frozenset[Kind], Input]]:
    """Give each input with the kinds that have a use for it, none for all."""
    other = (("", "none"), *others)
    length, bounds, time, many = "Length", "Bounds", "Time", "How many"
    answer = (Line(("code",), "Code"), Text(("name",), "Name"), Text(("help",), "Help"))
    when = Rule(("when",), "Offered", fields=others, default="always", options=OFFERED)
    yield frozenset({Kind.CHOICE}), Rows(("choices",), "Choice", inputs=(*answer, when))
    yield frozenset({Kind.CHOICE}), Switch(("open",), "Other answers are allowed", section="Answers")
    yield frozenset({Kind.CHOICE}), Switch(("any_case",), "Capital letters make no difference", section="Answers")
    yield frozenset(), Rows(("instead",), "Answer instead of a value", inputs=answer)
    yield _FREE, Lines(("suggestions",), "Suggestions", SUGGESTED)
    yield _WRITTEN, Whole(("min_length",), "At least, in characters", section=length)
    yield _WRITTEN, Whole(("max_length",), "At most", section=length)
    yield _WRITTEN, OptionalNumbers(("usual_length",), "Mostly from, to: such as 14, 17", section=length)
    yield _WRITTEN, Line(("pattern",), "It must match", "Regular expressions.", "Pattern")
    yield _WRITTEN, Line(("usual",), "It mostly matches", section="Pattern")
    yield _WRITTEN, Whole(("short_hint", "below"), "Hint for a value shorter than, in characters")
    yield _WRITTEN, Text(("short_hint", "text"), "What that hint says", lines=True)
    yield _WRITTEN, Choice(("case",), "Letters", options=CASES)
    yield _WRITTEN, Switch(("no_spaces",), "Spaces are removed", section="Reading")
    yield _FREE, Switch(("reads_code",), "An error code of the platform in it gets its hint", section="Reading")
    yield frozenset(), Switch(("identifies",), "Identifies: offered again, and searched for", section="Reading")
    yield frozenset({Kind.NUMBER}), Whole(("minimum",), "At least", section=bounds)
    yield frozenset({Kind.NUMBER}), Whole(("above",), "More than", section=bounds)
    yield frozenset({Kind.NUMBER}), Whole(("maximum",), "At most", section=bounds)
    yield frozenset({Kind.NUMBER}), Switch(("decimals",), "Decimals are allowed", section="Digits")
    yield frozenset({Kind.NUMBER}), Switch(("percent_sign",), "A % sign may stand behind it", section="Digits")
    yield _TIMED, Choice(("time",), "May lie", section=time, options=TIMES, default="past")
    yield _TIMED, Choice(("before",), "Must be before", section=time, options=other)
    yield _TIMED, Choice(("not_before",), "Must not be before", section=time, options=other)
    yield _TIMED, Choice(("date_from",), "A time without a date takes that of", section=time, options=other)
    yield _TIMED, Text(("before_message",), "What is said when it is not before", lines=True)
    yield _TIMED, Text(("not_before_message",), "What is said when it is before", lines=True)
    yield _MANY, Whole(("min_items",), "At least", section=many)
    yield _MANY, Whole(("max_items",), "At most", section=many)
    yield _MANY, Switch(("distinct",), "Each must differ", section="Several")
    yield _MANY, Switch(("distinct_hosts",), "Each must be of another site", section="Several")
    yield _WRITTEN, Choice(("differs_from",), "Must differ from", options=other)
    yield _WRITTEN, Text(("differs_message",), "What is said when it does not", lines=True)
    yield frozenset({Kind.URL}), Flag(("checks",), "The address must be a public one", code="public_address")


OFFERED: tuple[Option, ...] = (
    ("always", "always"),
    ("given", "when the other field is given"),
    ("is", "when the other field is one of these"),
    ("is_not", "when the other field is none of these"),
    ("partner", "when a partner files"),
    ("client", "when a client files"),
)
CASES = (("", "as typed"), ("lower", "become small"), ("locale", "as in pt_BR"))
TIMES = (("past", "in the past only"), ("any", "in the past or the future"))
SUGGESTED = (
    "One a line; where languages differ, all five with | between: English | Portuguese | German | Spanish | Russian."
)
