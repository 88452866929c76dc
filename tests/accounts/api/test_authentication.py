"""Only a token that is known, has not ended and has the scope gets in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.credentials import hash_of
from accounts.api.authentication import note_use
from accounts.models import ApiToken


def test_an_organisations_token_acts_as_the_organisation(api):
    assert api.get("/api/notes/").json() == {"actor": "Meridian Messaging, token Monitoring"}


def test_a_members_token_acts_as_the_person(client, make_token, cast):
    secret = make_token(user=cast.owner, organisation=cast.meridian)

    response = client.get("/api/notes/", headers={"Authorization": f"Bearer {secret}"})

    assert response.json() == {"actor": "Ana Prado"}


def test_the_table_holds_the_hash_of_a_token_alone(make_token):
    secret = make_token()

    row = ApiToken.objects.get()

    assert row.hash == hash_of(secret)
    assert secret not in {str(value) for value in ApiToken.objects.values_list().get()}
    assert row.hint == secret[-4:]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "not_authenticated"),
        ("Basic YTpi", "token_malformed"),
        ("Bearer", "token_malformed"),
        ("Bearer something", "token_malformed"),
        ("Bearer psp_unknown", "token_unknown"),
    ],
)
def test_without_a_known_token_it_is_401(client, cast, header, code):
    response = client.get("/api/notes/", headers={"Authorization": header} if header else {})

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith('Bearer realm="api"')
    assert response.json()["code"] == code


def test_an_ended_token_is_refused(client, make_token):
    secret = make_token(ends_at=timezone.now() - timedelta(seconds=1))

    response = client.get("/api/notes/", headers={"Authorization": f"Bearer {secret}"})

    assert (response.status_code, response.json()["code"]) == (401, "token_ended")


def test_the_token_of_a_deactivated_person_is_refused(client, make_token, cast):
    secret = make_token(user=cast.owner, organisation=cast.meridian)
    cast.owner.is_active = False
    cast.owner.save()

    response = client.get("/api/notes/", headers={"Authorization": f"Bearer {secret}"})

    assert (response.status_code, response.json()["code"]) == (401, "token_unknown")


def test_a_members_token_is_worth_nothing_in_another_organisation(client, make_token, cast):
    secret = make_token(user=cast.owner, organisation=cast.silverline)

    response = client.get("/api/notes/", headers={"Authorization": f"Bearer {secret}"})

    assert response.status_code == 401


def test_the_portals_session_is_no_credential_of_the_api(client, cast):
    client.force_login(cast.owner, backend="accounts.backend.RoleBackend")

    assert client.get("/api/notes/").status_code == 401
    assert client.get("/api/open/").json() == {"actor": "None"}


def test_a_token_that_may_only_read_does_not_write(client, make_token):
    headers = {"Authorization": f"Bearer {make_token(scopes=('read',))}"}

    refused = client.post("/api/notes/", {"subject": "x"}, content_type="application/json", headers=headers)

    assert client.get("/api/notes/", headers=headers).status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def test_the_last_use_is_kept_to_the_minute(make_token, django_assert_num_queries):
    make_token()
    token = ApiToken.objects.get()
    first = timezone.now()

    note_use(token, now=first)
    token.refresh_from_db()
    with django_assert_num_queries(0):
        note_use(token, now=first + timedelta(seconds=59))
    note_use(token, now=first + timedelta(seconds=60))

    token.refresh_from_db()
    assert token.used_at == first + timedelta(seconds=60)


def test_too_many_requests_say_when_to_come_back(api, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"token": "2/min"}}

    statuses = [api.get("/api/notes/").status_code for _ in range(2)]
    refused = api.get("/api/notes/")

    assert statuses == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 1 <= int(refused["Retry-After"]) <= 60


def test_a_request_costs_two_queries(api, django_assert_num_queries):
    api.get("/api/notes/")

    with django_assert_num_queries(1):  # the token with its organisation; its last use is younger than a minute
        api.get("/api/notes/")
