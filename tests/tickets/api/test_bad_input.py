"""Nothing that is sent to the API gives a 500: what can't be read is refused, and nothing is saved."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packages.policy.document import COMMON_FIELDS, parse
from tests.shipped_policy import shipped_document
from tests.tickets.api.calling import pointers, ticket_body
from tests.tickets.escalating import make_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.slow  # each of them is quick, all of them take long

POLICY = parse(json.loads(shipped_document()))
NESTED = b'{"subject": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
UNREADABLE = {
    "nothing": b"",
    "no JSON": b"subject=Help",
    "half": b'{"topic": "other"',
    "not UTF-8": b'{"topic": "\xff\xfe"}',
    "a list": b"[]",
    "text": b'"other"',
    "null": b"null",
    "NaN": b'{"topic": NaN}',
    "infinite": b'{"topic": 1e999}',
    "a huge number": b'{"topic": ' + b"9" * 10_000 + b"}",
    "nested": NESTED,
    "nested objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "NUL": b'{"topic": "other", "subject": "a\\u0000b"}',
    "half a pair": b'{"topic": "other", "subject": "\\ud83d"}',
    "NUL in a name": b'{"a\\u0000b": 1}',
    "half a pair in a name": b'{"\\ude00": 1}',
    "a long name": b'{"' + b"x" * 101 + b'": 1}',
}
STRANGE = [
    None, True, 0, -1, 3.5, 10**30, 1e300, "", " ", "\n", "²", "١", "x" * 100_000, "💥" * 201, "\u200b", [], {}, [[]],
    [None], ["x"] * 1000, {"a": 1}, {"": ""}, [{"message_id": None}], [{"sent_at": {}}], "9" * 400, "1e999999", "-0",
    "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-11-24T10:00:00",
    "http://[", "http://a:99999999", "'; DROP TABLE",
]  # fmt: skip


def said_as_a_problem(response):
    return response.status_code in (400, 413) and response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["tickets/", "promise/"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_can_not_be_read_is_refused(api, address, name):
    response = api.post(address, UNREADABLE[name], Idempotency_Key="k")

    assert said_as_a_problem(response), response.content[:300]
    assert not Ticket.objects.exists()


def test_a_body_over_the_limit_is_refused_with_the_limit(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000

    response = api.post("tickets/", ticket_body(POLICY, description="x" * 2000))

    assert (response.status_code, response.json()["code"], response.json()["most"]) == (413, "body_too_large", 2000)


def test_a_form_is_no_body_of_a_ticket(api):
    response = api.client.post("/api/v1/tickets/", {"topic": "other"})

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_description_of_five_megabytes_is_refused_at_it(api):
    response = api.post("tickets/", ticket_body(POLICY, description="x" * 5_000_000))

    assert (response.status_code, pointers(response)) == (400, ["/description"])


def test_a_subject_of_two_hundred_emoji_is_kept_whole(api):
    filed = api.post("tickets/", ticket_body(POLICY, subject="💥" * 200))
    longer = api.post("tickets/", ticket_body(POLICY, subject="💥" * 201))

    assert (filed.status_code, filed.json()["subject"]) == (201, "💥" * 200)
    assert pointers(longer) == ["/subject"]


@pytest.mark.parametrize("member", ["topic", "fields", "attachments", "shared", "basis", *COMMON_FIELDS])
def test_no_value_of_a_member_breaks_a_filing(api, member):
    for value in STRANGE:
        response = api.post("tickets/", {**ticket_body(POLICY), member: value})

        assert response.status_code in (201, 400, 409), (value, response.content[:300])


@pytest.mark.slow
@pytest.mark.parametrize("topic", POLICY.topics)
def test_no_value_of_any_field_breaks_a_filing(api, topic):
    for value in STRANGE:
        body = ticket_body(POLICY, topic, fields={field.code: value for field in POLICY.topics[topic].fields})
        response = api.post("tickets/", body)

        assert response.status_code in (201, 400), (value, response.content[:300])


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = [*ticket_body(POLICY), "client", "attachments", "shared", "basis", "colour"]


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(MEMBERS), json_values, min_size=1, max_size=4))
def test_no_body_breaks_a_filing(api, changes):
    response = api.post("tickets/", {**ticket_body(POLICY), **changes})

    assert response.status_code in (201, 400, 409), response.content[:300]


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    topic=st.sampled_from(list(POLICY.topics)),
    fields=st.dictionaries(
        st.sampled_from(sorted({field.code for topic in POLICY.topics.values() for field in topic.fields})), json_values
    ),
)
def test_no_answers_break_a_filing(api, topic, fields):
    body = ticket_body(POLICY, topic)
    body["fields"] |= fields

    response = api.post("tickets/", body)

    assert response.status_code in (201, 400, 409), response.content[:300]


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    step=st.sampled_from(["messages/", "complete/", "resolve/", "reopen/", "got-worse/", "escalations/"]),
    body=json_values
    | st.dictionaries(st.sampled_from(["body", "fields", "reason", "cause", "attachments", "impact"]), json_values),
)
def test_no_body_breaks_a_step(api, cast, step, body):
    ticket = make_ticket(cast.meridian)

    response = api.post(f"tickets/{ticket.reference}/{step}", json.dumps(body))

    assert response.status_code in (200, 201, 400, 403, 409), response.content[:300]
