"""The policy as shipped promises, opens and lists what the support policy says, in five languages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from packages.policy.hours import Window
from packages.policy.severity import Severity
from packages.policy.wording import LANGUAGES, Text
from tests.packages.policy.shipped_policy import DOCUMENT, POLICY

CRITICAL, URGENT, STANDARD = Severity.CRITICAL, Severity.URGENT, Severity.STANDARD
BUSINESS_DAYS, WEEKEND = 5, 2


def texts(part: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Yield every text of the document with the path to it."""
    if isinstance(part, dict) and "en" in part:
        yield path, part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from texts(value, f"{path}/{key}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from texts(value, f"{path}/{index}")


def hours(package: str) -> list[list[Window]]:
    return [list(day) for day in POLICY.calendar_of(package).week]


def test_every_text_stands_in_exactly_five_languages():
    lacking = [path for path, text in texts(DOCUMENT) if set(text) != set(LANGUAGES) or not all(text.values())]

    assert lacking == []


def test_sentences_are_translated():
    # Names of products and technical terms stay as they are; a sentence that ends with a full stop never does.
    left_in_english = [
        path
        for path, text in texts(DOCUMENT)
        if text["en"].endswith((".", "?")) and len({text[language] for language in LANGUAGES}) < len(LANGUAGES)
    ]

    assert left_in_english == []


@pytest.mark.parametrize(
    ("package", "critical", "urgent", "standard"),
    [
        ("standard", timedelta(hours=4), timedelta(hours=8), timedelta(hours=24)),
        ("premium", timedelta(minutes=30), timedelta(hours=2), timedelta(hours=24)),
    ],
)
def test_a_package_promises_its_first_response(package, critical, urgent, standard):
    assert POLICY.packages[package].targets == {CRITICAL: critical, URGENT: urgent, STANDARD: standard}


def test_who_has_no_subscription_has_standard_support():
    assert POLICY.default_package == "standard"
    assert list(POLICY.packages) == ["standard", "premium"]


def test_standard_support_is_open_from_two_to_twenty_two_on_business_days():
    assert hours("standard") == [[Window(2 * 60, 22 * 60)]] * BUSINESS_DAYS + [[]] * WEEKEND


def test_premium_support_is_open_all_day_and_at_weekends_from_nine_to_seventeen():
    assert hours("premium") == [[Window(0, 24 * 60)]] * BUSINESS_DAYS + [[Window(9 * 60, 17 * 60)]] * WEEKEND


@pytest.mark.parametrize("package", ["standard", "premium"])
def test_hours_are_those_of_berlin_without_holidays(package):
    calendar = POLICY.calendar_of(package)

    assert calendar.zone == "Europe/Berlin"
    assert calendar.closed_days == frozenset()


@pytest.mark.parametrize(
    ("topic", "standard", "premium"),
    [
        ("messaging_stopped", CRITICAL, CRITICAL),
        ("api_unreachable", CRITICAL, CRITICAL),
        ("messaging_delays", CRITICAL, CRITICAL),
        ("service_reduced", None, None),
        ("number_porting", URGENT, URGENT),
        ("number_registration", STANDARD, URGENT),
        ("onboarding", STANDARD, STANDARD),
        ("templates", STANDARD, STANDARD),
        ("business_verification", STANDARD, STANDARD),
        ("commerce_policy", STANDARD, STANDARD),
        ("changing_partners", STANDARD, STANDARD),
        ("official_business_account", STANDARD, STANDARD),
        ("other", None, None),
    ],
)
def test_a_topic_is_listed_under_its_severity(topic, standard, premium):
    listed = POLICY.topics[topic].listed

    assert (listed.get("standard"), listed.get("premium")) == (standard, premium)


def test_partners_in_a_tier_may_escalate_without_a_limit():
    assert {code: tier.monthly_limit for code, tier in POLICY.tiers.items()} == {
        "silver": None,
        "gold": None,
        "platinum": None,
    }


def test_each_step_of_an_escalation_has_its_time_and_its_cause():
    assert POLICY.escalation_targets == {
        CRITICAL: timedelta(minutes=15),
        URGENT: timedelta(minutes=30),
        STANDARD: timedelta(hours=1),
    }
    assert list(POLICY.escalation_causes) == ["late", "no_progress", "impact_grew", "wrong_answer", "other"]


def test_support_is_warned_at_half_and_at_four_fifths_of_the_time():
    assert POLICY.timers.warnings == (50, 80)
    assert POLICY.timers.lead_guard == 80


@pytest.mark.parametrize(
    ("code", "word"),
    [(0, "token"), (190, "token"), (200, "permission"), (299, "permission"), (131026, "recipient"),
     (131047, "template"), (130429, "throughput"), (131049, "protect"), (131031, "policy"), (132015, "paused"),
     (133005, "PIN"), (133010, "register"), (133016, "72 hours")],
)  # fmt: skip
def test_a_known_error_code_has_a_hint(code, word):
    hint = POLICY.hint_for(code)

    assert hint is not None
    assert word in hint["en"]


@pytest.mark.parametrize("code", [5, 199, 300, 131999])
def test_an_unknown_error_code_has_no_hint(code):
    assert POLICY.hint_for(code) is None


def test_no_error_code_is_explained_twice():
    ranges = sorted((known.first, known.last) for known in POLICY.error_codes)

    assert all(earlier[1] < later[0] for earlier, later in zip(ranges, ranges[1:], strict=False))
