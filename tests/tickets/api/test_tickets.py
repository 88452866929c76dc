"""File, read and list tickets through the API."""

from datetime import timedelta

from tests.instants import NOW
from tests.tickets.api.calling import ticket_body
from tickets.models import Ticket


def test_filing_makes_the_ticket_and_its_promise(api, cast, policy):
    response = api.post("tickets/", ticket_body(policy.policy, impact="halted", workaround=False))

    assert response.status_code == 201, response.json()
    body = response.json()
    ticket = Ticket.objects.get()
    assert response["Location"] == body["url"] == f"http://testserver/api/v1/tickets/{ticket.reference}/"
    assert (ticket.organisation, ticket.filed_by, ticket.severity) == (cast.meridian, cast.owner, "critical")
    assert body["promise"]["due_at"] == (NOW + timedelta(minutes=30)).isoformat()
    assert body["promise"]["state"] == "running"
    assert sum(span["seconds"] for span in body["promise"]["explanation"]) == 30 * 60
    assert body["warnings"] == []
    assert api.get(f"tickets/{ticket.reference}/").json() == {k: v for k, v in body.items() if k != "warnings"}


def test_what_looks_odd_is_filed_and_named(api, policy):
    body = ticket_body(policy.policy)
    body["fields"]["waba_id"] = "1049961223"

    response = api.post("tickets/", body)

    assert response.status_code == 201
    assert [(one["pointer"], one["code"]) for one in response.json()["warnings"]] == [("/fields/waba_id", "unusual")]
    assert Ticket.objects.get().answers["waba_id"] == "1049961223"
