"""Placeholders of prepared answers: a closed set, filled in as plain words, never silently left out."""

import pytest

from tickets.policy.placeholders import filled, unfilled, unknown_names


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Hello {person}, about {reference}", []),
        ("Hello {persson}", ["persson"]),
        ("Hello {Person} and { due date }", ["Person", "due date"]),
        ("Hello { person }", []),
        ("The variables {{1}} and {{first_name}} of a template", []),
        ('A body: {"messaging_product": "whatsapp", "to": {"a": 1}}', []),
        ("An escaped \\{brace}", []),
    ],
)
def test_what_is_no_placeholder_is_named(text, unknown):
    assert unknown_names(text) == unknown


def test_values_are_put_in_and_what_is_missing_stays_to_be_seen():
    text = filled(
        "Hello { person }, by {deadline}: {reference}", {"person": "Ana", "reference": "TK-1", "deadline": ""}
    )

    assert text == "Hello Ana, by {deadline}: TK-1"
    assert unfilled(text) == ["deadline"]


def test_a_value_is_shown_as_it_is_and_is_no_markup_and_no_placeholder():
    value = "[Pay here](https://bad.example) {deadline}\n# Big *now*"

    text = filled("Hello {person}", {"person": value, "deadline": "today"})

    assert text == "Hello \\[Pay here\\](https://bad.example) \\{deadline\\} \\# Big \\*now\\*"
    assert unfilled(text) == []
