"""Messages, files and the record through the API."""

from datetime import timedelta

import pytest

from accounts.actor import actor_for
from tests.instants import NOW
from tests.tickets.api.calling import pointers, ticket_body
from tests.tickets.escalating import make_ticket
from tickets.actions.conversation import add_note, post_message
from tickets.actions.ending import close, resolve
from tickets.models import Attachment, Message, Promise


@pytest.fixture
def ticket(cast):
    return make_ticket(cast.meridian)


def path(ticket, part=""):
    return f"tickets/{ticket.reference}/{part}"


def test_a_message_is_said_and_listed(api, cast, ticket):
    response = api.post(path(ticket, "messages/"), {"body": "Any *news*?"})

    assert response.status_code == 201
    said = response.json()
    assert (said["author"], said["author_role"], said["is_answer"]) == ("Ana Prado", "organisation", False)
    assert api.get(path(ticket, "messages/")).json() == {"results": [said], "next": None}


def test_a_token_of_the_organisation_speaks_under_its_own_name(call_as, cast, ticket):
    said = call_as(cast.meridian).post(path(ticket, "messages/"), {"body": "From monitoring."}).json()

    assert said["author"] == "Monitoring"
    assert Message.objects.get().author is None


def test_internal_notes_are_for_support(api, call_as, cast, ticket):
    agent = call_as(cast.agent)
    note = agent.post(path(ticket, "messages/"), {"body": "Ask the platform.", "internal": True})

    assert (note.status_code, note.json()["internal"]) == (201, True)
    assert api.get(path(ticket, "messages/")).json()["results"] == []
    assert [one["kind"] for one in api.get(path(ticket, "events/")).json()["results"]] == []
    assert [one["body"] for one in agent.get(path(ticket, "messages/")).json()["results"]] == ["Ask the platform."]
    assert [one["kind"] for one in agent.get(path(ticket, "events/")).json()["results"]] == ["note"]


def test_support_answers_only_when_it_says_so(call_as, cast, ticket):
    agent = call_as(cast.agent)
    agent.post(path(ticket, "messages/"), {"body": "We look into it."})
    running = Promise.objects.get().outcome
    agent.post(path(ticket, "messages/"), {"body": "It was our gateway.", "is_answer": True})

    assert (running, Promise.objects.get().outcome) == (None, "kept")


@pytest.mark.parametrize("member", ["is_answer", "internal"])
def test_what_is_supports_is_forbidden_to_others(api, ticket, member):
    response = api.post(path(ticket, "messages/"), {"body": "Done.", member: True})

    assert (response.status_code, response.json()["code"]) == (403, "support_only")


def test_a_growth_manager_comments_as_one_and_stops_no_clock(call_as, cast, ticket):
    said = call_as(cast.growth).post(path(ticket, "messages/"), {"body": "I called them."}).json()

    assert said["author_role"] == "growth_manager"
    assert Promise.objects.get().outcome is None


@pytest.mark.parametrize("body", [{}, {"body": "  "}, {"body": "x" * 50_001}, {"body": 5}, {"body": "hm", "colour": 1}])
def test_a_message_of_nothing_too_much_or_something_else_is_refused(api, ticket, body):
    response = api.post(path(ticket, "messages/"), body)

    assert (response.status_code, pointers(response)) == (400, ["/colour" if "colour" in body else "/body"])
    assert not Message.objects.exists()


def test_a_secret_is_masked_before_it_is_kept(api, ticket):
    said = api.post(path(ticket, "messages/"), {"body": "D360-API-KEY: abcdef1234567890"}).json()

    assert said["body"] == "D360-API-KEY: ***"


def test_nothing_is_said_on_a_closed_ticket(api, cast, ticket):
    resolve(ticket, by=actor_for(cast.owner), now=NOW)
    close(ticket, by=actor_for(cast.agent), now=NOW)

    response = api.post(path(ticket, "messages/"), {"body": "Hello?"})

    assert (response.status_code, response.json()["code"]) == (409, "closed_for_messages")


def test_files_come_with_a_message_or_alone(api, ticket, png):
    staged = api.upload("attachments/", png()).json()["id"]
    said = api.post(path(ticket, "messages/"), {"attachments": [staged]}).json()
    alone = api.upload(path(ticket, "attachments/"), png("second.png"), body="And this.")

    assert [one["id"] for one in said["attachments"]] == [staged]
    assert alone.status_code == 201
    listed = api.get(path(ticket, "attachments/")).json()["results"]
    assert {one["name"] for one in listed} == {"error.png", "second.png"}
    content = api.client.get(listed[0]["url"])
    assert b"".join(content.streaming_content).startswith(b"\x89PNG")
    assert content["Content-Disposition"].startswith("attachment")


def test_files_are_filed_with_a_ticket_and_answer_its_field(api, policy, png):
    staged = [api.upload("attachments/", png(name)).json()["id"] for name in ("a.png", "b.png")]
    body = ticket_body(policy.policy, "number_registration", attachments=staged[:1])
    body["fields"].pop("error_message", None)
    body["fields"]["screenshot"] = staged[1:]

    response = api.post("tickets/", body)

    assert response.status_code == 201, response.json()
    assert Attachment.objects.filter(ticket__reference=response.json()["reference"]).count() == 2
    assert response.json()["fields"]["screenshot"] == staged[1:]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.png", b"", "empty"),
        ("script.png", b"#!/bin/sh\n", "not_what_it_says"),
        ("tool.exe", b"MZ\x00\x00", "kind_of_file"),
        ("large.txt", b"x" * 2000, "too_large"),
    ],
)
def test_a_file_that_can_not_be_taken_is_refused(api, ticket, png, settings, name, content, code):
    settings.ATTACHMENT_MAX_BYTES = 1000
    for address in ("attachments/", path(ticket, "attachments/")):
        response = api.upload(address, png(name, content))

        assert response.status_code == 400
        assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/file", code)]
    assert not Attachment.objects.exists()


def test_a_file_for_a_closed_ticket_is_not_kept(api, cast, ticket, png):
    resolve(ticket, by=actor_for(cast.owner), now=NOW)
    close(ticket, by=actor_for(cast.agent), now=NOW)

    assert api.upload(path(ticket, "attachments/"), png()).status_code == 409
    assert not Attachment.objects.exists()


def test_an_upload_without_a_file_is_refused(api):
    response = api.client.post("/api/v1/attachments/", {"note": "none"})

    assert (response.status_code, pointers(response)) == (400, ["/file"])


def test_the_record_is_in_sentences_of_the_readers_language(api, cast, ticket):
    post_message(ticket, "It was our gateway.", by=actor_for(cast.agent), now=NOW)
    add_note(ticket, "Nothing more.", by=actor_for(cast.agent), now=NOW + timedelta(minutes=1))

    english = api.get(path(ticket, "events/")).json()["results"]
    german = api.get(path(ticket, "events/"), {"language": "de"}).json()["results"]

    assert [one["text"] for one in english] == ["Lena Fischer wrote"]
    assert "internal" not in english[0]
    assert [one["id"] for one in german] == [one["id"] for one in english]
