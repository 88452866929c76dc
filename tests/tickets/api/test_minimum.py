"""Every topic, without each mandatory answer in turn: refused at that answer. The cases come from the policy's data."""

import json

import pytest

from packages.policy.document import COMMON_FIELDS, parse
from tests.answers import answers_for
from tests.shipped_policy import shipped_document
from tests.tickets.api.calling import pointers, ticket_body
from tickets.models import Attachment, Ticket

pytestmark = pytest.mark.slow  # each of them is quick, all of them take long

POLICY = parse(json.loads(shipped_document()))


def mandatory(topic):
    answers = answers_for(topic)
    return [
        field.code
        for field in topic.all_fields
        if field.is_asked(answers, filer="partner") and field.is_mandatory(answers, filer="partner")
    ]


CASES = [(topic.code, code) for topic in POLICY.topics.values() for code in mandatory(topic)]
GROUPS = [(topic.code, group) for topic in POLICY.topics.values() for group in topic.groups]


def pointer_of(code):
    return f"/{code}" if code in COMMON_FIELDS else f"/fields/{code}"


@pytest.mark.parametrize("topic", POLICY.topics)
def test_a_ticket_with_its_minimum_is_filed(api, topic):
    response = api.post("tickets/", ticket_body(POLICY, topic))

    assert response.status_code == 201, response.json()


@pytest.mark.parametrize(("topic", "code"), CASES)
def test_a_ticket_without_a_mandatory_answer_is_refused_at_it(api, topic, code):
    body = ticket_body(POLICY, topic)
    holder = body if code in body else body["fields"]
    del holder[code]

    response = api.post("tickets/", body)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    # Another answer can become mandatory by its absence; nothing else is complained of.
    assert (pointer_of(code), "required") in [(one["pointer"], one["code"]) for one in response.json()["errors"]]
    assert {one["code"] for one in response.json()["errors"]} == {"required"}
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("topic", "group"), GROUPS)
def test_a_ticket_without_any_of_a_group_is_refused_at_its_first(api, topic, group):
    body = ticket_body(POLICY, topic)
    members = [field for field in POLICY.topics[topic].fields if field.one_of == group]
    for field in members:
        body["fields"].pop(field.code, None)
    asked = [field.code for field in members if field.is_asked(body["fields"], filer="partner")]

    response = api.post("tickets/", body)

    assert response.status_code == 400
    assert pointers(response) == [f"/fields/{asked[0]}"]


def test_everything_that_is_wrong_is_said_at_once(api):
    body = ticket_body(POLICY, subject=7, description=None, colour="red")
    body["fields"]["samples"][0]["sent_at"] = "yesterday"
    body["fields"]["waba_id"] = "not digits"
    body["fields"]["phone"] = "+49"

    response = api.post("tickets/", body, Accept_Language="de")

    assert response.status_code == 400
    assert sorted(pointers(response)) == [
        "/colour",
        "/description",
        "/fields/phone",
        "/fields/samples/0/sent_at",
        "/fields/waba_id",
        "/subject",
    ]
    assert response["Content-Language"] == "de"


def test_words_are_the_pages_and_in_the_language_asked_for(api):
    body = ticket_body(POLICY)
    body["fields"]["phone_number"] = "030 23125014"

    german = api.post("tickets/?language=de", body).json()["errors"][0]["message"]

    assert german == POLICY.topics["messaging_delays"].field("phone_number").refuse["de"]


def test_environment_may_stand_among_the_fields_but_nothing_stands_twice(api):
    body = ticket_body(POLICY, environment=None)
    body["fields"]["environment"] = "production"
    filed = api.post("tickets/", body)
    twice = api.post("tickets/", {**body, "environment": "test"})

    assert filed.status_code == 201
    assert pointers(twice) == ["/fields/environment"]


@pytest.mark.parametrize(
    ("topic", "code"), [(None, "required"), ("", "required"), ("nothing", "unknown_topic"), (7, "invalid")]
)
def test_a_ticket_of_no_topic_is_refused_at_the_topic(api, topic, code):
    response = api.post("tickets/", ticket_body(POLICY, topic="messaging_delays") | {"topic": topic})

    assert response.status_code == 400
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/topic", code)]


def test_a_file_that_is_not_staged_by_the_caller_is_refused(api, call_as, cast, png):
    foreign = call_as(cast.outsider).upload("attachments/", png()).json()["id"]

    response = api.post("tickets/", ticket_body(POLICY, attachments=[foreign]))

    assert pointers(response) == ["/attachments/0"]
    assert Attachment.objects.get().ticket is None


def test_too_many_files_are_refused(api, settings):
    settings.ATTACHMENTS_MAX = 2
    ids = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(3)]

    response = api.post("tickets/", ticket_body(POLICY, attachments=ids))

    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/attachments", "too_many")]
