"""Topics for programs: what each asks, by which rule, in the reader's language. All from the policy's data."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from packages.policy.document import COMMON_FIELDS, Topic
from packages.policy.fields import Choice, Condition, Field, Kind
from packages.policy.wording import wording

# Rules that a field states as plain values, under their own names.
_RULES = (
    "min_length", "max_length", "pattern", "usual", "no_spaces", "case", "minimum", "maximum", "above", "decimals",
    "before", "not_before", "date_from", "min_items", "max_items", "distinct", "distinct_hosts", "differs_from",
)  # fmt: skip
_TIMED = (Kind.INSTANT, Kind.DATE)


def topic_line(topic: Topic, language: str) -> dict[str, Any]:
    """Return a topic as the list shows it."""
    return {
        "code": topic.code,
        "name": wording(topic.name, language),
        "summary": wording(topic.summary, language),
        "words": wording(topic.words, language),
        "listed": {package: severity.value for package, severity in topic.listed.items()},
        "confidential_from_partner": topic.confidential_from_partner,
    }


def topic_in_full(topic: Topic, language: str) -> dict[str, Any]:
    """Return a topic with everything that its tickets are asked, in the order of the form."""
    return {
        **topic_line(topic, language),
        "one_of": {
            group: {
                "message": wording(text, language),
                "fields": [field.code for field in topic.fields if field.one_of == group],
            }
            for group, text in topic.groups.items()
        },
        "fields": [_placed(field, language) for field in topic.all_fields],
    }


def _placed(field: Field, language: str) -> dict[str, Any]:
    pointer = f"/{field.code}" if field.code in COMMON_FIELDS else f"/fields/{field.code}"
    return {"pointer": pointer, **_field(field, language)}


def _field(field: Field, language: str) -> dict[str, Any]:
    return {
        "code": field.code,
        "kind": field.kind.value,
        "label": wording(field.label, language),
        "help": wording(field.help, language),
        "where": wording(field.where, language),
        "example": field.example,
        "message": wording(field.refuse, language),
        "mandatory": field.mandatory is True,
        "mandatory_when": _condition(field.mandatory),
        "asked_when": _condition(field.asked),
        "one_of": field.one_of or None,
        "choices": [_choice(choice, language) for choice in field.choices],
        "other_values": field.open,
        "instead": [_choice(choice, language) for choice in field.instead],
        "suggestions": [one if isinstance(one, str) else wording(one, language) for one in field.suggestions],
        "rules": dict(_rules(field)),
        "item": _field(field.item, language) if field.item else None,
        "columns": [_field(column, language) for column in field.columns],
    }


def _rules(field: Field) -> Iterator[tuple[str, Any]]:
    for name in _RULES:
        value = getattr(field, name)
        if value not in (None, "", False):
            yield name, float(value) if isinstance(value, Decimal) else value
    if field.usual_length:
        yield "usual_length", list(field.usual_length)
    if field.kind in _TIMED:
        yield "time", field.time


def _choice(choice: Choice, language: str) -> dict[str, Any]:
    return {
        "code": choice.code,
        "name": wording(choice.name, language),
        "help": wording(choice.help, language),
        "when": _condition(choice.when),
    }


def _condition(rule: bool | Condition | None) -> Mapping[str, Any] | None:
    """Return when a rule holds: by who files, or by another answer. None: it is no condition."""
    if not isinstance(rule, Condition):
        return None
    if rule.filer:
        return {"filer": rule.filer}
    return {"field": rule.field, "test": rule.test.value, "values": list(rule.values)}
