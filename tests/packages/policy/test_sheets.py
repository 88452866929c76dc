"""Each part of the policy as a plain form: what it shows it reads back; a problem stands at the control it is about."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from packages.policy.compare import compare
from packages.policy.document import DAYS, parse
from packages.policy.editing import (
    NoSuchEntry,
    checked,
    copied,
    entry_at,
    moved,
    problems_of,
    users_of_field,
    without_entry,
)
from packages.policy.field_sheets import made_of
from packages.policy.fields import Field, Kind
from packages.policy.parts import sheet_of
from packages.policy.reading import DocumentInvalid
from tests.packages.policy.shipped_policy import DOCUMENT, POLICY

pytestmark = pytest.mark.slow  # each of them is quick, all of them take long

LANGUAGES = ("en", "pt-br", "de", "es", "ru")


def parts() -> Iterator[tuple[str, str, str]]:
    for part in ("general", "severities", "tiers", "escalation", "timers", "error_codes"):
        yield part, "", ""
    for part in ("packages", "calendars", "topics", "fields"):
        for code in DOCUMENT[part]:
            yield part, code, ""
    for code, entry in DOCUMENT["fields"].items():
        for inner in made_of(entry):
            yield "fields", code, inner
    for one in DOCUMENT["common"]:
        yield "topics", "common", one["field"]
    for topic, entry in DOCUMENT["topics"].items():
        for one in entry["fields"]:
            yield "topics", topic, one["field"]


def test_every_form_reads_back_what_it_shows():
    document: Any = copy.deepcopy(dict(DOCUMENT))
    for part in parts():
        sheet = sheet_of(document, *part)
        document = sheet.changed(document, sheet.tidy(sheet.shown(document)))

    assert compare(POLICY, parse(document)) == ()
    assert parse(document) == POLICY


def refused(part: tuple[str, ...], typed: dict[str, str], *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what is said at which control when the form is sent with something else typed."""
    sheet = sheet_of(DOCUMENT, *part, kind=typed.get("kind", ""))
    sent = sheet.tidy({**sheet.shown(DOCUMENT), **typed})
    try:
        checked(sheet.changed(DOCUMENT, sent), before=DOCUMENT)
    except DocumentInvalid as error:
        return {sheet.place(problem, sent): problem.message for problem in error.problems}
    return {}


@pytest.mark.parametrize(
    ("part", "typed", "control", "message"),
    [
        (("packages", "premium"), {"targets.urgent": "0h"}, "targets.urgent", "needs a time above zero"),
        (("packages", "premium"), {"targets.urgent": "soon"}, "targets.urgent", "needs a time above zero"),
        (("packages", "premium"), {"name.de": " "}, "name.de", "has no text in de"),
        (("packages", "premium"), {"calendar": "never"}, "calendar", "is not one of"),
        (("calendars", "standard"), {"week.monday": "02:00-12:00, 11:00-22:00"}, "week.monday", "overlaps"),
        (("calendars", "standard"), {"week.sunday": "20:00-03:00"}, "week.sunday", "overlaps 02:00-22:00 of monday"),
        (("calendars", "standard"), {"week.friday": "9 to 5"}, "week.friday", "can't be read"),
        (("calendars", "standard"), {f"week.{day}": "" for day in DAYS}, "week.monday", "is never open"),
        (("calendars", "standard"), {"zone": "Europe/Atlantis"}, "zone", "is not a time zone"),
        (("calendars", "standard"), {"closed_days.0.key": "25.12."}, "closed_days.0.key", "is not a day"),
        (
            ("calendars", "standard"),
            {"closed_days.0.key": "2026-12-25", "closed_days.3.key": "2026-12-25"},
            "closed_days.1.key",
            "stands here twice",
        ),
        (("severities",), {"critical.name.ru": ""}, "critical.name.ru", "has no text in ru"),
        (("tiers",), {"gold.monthly_limit": "many"}, "gold.monthly_limit", "needs a whole number"),
        (("escalation",), {"targets.critical": ""}, "targets.critical", "needs a time above zero"),
        (("escalation",), {"causes.0.value.es": ""}, "causes.0.value.es", "has no text in es"),
        (("timers",), {"warnings": "50, 120"}, "warnings", "needs a whole number from 1 to 99"),
        (("timers",), {"auto_close": "0m"}, "auto_close", "needs a time above zero"),
        (("general",), {"default_package": "none"}, "default_package", "is not one of"),
        (("error_codes",), {"error_codes.0.codes": "many"}, "error_codes.0.codes", "is no number"),
        (("topics", "templates"), {"name.ru": ""}, "name.ru", "has no text in ru"),
        (("topics", "templates"), {"listed.premium": "high"}, "listed.premium", "is not one of"),
        (("topics", "messaging_delays", "direction"), {"label.de": ""}, "label.de", "has no text in de"),
        (("topics", "messaging_delays", "direction"), {"mandatory.when": "given"}, "mandatory.field", "is not a code"),
        (("topics", "messaging_delays", "samples"), {"min_items": "90"}, "min_items", "is above max_items"),
        (("fields", "direction"), {"choices.0.name.es": ""}, "choices.0.name.es", "has no text in es"),
        (("fields", "samples", "sent_at"), {"label.de": ""}, "label.de", "has no text in de"),
        (("fields", "sample_message_ids", "item"), {"min_length": "900"}, "min_length", "is above max_length"),
        (("fields", "waba_id"), {"short_hint.text.ru": ""}, "short_hint.text.ru", "has no text in ru"),
        (
            ("fields", "current_provider"),
            {"suggestions": "None | Nenhum | Keiner | Ninguno"},
            "suggestions",
            "has no text in ru",
        ),
        (("fields", "subject"), {"kind": "choice"}, "choices.0.code", "a choice needs at least one answer"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_control(part, typed, control, message):
    said = refused(part, typed)

    assert control in said
    assert message in said[control]


def test_every_rule_of_a_field_has_its_control_for_some_kind():
    elsewhere = {"code", "mandatory", "asked", "one_of", "item", "columns", "short_below"}
    given = {one.path[0] for kind in Kind for one in sheet_of(DOCUMENT, "fields", "subject", kind=kind.value).inputs}

    assert given | elsewhere == set(Field.__dataclass_fields__)
    topic_field = {one.path[0] for one in sheet_of(DOCUMENT, "topics", "templates", "waba_id").inputs}
    assert {"mandatory", "asked", "one_of"} < topic_field


def test_a_choice_without_choices_is_refused_at_the_first_choice():
    sheet = sheet_of(DOCUMENT, "fields", "direction")
    blank = {name: "" for name in sheet.shown(DOCUMENT) if name.startswith("choices.")}

    assert "a choice needs at least one answer" in refused(("fields", "direction"), blank)["choices.0.code"]


def test_a_topic_field_keeps_only_what_differs_from_the_library():
    sheet = sheet_of(DOCUMENT, "topics", "templates", "template_name")
    typed = {**sheet.shown(DOCUMENT), "help.en": "Another help."}

    entry = entry_at(sheet.changed(DOCUMENT, typed), ("topics", "templates", "fields", "template_name"))

    assert set(entry) - set(entry_at(DOCUMENT, ("topics", "templates", "fields", "template_name"))) == {"help"}


def test_a_topic_field_can_be_without_a_text_that_the_library_has():
    sheet = sheet_of(DOCUMENT, "topics", "messaging_delays", "phone_number")
    typed = {**sheet.shown(DOCUMENT), **{f"help.{language}": "" for language in LANGUAGES}}

    policy = checked(sheet.changed(DOCUMENT, typed), before=DOCUMENT)

    assert policy.topics["messaging_delays"].field("phone_number").help == {}
    assert POLICY.topics["messaging_delays"].field("phone_number").help != {}


def test_entries_move_within_their_list_and_stop_at_its_end():
    codes = [one["field"] for one in DOCUMENT["topics"]["templates"]["fields"]]
    place = ("topics", "templates", "fields", codes[0])

    down = moved(DOCUMENT, place, 1)["topics"]["templates"]["fields"]

    assert [one["field"] for one in down] == [codes[1], codes[0], *codes[2:]]
    assert moved(DOCUMENT, place, -1) == DOCUMENT
    assert list(moved(DOCUMENT, ("topics", "templates"), -100)["topics"])[0] == "templates"


def test_a_copy_is_new_and_a_code_is_taken_once():
    document = copied(DOCUMENT, "packages", "premium", "night")

    assert checked(document, before=DOCUMENT).packages["night"].targets == POLICY.packages["premium"].targets
    for code in ("premium", "not a code", ""):
        with pytest.raises(DocumentInvalid):
            copied(DOCUMENT, "packages", "premium", code)


def test_what_others_refer_to_is_not_removed():
    with pytest.raises(DocumentInvalid, match="is not one of"):
        checked(without_entry(DOCUMENT, ("calendars", "premium")), before=DOCUMENT)
    with pytest.raises(DocumentInvalid, match="is not among the fields"):
        checked(without_entry(DOCUMENT, ("fields", "phone_number")), before=DOCUMENT)
    with pytest.raises(NoSuchEntry):
        without_entry(DOCUMENT, ("calendars", "night"))


def test_an_unused_field_of_the_library_is_checked_too():
    document = copied(DOCUMENT, "fields", "subject", "spare")
    document["fields"]["spare"]["label"] = {"en": "Spare"}

    assert {problem.path for problem in problems_of(document)} == {
        ("fields", "spare", "label", language) for language in LANGUAGES[1:]
    }
    assert users_of_field(document, "spare") == ()
    assert users_of_field(document, "subject") == ("common",)
