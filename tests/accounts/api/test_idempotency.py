"""A POST that is sent again with its key happens once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions.idempotency import forget_old_keys
from accounts.models import ApiToken, AuditEntry, IdempotencyKey


def post(api: Client, body: object, key: str = "k1", **headers: str):
    return api.post("/api/notes/", body, content_type="application/json", headers={"Idempotency-Key": key, **headers})


def notes(verb: str = "note") -> int:
    return AuditEntry.objects.filter(verb=verb).count()


def test_a_repeat_is_answered_the_same_and_does_nothing(api):
    first = post(api, {"subject": "note"})
    again = post(api, {"subject": "note"})

    assert notes() == 1
    assert (again.status_code, again.json(), again["Location"]) == (201, first.json(), first["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


def test_the_order_of_the_body_does_not_make_it_another_request(api):
    post(api, '{"subject": "note", "fields": {"a": "1"}}')
    again = post(api, '{"fields": {"a": "1"}, "subject": "note"}')

    assert (again.status_code, notes()) == (201, 1)


def test_a_key_that_stands_for_another_request_is_refused(api):
    post(api, {"subject": "note"})
    other = post(api, {"subject": "other"})

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert notes("other") == 0


def test_what_was_refused_may_be_corrected_under_the_same_key(api):
    refused = post(api, {"subject": ""})
    conflict = post(api, {"subject": "refuse"})
    corrected = post(api, {"subject": "note"})

    assert [refused.status_code, conflict.status_code, corrected.status_code] == [400, 409, 201]
    assert (notes("refuse"), notes("note")) == (0, 1)


def test_keys_belong_to_a_token(api, make_token):
    other = Client(headers={"Authorization": f"Bearer {make_token()}"})

    assert [post(api, {"subject": "note"}).status_code, post(other, {"subject": "note"}).status_code] == [201, 201]
    assert notes() == 2


@pytest.mark.parametrize("key", ["", " ", "k" * 256])
def test_a_key_has_1_to_255_characters(api, key):
    assert post(api, {"subject": "note"}, key=key).json()["code"] == "idempotency_key_invalid"


def test_without_a_key_each_post_counts(api):
    for _ in range(2):
        api.post("/api/notes/", {"subject": "note"}, content_type="application/json")

    assert notes() == 2


def test_keys_are_forgotten_after_a_week(api):
    post(api, {"subject": "note"})
    now = timezone.now()

    assert forget_old_keys(now=now + timedelta(days=6)) == 0
    assert forget_old_keys(now=now + timedelta(days=7, minutes=1)) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_happen_once(make_token):
    headers = {"Authorization": f"Bearer {make_token()}"}

    def send(_: int):
        try:
            return post(Client(headers=headers), {"subject": "note"})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["entry"] for answer in answers}) == 1
    assert notes() == 1
    assert IdempotencyKey.objects.count() == ApiToken.objects.count() == 1
