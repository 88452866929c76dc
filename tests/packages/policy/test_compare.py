"""Two versions in words: every part of the document that changes is said, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from packages.policy.compare import compare
from packages.policy.document import parse
from tests.packages.policy.shipped_policy import DOCUMENT, POLICY


def changed(edit: Callable[[dict[str, Any]], None]) -> list[str]:
    document = copy.deepcopy(dict(DOCUMENT))
    edit(document)
    return [str(change) for change in compare(POLICY, parse(document))]


def test_the_same_policy_has_no_difference():
    assert changed(lambda _: None) == []


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("packages", "premium", "targets", "urgent"), "1h", "Premium Support, Urgent: 2 h → 1 h"),
        (("packages", "standard", "calendar"), "premium", "Standard Support, opening hours: standard → premium"),
        (("default_package",), "premium", "Packages, default: standard → premium"),
        (("tiers", "gold", "monthly_limit"), 3, "Tier gold, escalations a month: no limit → 3"),
        (
            ("escalation", "targets", "critical"),
            "10m",
            "Escalation, to decide and to acknowledge, critical: 15 min → 10 min",
        ),
        (("timers", "warnings"), [80], "Timers, warnings: 50 %, 80 % → 80 %"),
        (
            ("topics", "changing_partners", "confidential_from_partner"),
            False,
            "Topic Changing partners (ISVs), confidential from the partner: yes → no",
        ),
    ],
)
def test_one_change_is_one_sentence(path: tuple[str, ...], value: Any, sentence: str):
    def edit(document: dict[str, Any]) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    said = changed(edit)

    assert len(said) == 1
    assert said[0].partition(",")[2] == sentence.partition(",")[2]


def test_a_closed_day_and_a_window_are_named():
    def edit(document: dict[str, Any]) -> None:
        calendar = document["calendars"]["standard"]
        calendar["closed_days"] = {"2026-12-25": "Christmas Day"}
        calendar["week"]["monday"] = ["08:00-12:00", "13:00-18:00"]

    said = changed(edit)

    assert [sentence.partition(", ")[2] for sentence in said] == [
        "Monday: 02:00-22:00 → 08:00-12:00, 13:00-18:00",
        "25 Dec 2026: as every week → closed (Christmas Day)",
    ]


def test_a_topic_that_goes_and_a_field_that_becomes_optional_are_named():
    def edit(document: dict[str, Any]) -> None:
        del document["topics"]["other"]
        for field in document["topics"]["templates"]["fields"]:
            if field["field"] == "since":
                field["mandatory"] = "never"

    said = changed(edit)

    assert "Topics, other: there → nothing" in said
    assert any(sentence.endswith("field since, mandatory: yes → no") for sentence in said)
