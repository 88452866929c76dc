"""How a deadline was counted, told alike on the portal's page, on the desk and by the API."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.actions.credentials import issue_token
from accounts.policy.scopes import SCOPES
from tests.cast import berlin, make_ticket

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_page_desk_and_api_explain_a_deadline_across_a_clock_change_in_both_zones(cast):
    filed = berlin(2027, 3, 26, 21)  # Friday, an hour before closing; on Sunday the clocks go forward
    for person in (cast.nordlicht_member, cast.agent):
        person.timezone = "America/Sao_Paulo"
        person.save()
    with time_machine.travel(filed, tick=False):
        ticket = make_ticket(cast.nordlicht_member, "messaging_stopped", now=filed)
        owner, agent = Client(), Client()
        owner.force_login(cast.nordlicht_member)
        agent.force_login(cast.agent)
        told = [text_of(owner, f"/tickets/{ticket.reference}/"), text_of(agent, f"/admin/desk/{ticket.reference}/")]
        _, secret = issue_token(
            name="Ours", user=cast.nordlicht_member, organisation=cast.nordlicht, by=None, now=filed, scopes=SCOPES
        )
        caller = Client(headers={"Authorization": f"Bearer {secret}"})
        said = caller.get(f"/api/v1/tickets/{ticket.reference}/").json()

    for text in told:
        for words in (
            "Fri 26 Mar, 21:00 to 22:00",
            "Fri 26 Mar, 17:00 to 18:00 São Paulo",
            "Mon 29 Mar, 02:00 to 05:00",
            "Sun 28 Mar, 21:00 to 24:00 São Paulo",
            "On Sun 28 Mar the clocks in Berlin go forward by 1 h.",
            "Target, Critical in Standard Support 4 h",
            "Policy 1, in force since",
        ):
            assert words in text
    promise = said["promise"]
    assert sum(span["seconds"] for span in promise["explanation"]) == promise["target_seconds"] == 4 * 3600
    assert [span["starts_at_in_zone"] for span in promise["explanation"]] == [
        "2027-03-26T21:00:00+01:00",
        "2027-03-29T02:00:00+02:00",
    ]
    assert [change["offset_after_seconds"] for change in promise["clock_changes"]] == [7200.0]
    assert (promise["policy_version"], promise["package"]["code"], promise["severity"]) == (1, "standard", "critical")
    assert said["severity_reason"]["text"]
    assert ticket.promise.due_at == berlin(2027, 3, 29, 2) + timedelta(hours=3)
