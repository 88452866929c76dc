"""Escalations through the API: the chain, and every way that it is refused."""

import pytest

from tests.instants import NOW
from tests.tickets.api.calling import V1, pointers
from tests.tickets.escalating import make_ticket
from tickets.models import Escalation

BODY = {"cause": "late", "reason": "The shop is closed until it works."}


@pytest.fixture
def ticket(cast):
    return make_ticket(cast.meridian)


def path(ticket, step=""):
    return f"tickets/{ticket.reference}/escalations/{step}"


def test_the_partner_asks_the_manager_escalates_the_lead_acknowledges_and_concludes(api, call_as, cast, ticket):
    manager, lead = call_as(cast.growth), call_as(cast.lead)

    asked = api.post(path(ticket), BODY)
    pk = asked.json()["id"]
    escalated = manager.post(path(ticket, f"{pk}/escalate/"))
    acknowledged = lead.post(path(ticket, f"{pk}/acknowledge/"))
    concluded = lead.post(path(ticket, f"{pk}/conclude/"), {"outcome": "Two engineers are on it."})

    assert (asked.status_code, asked.json()["state"], asked.json()["reason"]) == (201, "asked", BODY["reason"])
    assert [one.json()["state"] for one in (escalated, acknowledged, concluded)] == [
        "escalated",
        "acknowledged",
        "concluded",
    ]
    seen = api.get(path(ticket)).json()["results"]
    assert [(one["id"], one["outcome"]) for one in seen] == [(pk, "Two engineers are on it.")]
    assert api.get("escalations/").json()["results"] == seen


def test_a_growth_manager_escalates_at_once(call_as, cast, ticket):
    response = call_as(cast.growth).post(path(ticket), BODY)

    assert (response.status_code, response.json()["state"]) == (201, "escalated")


def test_declining_needs_a_reason_and_the_partner_reads_it(api, call_as, cast, ticket):
    pk = api.post(path(ticket), BODY).json()["id"]
    manager = call_as(cast.growth)

    without = manager.post(path(ticket, f"{pk}/decline/"))
    declined = manager.post(path(ticket, f"{pk}/decline/"), {"reason": "It is due in ten minutes."})

    assert (without.status_code, pointers(without)) == (400, ["/reason"])
    assert declined.json()["state"] == "declined"
    assert api.get(path(ticket)).json()["results"][0]["decline_reason"] == "It is due in ten minutes."


def test_the_partner_withdraws_its_request(api, ticket):
    pk = api.post(path(ticket), BODY).json()["id"]

    assert api.post(path(ticket, f"{pk}/withdraw/")).json()["state"] == "withdrawn"
    assert api.post(path(ticket, f"{pk}/withdraw/")).status_code == 409


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"status": "needs_information"}, "needs_information"),
        ({"status": "resolved"}, "ended"),
        ({"status": "closed"}, "ended"),
        ({"status": "withdrawn"}, "ended"),
    ],
)
def test_an_invalid_or_ended_ticket_is_not_escalated_and_the_problem_says_what_to_do(api, cast, facts, code):
    response = api.post(path(make_ticket(cast.meridian, promised=False, **facts)), BODY)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (409, code)
    assert problem["detail"]
    assert problem["action"]["url"].startswith("http")
    assert not Escalation.objects.exists()


def test_a_second_one_is_refused_with_where_the_first_stands(api, ticket):
    api.post(path(ticket), BODY)

    response = api.post(path(ticket), BODY)

    assert (response.status_code, response.json()["code"]) == (409, "already_open")
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize(("who", "owner", "code"), [
    ("nordlicht_member", "nordlicht", "not_partner"),
    ("direct_member", "direct", "no_partner"),
    ("agent", "meridian", "not_yours"),
])  # fmt: skip
def test_who_may_not_reads_what_to_do_instead(call_as, cast, who, owner, code):
    own = make_ticket(getattr(cast, owner))

    response = call_as(getattr(cast, who)).post(path(own), BODY)

    assert (response.status_code, response.json()["code"]) == (403, code)
    assert len(response.json()["detail"]) > 30
    assert not Escalation.objects.exists()


def test_a_partner_without_a_tier_may_not(call_as, cast):
    cast.meridian.tier, cast.meridian.growth_manager, cast.meridian.deputy = "", None, None
    cast.meridian.save()

    response = call_as(cast.owner).post(path(make_ticket(cast.meridian)), BODY)

    assert (response.status_code, response.json()["code"]) == (403, "no_tier")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/cause"),
        ({"cause": "late"}, "/reason"),
        ({"cause": "late", "reason": " "}, "/reason"),
        ({"cause": "weather", "reason": "It rains."}, "/cause"),
        ({"cause": 5, "reason": "It rains."}, "/cause"),
        ({**BODY, "partner": 1}, "/partner"),
    ],
)
def test_a_request_without_its_reasons_is_refused_at_them(api, ticket, body, pointer):
    response = api.post(path(ticket), body)

    assert (response.status_code, pointers(response)) == (400, [pointer])
    assert not Escalation.objects.exists()


@pytest.mark.parametrize("who", ["owner", "growth"])
@pytest.mark.parametrize("body", [{}, BODY, {**BODY, "ticket": "TK-222222"}])
def test_without_a_ticket_there_is_none_and_the_problem_says_how_to_file(call_as, cast, who, body):
    response = call_as(getattr(cast, who)).post("escalations/", body)

    problem = response.json()
    assert (response.status_code, problem["code"]) == (405, "no_ticket")
    assert "file one first" in problem["detail"]
    assert problem["tickets"] == f"http://testserver{V1}tickets/"
    assert problem["action"]["url"].endswith("/tickets/new/")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_a_client_reads_without_a_ticket_too_that_it_can_not(call_as, cast):
    response = call_as(cast.direct_member).post("escalations/", BODY)

    assert (response.status_code, response.json()["code"]) == (403, "no_partner")


def test_what_people_wrote_is_not_for_the_client(api, call_as, cast):
    own = make_ticket(cast.nordlicht)
    api.post(path(own), BODY)

    seen = call_as(cast.nordlicht_member).get(path(own)).json()["results"][0]

    assert (seen["state"], seen["reason"]) == ("asked", "")


def test_an_escalation_is_found_under_its_own_ticket_only(api, call_as, cast, ticket):
    pk = api.post(path(ticket), BODY).json()["id"]

    assert call_as(cast.growth).post(path(make_ticket(cast.meridian), f"{pk}/escalate/")).status_code == 404
    assert Escalation.objects.get().asked_at == NOW
