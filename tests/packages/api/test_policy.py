"""Topics and hours for programs: what the policy says, and all of it."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.actions.credentials import issue_token
from packages.policy.document import parse
from tests.instants import NOW
from tests.shipped_policy import shipped_document

POLICY = parse(json.loads(shipped_document()))


@pytest.fixture
def get(cast, time_machine) -> Any:
    time_machine.move_to(NOW, tick=False)
    _token, secret = issue_token(user=cast.owner, organisation=cast.meridian, name="Reader", by=None, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    return lambda address, **headers: client.get(f"/api/v1/{address}", headers=headers)


def test_topics_are_those_of_the_policy_in_the_language_asked_for(get):
    english = get("topics/").json()
    german = get("topics/", **{"Accept-Language": "de"})

    assert [one["code"] for one in english["topics"]] == list(POLICY.topics)
    assert german.json()["topics"][0]["name"] == POLICY.topics["messaging_stopped"].name["de"]
    assert german["Content-Language"] == "de"
    assert english["topics"][0]["listed"] == {"standard": "critical", "premium": "critical"}


def test_a_persons_own_language_counts_where_none_is_asked_for(get, cast):
    cast.owner.language = "pt-br"
    cast.owner.save()

    assert get("topics/other/").json()["name"] == POLICY.topics["other"].name["pt-br"]
    assert get("topics/other/?language=es").json()["name"] == POLICY.topics["other"].name["es"]


@pytest.mark.parametrize("code", POLICY.topics)
def test_a_topic_has_every_field_with_its_rule_and_where_it_stands(get, code):
    topic = get(f"topics/{code}/").json()

    facts = POLICY.topics[code]
    assert [one["code"] for one in topic["fields"]] == [field.code for field in facts.all_fields]
    for shown, field in zip(topic["fields"], facts.all_fields, strict=True):
        assert shown["pointer"] == (f"/{field.code}" if field in facts.common else f"/fields/{field.code}")
        assert shown["label"] == field.label["en"]
        assert shown["mandatory"] is (field.mandatory is True)
        assert [choice["code"] for choice in shown["choices"]] == [choice.code for choice in field.choices]
        assert [column["code"] for column in shown["columns"]] == [column.code for column in field.columns]
    assert set(topic["one_of"]) == set(facts.groups)


def test_a_condition_is_shown_as_data(get):
    fields = {one["code"]: one for one in get("topics/templates/").json()["fields"]}

    assert fields["rejection_reason"]["mandatory"] is False
    assert fields["rejection_reason"]["mandatory_when"]["field"] == "template_status"


def test_a_topic_that_is_not_there_is_not_found(get):
    response = get("topics/nothing/")

    assert (response.status_code, response.json()["code"]) == (404, "unknown_topic")


def test_an_unknown_language_is_refused(get):
    response = get("topics/?language=fr")

    assert response.status_code == 400
    assert [one["field"] for one in response.json()["errors"]] == ["language"]


def test_hours_are_public(cast, time_machine):
    time_machine.move_to(NOW, tick=False)

    hours = Client().get("/api/v1/support-hours/?language=ru")

    packages = {one["code"]: one for one in hours.json()["packages"]}
    assert hours.status_code == 200
    assert (packages["standard"]["is_open"], packages["standard"]["zone"]) == (True, "Europe/Berlin")
    assert packages["premium"]["targets"][0]["within"] == "PT30M"
    assert packages["premium"]["targets"][0]["name"] == POLICY.severities["critical"].name["ru"]
    assert hours["Cache-Control"] == "public, max-age=60"
