"""The entries of a document in their order, each with what tells it apart and the way to its form."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from packages.models import PolicyVersion
from packages.policy.editing import users_of_field
from packages.policy.field_sheets import made_of

PARTS = (
    ("packages", "Packages", "package"),
    ("calendars", "Opening hours", "calendar"),
    ("topics", "Topics", "topic"),
)
SINGLE = (
    ("general", "Default package", "For an organisation without a subscription"),
    ("severities", "Severities", "Names and definitions"),
    ("tiers", "Tiers", "Names, and how many escalations a month"),
    ("escalation", "Escalation", "Times to decide and to acknowledge, and the causes to choose from"),
    ("timers", "Timers", "Warnings, reminders, and what happens by itself"),
    ("error_codes", "Error codes", "What the platform's codes mean and what helps"),
)


def single_of(version: PolicyVersion) -> list[dict[str, str]]:
    """Return the parts that are one form each."""
    common = reverse("admin:policy_entry", args=[version.pk, "topics", "common"])
    return [
        {"url": common, "name": "Fields of every ticket", "facts": "Asked whatever the topic is"},
        *(
            {"url": reverse("admin:policy_part", args=[version.pk, part]), "name": name, "facts": facts}
            for part, name, facts in SINGLE
        ),
    ]


def entries_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of which there are several, with their entries."""
    return [
        {
            "part": part,
            "title": title,
            "one": one,
            "rows": [
                {"code": code, "name": _english(entry.get("name"), code), "facts": _FACTS[part](document, entry)}
                for code, entry in document[part].items()
            ],
        }
        for part, title, one in PARTS
    ]


def library_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields that topics share, with who asks them."""
    return [
        {"code": code, "name": _english(entry.get("label"), code), "users": users_of_field(document, code)}
        for code, entry in document["fields"].items()
    ]


def fields_of(version: PolicyVersion, document: Mapping[str, Any], part: str, code: str) -> list[dict[str, Any]] | None:
    """Return the fields of a topic ("common": of every ticket), or what a field is made of; None where none can be."""
    if part == "fields":
        return _inner(version, document["fields"][code], code) or None
    if part != "topics":
        return None
    entries = document["common"] if code == "common" else document["topics"][code].get("fields") or ()
    groups = {} if code == "common" else document["topics"][code].get("groups") or {}
    found = []
    for own in entries:
        entry = {**document["fields"].get(own["field"], {}), **own}
        group = entry.get("one_of")
        rule = f"one of: {_english(groups.get(group), group)}" if group else _rule(entry.get("mandatory"))
        found.append(_row(version, part, code, own["field"], entry, rule))
    return found


def _inner(version: PolicyVersion, field: Mapping[str, Any], code: str) -> list[dict[str, Any]]:
    if field.get("item"):
        row = _row(version, "fields", code, "item", {"label": {"en": "Each item"}}, str(field["item"].get("kind", "")))
        return [{**row, "is_fixed": True}]
    columns = field.get("columns") or {}
    return [
        _row(version, "fields", code, name, columns[name], _rule(columns[name].get("mandatory", True)))
        for name in made_of(field)
    ]


def _row(
    version: PolicyVersion, part: str, code: str, name: str, entry: Mapping[str, Any], rule: str
) -> dict[str, Any]:
    return {
        "code": name,
        "label": _english(entry.get("label"), name),
        "rule": rule,
        "url": reverse("admin:policy_field", args=[version.pk, part, code, name]),
    }


def _rule(rule: Any) -> str:
    if isinstance(rule, dict):
        return "mandatory on a condition"
    return "mandatory" if rule in (True, "always") else "optional"


def _package(document: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    calendar = document["calendars"].get(entry.get("calendar")) or {}
    return f"{_english(calendar.get('name'), '')}: {', '.join(map(str, (entry.get('targets') or {}).values()))}"


def _calendar(document: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    closed = len(entry.get("closed_days") or {})
    return f"{entry.get('zone')}, {closed or 'no'} closed day{'' if closed == 1 else 's'}"


def _topic(document: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    listed = dict.fromkeys((entry.get("listed") or {}).values())
    return f"{' or '.join(listed) or 'not listed'}, {len(entry.get('fields') or ())} fields"


def _english(text: Any, otherwise: Any) -> str:
    return str((text or {}).get("en") or otherwise)


_FACTS = {"packages": _package, "calendars": _calendar, "topics": _topic}
