"""What is done to a ticket through the API, and the version that a change asks for."""

from datetime import timedelta

import pytest

from accounts.actor import actor_for
from tests.instants import NOW
from tests.tickets.api.calling import pointers, ticket_body
from tickets.actions import change
from tickets.actions.completing import send_back
from tickets.actions.conversation import add_note, post_message
from tickets.models import Ticket


@pytest.fixture
def filed(api, policy):
    """Return a ticket that Ana filed."""
    reference = api.post("tickets/", ticket_body(policy.policy)).json()["reference"]
    return Ticket.objects.get(reference=reference)


def path(ticket, step=""):
    return f"tickets/{ticket.reference}/{step}"


def test_resolve_and_reopen(api, filed):
    resolved = api.post(path(filed, "resolve/"))
    reopened = api.post(path(filed, "reopen/"), {"reason": "It is back."})

    assert (resolved.status_code, resolved.json()["status"]) == (200, "resolved")
    assert (reopened.status_code, reopened.json()["status"]) == (200, "in_progress")
    events = api.get(path(filed, "events/")).json()["results"]
    assert [(one["kind"], one["reason"]) for one in events] == [
        ("filed", ""),
        ("resolved", ""),
        ("reopened", "It is back."),
    ]


def test_withdraw_ends_the_ticket_and_a_second_time_does_not_fit(api, filed):
    first = api.post(path(filed, "withdraw/"))
    second = api.post(path(filed, "withdraw/"))

    assert (first.status_code, first.json()["promise"]["state"]) == (200, "void")
    assert (second.status_code, second.json()["code"]) == (409, "not_from_withdrawn")
    assert "Withdrawn" in second.json()["detail"]


def test_getting_worse_gives_a_new_promise(api, policy):
    reference = api.post("tickets/", ticket_body(policy.policy, "other")).json()["reference"]
    body = {"impact": "halted", "workaround": False, "reason": "Everything stopped."}

    response = api.post(f"tickets/{reference}/got-worse/", body)

    assert (response.status_code, response.json()["severity"]) == (200, "critical")
    assert response.json()["promise"]["number"] == 2


def test_getting_worse_needs_a_reason(api, filed):
    response = api.post(path(filed, "got-worse/"), {"impact": "halted", "workaround": False, "reason": " "})

    assert (response.status_code, pointers(response)) == (400, ["/reason"])


@pytest.mark.parametrize("step", ["resolve/", "withdraw/", "reopen/", "complete/"])
def test_a_stale_version_changes_nothing(api, filed, cast, step):
    seen = api.get(path(filed))["ETag"]
    post_message(filed, "We look into it.", by=actor_for(cast.agent), now=NOW)

    response = api.post(path(filed, step), {}, If_Match=seen)

    assert (response.status_code, response.json()["code"]) == (412, "stale")
    filed.refresh_from_db()
    assert filed.status == "in_progress"
    assert response["ETag"] == api.get(path(filed))["ETag"] != seen


def test_the_version_that_was_read_is_changed(api, filed):
    seen = api.get(path(filed))["ETag"]

    response = api.post(path(filed, "resolve/"), {}, If_Match=f'"other", {seen}')

    assert response.status_code == 200


def test_an_internal_note_does_not_show_in_the_tag(api, filed, cast):
    seen = api.get(path(filed))["ETag"]
    add_note(filed, "Ask the platform.", by=actor_for(cast.agent), now=NOW)

    assert api.get(path(filed))["ETag"] == seen
    assert api.post(path(filed, "resolve/"), {}, If_Match=seen).status_code == 200


def test_completing_starts_the_clock_anew(api, filed, cast):
    send_back(filed, {"waba_id": "This is another number."}, by=actor_for(cast.agent), now=NOW)
    waiting = api.get(path(filed)).json()

    response = api.post(path(filed, "complete/"), {"fields": {"waba_id": "104996122399161"}})

    assert waiting["promise"]["state"] == "not_running"
    assert waiting["information_request"]["fields"] == {"waba_id": "This is another number."}
    assert response.status_code == 200, response.json()
    body = response.json()
    assert (body["status"], body["fields"]["waba_id"]) == ("new", "104996122399161")
    assert (body["promise"]["number"], body["promise"]["state"]) == (2, "running")
    assert body["information_request"] is None


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/fields/waba_id", "required"),
        ({"fields": {"waba_id": "104996122399160"}}, "/fields/waba_id", "unchanged"),
        ({"fields": {"waba_id": "none"}}, "/fields/waba_id", "invalid"),
        ({"fields": {"waba_id": "104996122399161", "direction": "both"}}, "/fields/direction", "not_asked"),
        ({"fields": {"waba_id": "104996122399161"}, "subject": "Other"}, "/subject", "not_asked"),
        ({"fields": [1]}, "/fields", "not_a_dict"),
    ],
)
def test_what_does_not_complete_it_is_refused_at_its_field(api, filed, cast, body, pointer, code):
    send_back(filed, {"waba_id": "This is another number."}, by=actor_for(cast.agent), now=NOW)

    response = api.post(path(filed, "complete/"), body)

    assert response.status_code == 400
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in response.json()["errors"]]


def test_completing_what_was_not_sent_back_does_not_fit(api, filed):
    response = api.post(path(filed, "complete/"), {"fields": {"waba_id": "104996122399161"}})

    assert (response.status_code, response.json()["code"]) == (409, "nothing_asked")


def test_a_promise_that_moved_is_shown_before_it_is_given(api, cast, policy):
    body = ticket_body(policy.policy, impact="halted", workaround=False)
    preview = {name: body[name] for name in ("topic", "impact", "workaround", "environment")}
    offered = api.post("promise/", preview).json()
    milder = {**body, "impact": "limited", "workaround": True, "topic": "other"}
    milder["fields"] = ticket_body(policy.policy, "other")["fields"]

    moved = api.post("tickets/", {**milder, "basis": offered["basis"]})
    filed = api.post("tickets/", {**milder, "basis": moved.json()["promise"]["basis"]})

    assert (moved.status_code, moved.json()["code"]) == (409, "promise_moved")
    assert moved.json()["promise"]["severity"] == "standard"
    assert filed.status_code == 201
    assert offered["due_at"] == (NOW + timedelta(minutes=30)).isoformat()


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("complete/", {"fields": {"waba_id": "104996122399161"}}),
        ("got-worse/", {"impact": "halted", "workaround": False, "reason": "Everything stopped."}),
        ("resolve/", {}),
    ],
)
def test_what_changed_between_the_look_and_the_lock_is_not_changed_over(api, filed, cast, monkeypatch, step, body):
    if step == "complete/":
        send_back(filed, {"waba_id": "This is another number."}, by=actor_for(cast.agent), now=NOW)
    seen = api.get(path(filed))["ETag"]
    take = change.take

    def somebody_was_faster(pk):
        monkeypatch.setattr(change, "take", take)
        post_message(filed, "Wait.", by=actor_for(cast.agent), now=NOW, is_answer=False)
        return take(pk)

    monkeypatch.setattr(change, "take", somebody_was_faster)
    before = Ticket.objects.get(pk=filed.pk).promises.count()

    response = api.post(path(filed, step), body, If_Match=seen)

    assert (response.status_code, response.json()["code"]) == (412, "stale")
    assert filed.promises.count() == before
