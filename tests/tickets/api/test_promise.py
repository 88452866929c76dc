"""The promise before filing, through the API."""

from datetime import timedelta

import pytest

from tests.instants import NOW
from tests.tickets.api.calling import pointers
from tickets.models import Ticket

BODY = {"topic": "messaging_delays", "impact": "halted", "workaround": False, "environment": "production"}


def test_preview_says_severity_why_package_and_deadline_and_saves_nothing(api):
    response = api.post("promise/", BODY)

    assert response.status_code == 200
    offer = response.json()
    assert (offer["severity"], offer["reason"]["code"], offer["package"]["code"]) == ("critical", "both", "premium")
    assert (offer["target"], offer["target_seconds"], offer["policy_version"]) == ("PT30M", 1800, 1)
    assert offer["due_at"] == (NOW + timedelta(minutes=30)).isoformat()
    assert (offer["zone"], offer["due_at_in_zone"]) == ("Europe/Berlin", "2026-11-24T13:30:00+01:00")
    assert sum(one["seconds"] for one in offer["explanation"]) == 1800
    assert not Ticket.objects.exists()


def test_preview_is_of_the_callers_own_package(call_as, cast):
    offer = call_as(cast.outsider).post("promise/", BODY).json()

    assert (offer["package"]["code"], offer["target"]) == ("standard", "PT4H")


@pytest.mark.parametrize("missing", ["topic", "impact", "workaround", "environment"])
def test_preview_asks_for_what_decides(api, missing):
    response = api.post("promise/", {name: value for name, value in BODY.items() if name != missing})

    assert (response.status_code, pointers(response)) == (400, [f"/{missing}"])


@pytest.mark.parametrize(
    ("member", "value"),
    [("impact", "huge"), ("workaround", "no"), ("environment", 3), ("topic", "nothing"), ("colour", "red")],
)
def test_preview_refuses_what_it_does_not_know(api, member, value):
    response = api.post("promise/", {**BODY, member: value})

    assert (response.status_code, pointers(response)) == (400, [f"/{member}"])
