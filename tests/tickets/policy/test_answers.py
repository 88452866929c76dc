"""The validator over a whole ticket: times, records, lists, one of several, conditions, order."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.answers import answers_for
from tests.instants import NOW
from tests.tickets.policy.judging import BERLIN, POLICY, WAMID, judge, said
from tickets.policy.answers import check, error_code_in, is_blank


def test_a_business_id_that_equals_the_waba_id_is_asked_about():
    checked = judge("number_porting", target_waba_id="104996122399160", meta_business_id="104996122399160")

    assert said(checked.asked) == [("meta_business_id", "same_as")]


@pytest.mark.parametrize(
    ("ahead", "refused"), [(timedelta(minutes=10), []), (timedelta(minutes=10, seconds=1), ["future"])]
)
def test_ten_minutes_ahead_are_allowed_since_clocks_differ(ahead, refused):
    checked = judge("service_reduced", since=(NOW + ahead).isoformat())

    assert [remark.code for remark in checked.refused] == refused


def test_without_a_zone_a_time_needs_its_offset():
    checked = judge("service_reduced", zone=None, since="2026-11-24T09:12:00")

    assert said(checked.refused) == [("since", "no_zone")]


def test_a_time_that_the_clocks_skip_is_refused():
    facts = POLICY.topics["service_reduced"]
    answers = answers_for(facts) | {"since": "2026-03-29T02:30"}

    checked = check(facts, answers, filer="partner", now=datetime(2026, 4, 1, tzinfo=UTC), zone=BERLIN)

    assert said(checked.refused) == [("since", "no_such_time")]


# Records ----------------------------------------------------------------------------------------------------------


def rows(*times: tuple[str, str]) -> list[dict[str, str]]:
    return [{"message_id": WAMID, "sent_at": sent, "delivered_at": delivered} for sent, delivered in times]


def test_clock_times_take_the_date_of_the_delay():
    samples = rows(("12:11:04", "12:23:40"), ("12:12", "not_yet"), ("2026-11-24T12:13", "12:20"))

    checked = judge("messaging_delays", delayed_since="2026-11-24T12:00", samples=samples)

    assert checked.is_valid
    assert [row["sent_at"][11:19] for row in checked.values["samples"]] == ["11:11:04", "11:12:00", "11:13:00"]
    assert [row["delivered_at"][:16] for row in checked.values["samples"]] == [
        "2026-11-24T11:23",
        "not_yet",
        "2026-11-24T11:20",
    ]


def test_clock_times_are_not_wrong_too_when_their_date_is_missing():
    checked = judge("messaging_delays", delayed_since=None, samples=rows(*[("12:11", "12:23")] * 3))

    assert said(checked.refused) == [("delayed_since", "required")]


def test_a_delivery_before_its_sending_is_refused_at_the_cell():
    samples = rows(("12:00", "12:10"), ("12:30", "12:10"), ("12:00", "not_yet"))

    checked = judge("messaging_delays", delayed_since="2026-11-24T12:00", samples=samples)

    assert said(checked.refused) == [("samples.1.delivered_at", "out_of_order")]


def test_two_of_three_rows_are_counted_and_each_cell_is_judged():
    samples = [
        *rows(("12:00", "12:10")),
        {"message_id": "short", "sent_at": "", "delivered_at": "then", "colour": "red"},
    ]

    checked = judge("messaging_delays", samples=samples)

    assert said(checked.refused) == [
        ("samples.1.message_id", "too_short"),
        ("samples.1.sent_at", "required"),
        ("samples.1.delivered_at", "invalid"),
        ("samples.1.colour", "unknown_field"),
        ("samples", "too_few"),
    ]
    assert checked.refused[-1].params == {"have": 2, "need": 3}


def test_blank_rows_do_not_count():
    checked = judge("messaging_delays", samples=[{"message_id": " "}, {}, None])

    assert ("samples.0", "wrong_type") in said(checked.refused)
    assert said(judge("messaging_delays", samples=[{"message_id": ""}]).refused) == [("samples", "too_few")]


# Lists ------------------------------------------------------------------------------------------------------------


def test_a_wrong_item_is_refused_at_its_place_and_counts_as_there():
    links = "https://one.example\nnot a link\nhttps://three.example"

    refused = judge("official_business_account", press_links=links).refused

    assert [remark.field for remark in refused] == ["press_links"] * len(refused)
    assert "too_few" not in [remark.code for remark in refused]


def test_the_same_link_twice_counts_once():
    links = ["https://one.example", "https://one.example", "https://two.example"]

    checked = judge("official_business_account", press_links=links)

    assert said(checked.refused) == [("press_links", "too_few")]


def test_two_links_on_one_host_are_asked_about():
    links = ["https://one.example/a", "https://one.example/b", "https://two.example"]

    assert said(judge("official_business_account", press_links=links).asked) == [("press_links", "same_host")]


# One of several, and conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "evidence",
    [
        {"sample_message_ids": WAMID},
        {"error": "131026"},
        {"screenshot": ["f1"]},
        {"direction": "receiving", "nothing_arrives": True},
    ],
)
def test_one_of_a_group_is_enough(evidence):
    none = dict.fromkeys(["sample_message_ids", "error", "screenshot", "nothing_arrives"])

    assert judge("messaging_stopped", files=["f1"], **{**none, **evidence}).is_valid


def test_none_of_a_group_is_refused_at_its_first():
    none = dict.fromkeys(["sample_message_ids", "error", "screenshot", "nothing_arrives"])

    checked = judge("messaging_stopped", **none)

    assert said(checked.refused) == [("sample_message_ids", "one_of")]


def test_nothing_arrives_counts_only_for_receiving():
    none = dict.fromkeys(["sample_message_ids", "error", "screenshot"])

    checked = judge("messaging_stopped", **none, nothing_arrives=True, direction="sending")

    assert said(checked.refused) == [("sample_message_ids", "one_of")]
    assert "nothing_arrives" not in checked.values


def test_a_box_that_need_not_be_ticked_may_say_no():
    checked = judge("messaging_stopped", direction="receiving", error="131026", nothing_arrives=False)

    assert checked.is_valid
    assert "nothing_arrives" not in checked.values


def test_what_is_not_asked_is_dropped_even_if_it_is_wrong():
    checked = judge("messaging_stopped", direction="sending", error="131026", nothing_arrives="perhaps")

    assert checked.is_valid


@pytest.mark.parametrize(("status", "refused"), [("PENDING", []), ("REJECTED", [("rejection_reason", "required")])])
def test_a_reason_is_needed_unless_the_template_is_pending(status, refused):
    assert said(judge("templates", template_status=status, rejection_reason=None).refused) == refused


@pytest.mark.parametrize(
    ("area", "refused"), [("billing", []), ("question", []), ("webhooks", [("what_was_tried", "required")])]
)
def test_what_was_tried_is_not_needed_for_billing_and_questions(area, refused):
    assert said(judge("other", area=area, what_was_tried=None).refused) == refused


@pytest.mark.parametrize(("filer", "refused"), [("partner", [("client_consent", "required")]), ("client", [])])
def test_consent_is_asked_of_a_partner_only(filer, refused):
    assert said(judge("changing_partners", filer=filer, client_consent=None).refused) == refused


def test_the_last_message_that_worked_was_before_the_stop():
    checked = judge("messaging_stopped", stopped_at="2026-11-24T10:00", last_success_at="2026-11-24T10:00")

    assert said(checked.refused) == [("last_success_at", "out_of_order")]


def test_remarks_stand_in_the_order_of_the_form_and_can_be_limited():
    changes = {"phone_number": None, "subject": None, "waba_id": "x", "colour": "red"}

    every = judge("messaging_delays", **changes)
    some = judge("messaging_delays", only={"waba_id"}, **changes)

    assert [remark.field for remark in every.refused] == ["subject", "phone_number", "waba_id", "colour"]
    assert [remark.field for remark in some.refused] == ["waba_id"]


# Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("131026 Message undeliverable", 131026),
        ("(#131047) Re-engagement", 131047),
        ('{"error":{"code":190,"message":"x"}}', 190),
        ("it took 1.5 s, then 100", 100),
        ("12345678 is too long", None),
        ("no number", None),
    ],
)
def test_the_first_whole_number_is_read_as_the_code(text, code):
    assert error_code_in(text) == code


@pytest.mark.parametrize(
    ("raw", "blank"), [("", True), (" \n ", True), (None, True), ([], True), ({}, True), (False, False), (0, False)]
)
def test_no_and_nought_are_answers(raw, blank):
    assert is_blank(raw) is blank
