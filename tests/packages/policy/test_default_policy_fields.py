"""The topics as shipped ask for the minimum information of the support policy, with its rules."""

import re

import pytest

from packages.policy.document import COMMON_FIELDS
from packages.policy.fields import Condition, Field, Kind
from packages.policy.fields import Test as Comparison
from packages.policy.wording import LANGUAGES
from tests.packages.policy.shipped_policy import POLICY

# Topic: always mandatory, those of which one must be given, and optional, in the order of the page.
FIELDS = {
    "messaging_stopped": (
        ["waba_id", "direction", "stopped_at"],
        {
            "numbers": ["phone_number", "affected_numbers"],
            "evidence": ["sample_message_ids", "error", "screenshot", "nothing_arrives"],
        },
        ["last_success_at"],
    ),
    "api_unreachable": (
        ["endpoint_url", "first_failed_at", "http_status_or_error", "source", "request_response"],
        {},
        ["http_method", "fbtrace_id"],
    ),
    "messaging_delays": (
        ["phone_number", "waba_id", "direction", "delayed_since", "samples"],
        {},
        ["typical_delay_minutes"],
    ),
    "service_reduced": (
        ["phone_number", "reduced_function", "since", "traffic_affected_percent"],
        {},
        ["error", "fbtrace_id"],
    ),
    "number_porting": (
        ["phone_number", "current_provider", "porting_step", "two_step_off"],
        {"proof": ["error_message", "screenshot"]},
        ["target_waba_id", "meta_business_id", "planned_at"],
    ),
    "number_registration": (
        ["phone_number", "waba_id", "verification_method", "used_in_app"],
        {"proof": ["error_message", "screenshot"]},
        ["display_name", "phone_number_id"],
    ),
    "onboarding": (
        ["client_company", "meta_business_id", "step_reached"],
        {"proof": ["error_message", "screenshot"]},
        ["client_email"],
    ),
    "templates": (
        ["waba_id", "template_name", "template_language", "template_category", "template_status", "since"],
        {},
        [],
    ),
    "business_verification": (
        ["meta_business_id", "legal_name", "country", "verification_status", "documents_submitted"],
        {},
        ["website"],
    ),
    "commerce_policy": (
        ["waba_id", "decision_text", "decided_on", "website", "products_sold", "appeal"],
        {},
        ["phone_number", "account_event"],
    ),
    "changing_partners": (["phone_number", "waba_id", "current_partner", "new_partner"], {}, []),
    "official_business_account": (
        ["phone_number", "display_name", "meta_business_id", "two_step_on", "business_verified", "press_links"],
        {},
        ["last_refused_on"],
    ),
    "other": (["area"], {}, []),
}

CONDITIONAL = [
    ("templates", "rejection_reason", Condition("template_status", Comparison.IS_NOT, ("PENDING",))),
    ("changing_partners", "client_consent", Condition(filer="partner")),
    ("other", "what_was_tried", Condition("area", Comparison.IS_NOT, ("billing", "question"))),
]

INSTEAD = [
    ("messaging_stopped", "affected_numbers", ["all"]),
    ("api_unreachable", "request_response", ["no_response"]),
    ("number_porting", "two_step_off", ["dont_know"]),
    ("number_registration", "used_in_app", ["dont_know"]),
    ("onboarding", "meta_business_id", ["not_created"]),
    ("number_porting", "meta_business_id", []),
    ("templates", "rejection_reason", ["none_given"]),
    ("business_verification", "documents_submitted", ["none_yet"]),
    ("business_verification", "website", []),
    ("commerce_policy", "website", ["none"]),
    ("other", "what_was_tried", ["nothing_yet"]),
]

CHOICES = [
    ("messaging_stopped", "direction", "sending receiving both"),
    ("api_unreachable", "http_method", "GET POST PUT PATCH DELETE HEAD OPTIONS"),
    ("service_reduced", "reduced_function", "media webhooks interactive throughput other"),
    ("number_porting", "porting_step", "request code_sent code_entered registering registered_silent other"),
    ("number_registration", "verification_method", "sms voice"),
    ("onboarding", "step_reached", "sign_in portfolio waba number code permissions finished_not_visible other"),
    ("templates", "template_category", "marketing utility authentication"),
    ("templates", "template_status", "PENDING REJECTED PAUSED DISABLED APPROVED_FAILING IN_APPEAL OTHER"),
    (
        "business_verification",
        "verification_status",
        "not_started in_review more_information rejected failed not_eligible expired verified other",
    ),
    (
        "other",
        "area",
        "billing access api_keys webhooks display_name limits_quality cancellation security question other",
    ),
    ("other", "impact", "halted reduced limited"),
    ("other", "environment", "production test"),
    ("other", "language", "en pt-br de es ru"),
]


def field(topic: str, code: str) -> Field:
    found = POLICY.topics[topic].field(code)
    assert found is not None, f"{topic} has no {code}"
    return found


def test_topics_stand_in_the_order_of_the_policy():
    assert list(POLICY.topics) == list(FIELDS)


@pytest.mark.parametrize("topic", POLICY.topics)
def test_a_topic_asks_for_its_minimum_information(topic):
    mandatory, groups, optional = FIELDS[topic]
    own = POLICY.topics[topic].fields

    assert [one.code for one in own if one.mandatory is True] == mandatory
    assert {group: [one.code for one in own if one.one_of == group] for group in POLICY.topics[topic].groups} == groups
    assert [one.code for one in own if one.mandatory is False and not one.one_of] == optional


@pytest.mark.parametrize(("topic", "code", "rule"), CONDITIONAL)
def test_a_field_is_mandatory_under_its_condition(topic, code, rule):
    assert field(topic, code).mandatory == rule


def test_no_other_field_has_a_conditional_mandatory_rule():
    found = [
        (topic.code, one.code)
        for topic in POLICY.topics.values()
        for one in topic.all_fields
        if isinstance(one.mandatory, Condition)
    ]

    assert found == [(topic, code) for topic, code, _ in CONDITIONAL]


@pytest.mark.parametrize(
    ("topic", "code", "rule"),
    [
        ("messaging_stopped", "nothing_arrives", Condition("direction", Comparison.IS, ("receiving",))),
        ("changing_partners", "client_consent", Condition(filer="partner")),
        ("other", "client", Condition(filer="partner")),
    ],
)
def test_a_field_is_asked_only_where_it_makes_sense(topic, code, rule):
    assert field(topic, code).asked == rule


def test_every_topic_asks_the_common_fields_and_only_the_client_is_optional():
    common = POLICY.topics["other"].common

    assert sorted(one.code for one in common) == sorted(COMMON_FIELDS)
    assert [one.code for one in common if one.mandatory is not True] == ["client"]


@pytest.mark.parametrize(("topic", "code", "answers"), INSTEAD)
def test_another_answer_counts_in_place_of_a_value(topic, code, answers):
    assert [choice.code for choice in field(topic, code).instead] == answers


@pytest.mark.parametrize(("topic", "code", "codes"), CHOICES)
def test_a_choice_offers_its_values(topic, code, codes):
    assert [choice.code for choice in field(topic, code).choices] == codes.split()


@pytest.mark.parametrize(
    ("topic", "code"),
    [
        ("messaging_stopped", "nothing_arrives"),
        ("changing_partners", "client_consent"),
        ("official_business_account", "two_step_on"),
        ("official_business_account", "business_verified"),
    ],
)
def test_a_condition_that_must_be_met_says_what_to_do(topic, code):
    one = field(topic, code)

    assert one.kind is Kind.MUST_BE_YES
    assert set(one.refuse) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("topic", "code"), [("messaging_delays", "samples"), ("official_business_account", "press_links")]
)
def test_three_are_needed_where_the_policy_says_three_or_more(topic, code):
    assert field(topic, code).min_items == 3


def test_a_sample_message_has_its_id_and_both_times():
    columns = {column.code: column for column in field("messaging_delays", "samples").columns}

    assert list(columns) == ["message_id", "sent_at", "delivered_at"]
    assert all(column.mandatory is True for column in columns.values())
    assert columns["sent_at"].date_from == columns["delivered_at"].date_from == "delayed_since"
    assert columns["delivered_at"].not_before == "sent_at"
    assert [choice.code for choice in columns["delivered_at"].instead] == ["not_yet"]


def test_only_changing_partners_is_confidential_from_the_partner():
    assert [topic.code for topic in POLICY.topics.values() if topic.confidential_from_partner] == ["changing_partners"]


def test_ids_are_refused_outside_five_to_twenty_digits_and_asked_about_outside_fourteen_to_seventeen():
    ids = [one for topic in POLICY.topics.values() for one in topic.fields if one.kind is Kind.DIGITS]

    assert {one.code for one in ids} == {"waba_id", "target_waba_id", "meta_business_id", "phone_number_id"}
    assert {(one.min_length, one.max_length, one.usual_length) for one in ids} == {(5, 20, (14, 17))}


def test_the_business_id_of_a_porting_is_compared_with_the_target_account():
    assert field("number_porting", "meta_business_id").differs_from == "target_waba_id"


@pytest.mark.parametrize("language", ["pt_BR", "es_MX", "de", "fil", "prs_AF", "zh_HK"])
def test_languages_of_the_platform_are_usual_for_a_template(language):
    one = field("templates", "template_language")

    assert re.fullmatch(one.pattern, language)
    assert re.fullmatch(one.usual, language)


@pytest.mark.parametrize(
    ("language", "is_possible"),
    [("xx", True), ("pt_XX", True), ("pt-br", False), ("Portuguese", False), ("p", False)],
)
def test_an_unknown_language_of_a_template_is_unusual_and_never_refused_for_its_shape(language, is_possible):
    one = field("templates", "template_language")

    assert bool(re.fullmatch(one.pattern, language)) is is_possible
    assert not re.fullmatch(one.usual, language)


@pytest.mark.parametrize(
    ("status", "is_usual"),
    [("502", True), ("ECONNRESET", True), ("TLS handshake timeout", True), ("99", False), ("600", False)],
)
def test_a_number_that_is_no_http_status_is_asked_about(status, is_usual):
    assert bool(re.fullmatch(field("api_unreachable", "http_status_or_error").usual, status)) is is_usual


def test_examples_are_themselves_right():
    wrong = []
    for topic in POLICY.topics.values():
        for one in topic.all_fields:
            rules = [rule for holder in (one, one.item) if holder for rule in (holder.pattern, holder.usual) if rule]
            wrong += [(topic.code, one.code) for rule in rules if not re.fullmatch(rule, one.example)]
            if one.choices and one.example not in {choice.code for choice in one.choices}:
                wrong.append((topic.code, one.code))

    assert wrong == []


def test_every_field_says_what_is_right_when_it_is_wrong():
    # An instant or a date can be wrong in several ways (no zone, ahead); the form words those.
    silent = {
        one.code
        for topic in POLICY.topics.values()
        for one in topic.all_fields
        if not one.refuse and one.kind not in (Kind.INSTANT, Kind.DATE)
    }

    assert silent == set()
