"""One answer at a time: what is cleaned, refused, or only asked about. The cases are those of the field formats."""

import pytest

from tests.tickets.policy.judging import WAMID, judge, outcome

GOOD = [
    ("messaging_delays", "phone_number", "+49 (30) 2312-50.14", "+493023125014"),
    ("messaging_delays", "phone_number", "0049 30/23125014", "+493023125014"),
    ("messaging_delays", "phone_number", "\u202a+49\u00a030\u200b23125014\u202c", "+493023125014"),
    ("messaging_delays", "phone_number", "“+493023125014”", "+493023125014"),
    ("messaging_delays", "phone_number", "+４93023125014", "+493023125014"),
    ("messaging_delays", "phone_number", "+1 555 0100", "+15550100"),
    ("messaging_delays", "waba_id", "104 996 122 399 160", "104996122399160"),
    ("messaging_delays", "typical_delay_minutes", "12,5", 12.5),
    ("messaging_delays", "typical_delay_minutes", 12, 12),
    ("messaging_delays", "delayed_since", "2026-11-24T12:05", "2026-11-24T11:05:00+00:00"),
    ("messaging_delays", "delayed_since", "2026-11-24T08:12:00-03:00", "2026-11-24T11:12:00+00:00"),
    ("service_reduced", "traffic_affected_percent", "30 %", 30),
    ("service_reduced", "traffic_affected_percent", 0, 0),
    ("api_unreachable", "endpoint_url", "api.example.com/v1", "https://api.example.com/v1"),
    ("api_unreachable", "endpoint_url", "http://bücher.example:8080/ä?b=c", "http://bücher.example:8080/ä?b=c"),
    (
        "api_unreachable",
        "endpoint_url",
        "https://x.example/?access_token=abcdef",
        "https://x.example/?access_token=***",
    ),
    ("api_unreachable", "http_method", "post", "POST"),
    ("api_unreachable", "http_method", "REPORT", "REPORT"),
    ("api_unreachable", "request_response", "no_response", "no_response"),
    ("templates", "template_name", "Aviso_Entrega_V3", "aviso_entrega_v3"),
    ("templates", "template_language", "pt-br", "pt_BR"),
    ("templates", "template_category", "UTILITY", "utility"),
    ("templates", "template_status", "LIMIT_EXCEEDED", "LIMIT_EXCEEDED"),
    ("onboarding", "client_email", "ünal@bücher.example", "ünal@bücher.example"),
    ("onboarding", "meta_business_id", "not_created", "not_created"),
    ("business_verification", "country", "xk", "XK"),
    ("number_porting", "two_step_off", "dont_know", "dont_know"),
    ("number_porting", "two_step_off", "no", False),
    ("number_porting", "planned_at", "2027-01-31T08:00", "2027-01-31T07:00:00+00:00"),
    ("commerce_policy", "decided_on", "2026-11-23", "2026-11-23"),
    ("messaging_stopped", "sample_message_ids", f"{WAMID}, {WAMID}x\n{WAMID}y", [WAMID, f"{WAMID}x", f"{WAMID}y"]),
    ("messaging_stopped", "affected_numbers", "+49301234567\n+49 30 1234567\n\n", ["+49301234567"]),
    ("messaging_stopped", "affected_numbers", "all", "all"),
]


@pytest.mark.parametrize(("topic", "code", "typed", "value"), GOOD)
def test_an_answer_is_cleaned_to_what_it_means(topic, code, typed, value):
    assert outcome(topic, code, typed) == (value, "", "")


def test_what_was_typed_is_kept_beside_what_was_cleaned():
    checked = judge("messaging_delays", phone_number=" 0049 30 23125014 ")

    assert checked.typed["phone_number"] == " 0049 30 23125014 "
    assert "waba_id" not in checked.typed


def test_a_secret_is_neither_in_the_value_nor_in_what_was_typed():
    checked = judge("api_unreachable", endpoint_url="x.example/?token=abcdef123")

    assert checked.values["endpoint_url"] == "https://x.example/?token=***"
    assert checked.typed["endpoint_url"] == "x.example/?token=***"


REFUSED = [
    ("messaging_delays", "phone_number", "030 23125014", "invalid"),
    ("messaging_delays", "phone_number", "+49 30", "invalid"),
    ("messaging_delays", "phone_number", "+0493023125014", "invalid"),
    ("messaging_delays", "phone_number", ["+493023125014"], "wrong_type"),
    ("messaging_delays", "phone_number", {"a": 1}, "wrong_type"),
    ("messaging_delays", "phone_number", True, "wrong_type"),
    ("messaging_delays", "waba_id", "1234", "invalid"),
    ("messaging_delays", "waba_id", "1" * 21, "invalid"),
    ("messaging_delays", "waba_id", "10499612239916o", "invalid"),
    ("messaging_delays", "direction", "sideways", "not_a_choice"),
    ("messaging_delays", "typical_delay_minutes", "0", "out_of_range"),
    ("messaging_delays", "typical_delay_minutes", "10081", "out_of_range"),
    ("messaging_delays", "typical_delay_minutes", "NaN", "not_a_number"),
    ("messaging_delays", "typical_delay_minutes", "1e999999", "out_of_range"),
    ("messaging_delays", "typical_delay_minutes", "ten", "not_a_number"),
    ("messaging_delays", "delayed_since", "yesterday", "invalid"),
    ("messaging_delays", "delayed_since", "2026-11-23", "invalid"),
    ("messaging_delays", "delayed_since", "2026-11-24T13:11", "future"),
    ("messaging_delays", "delayed_since", "1999-12-31T10:00", "invalid"),
    ("messaging_delays", "delayed_since", "0001-01-01T00:00:00+14:00", "invalid"),
    ("messaging_delays", "samples", "wamid", "wrong_type"),
    ("messaging_delays", "subject", "x" * 201, "too_long"),
    ("messaging_delays", "description", "x" * 20_001, "too_long"),
    ("messaging_delays", "description", "My token is EAAGm0PX4ZCpsBAKsecretsecret", "secret"),
    ("messaging_delays", "workaround", "perhaps", "not_yes_no"),
    ("messaging_delays", "language", "fr", "not_a_choice"),
    ("service_reduced", "traffic_affected_percent", "101 %", "out_of_range"),
    ("api_unreachable", "endpoint_url", "ftp://x.example", "invalid"),
    ("api_unreachable", "endpoint_url", "https://", "invalid"),
    ("api_unreachable", "endpoint_url", "https://x.example:port/", "invalid"),
    ("api_unreachable", "endpoint_url", "javascript:alert(1)", "invalid"),
    ("api_unreachable", "endpoint_url", f"https://x.example/{'x' * 2048}", "too_long"),
    ("api_unreachable", "http_method", "EAAGm0PX4ZCpsBAKsecretsecret", "secret"),
    ("templates", "template_language", "german", "invalid"),
    ("onboarding", "client_email", "ana@shop", "invalid"),
    ("onboarding", "client_email", "ana@shop.example, bob@shop.example", "invalid"),
    ("business_verification", "country", "ZZ", "not_a_country"),
    ("commerce_policy", "decided_on", "24.11.2026", "invalid"),
    ("commerce_policy", "decided_on", "2026-12-24", "future"),
    ("official_business_account", "two_step_on", False, "must_be_yes"),
    ("number_porting", "screenshot", ["00000000-0000-0000-0000-000000000000"], "no_such_file"),
    ("number_registration", "display_name", "x" * 256, "too_long"),
    ("messaging_stopped", "sample_message_ids", "abc", "too_short"),
]


@pytest.mark.parametrize(("topic", "code", "typed", "why"), REFUSED)
def test_what_can_not_be_is_refused(topic, code, typed, why):
    value, refused, asked = outcome(topic, code, typed)

    assert (value, refused, asked) == (None, why, "")


ASKED = [
    ("messaging_delays", "waba_id", "1234567890123", "unusual"),
    ("messaging_delays", "waba_id", "123456789012345678", "unusual"),
    ("onboarding", "meta_business_id", "1234567890123", "unusual"),
    ("messaging_stopped", "sample_message_ids", "gBEGkYiEB1VXAglK1ZEqA1YKPrU", "unusual"),
    ("messaging_delays", "delayed_since", "2026-08-01T10:00", "long_ago"),
    ("commerce_policy", "decided_on", "2026-08-01", "long_ago"),
    ("api_unreachable", "source", "10.0.0.7", "inner_address"),
    ("api_unreachable", "source", "192.168.0.0/16", "inner_address"),
    ("api_unreachable", "http_status_or_error", "700", "unusual"),
    ("templates", "template_name", "Hello World", "unusual"),
    ("templates", "template_language", "xx_YY", "unusual"),
    ("number_registration", "display_name", "Ab", "unusual"),
]


@pytest.mark.parametrize(("topic", "code", "typed", "why"), ASKED)
def test_what_merely_looks_odd_is_asked_about_and_stays_valid(topic, code, typed, why):
    checked = judge(topic, **{code: typed})

    assert checked.is_valid
    assert [remark.code for remark in checked.asked if remark.field == code] == [why]
    assert checked.values[code]


@pytest.mark.parametrize("source", ["198.51.100.24", "eu-central", "2001:db8::1", "8.8.8.0/24"])
def test_a_public_address_or_a_region_is_fine(source):
    assert outcome("api_unreachable", "source", source) == (source, "", "")


def test_a_short_waba_id_gets_the_hint_that_it_looks_like_a_phone_number():
    asked = judge("messaging_delays", waba_id="493023125014").asked

    assert asked[0].text["en"].startswith("This looks like a phone number")
