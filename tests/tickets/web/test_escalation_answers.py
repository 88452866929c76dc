"""One rule: the page and the API refuse an escalation with the same sentence, and neither leaves a trace."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions.credentials import issue_token
from accounts.actor import actor_for
from tests.tickets.escalating import make_ticket
from tickets.actions import escalations
from tickets.models import Escalation, Follower

WANTED = {"cause": "late", "reason": "The shop is closed until it works."}


@pytest.mark.parametrize(
    ("who", "owner", "facts", "status"),
    [
        ("owner", "meridian", {"status": "needs_information"}, 409),
        ("owner", "azul", {"status": "resolved"}, 409),
        ("owner", "meridian", {"status": "closed"}, 409),
        ("owner", "meridian", {"status": "withdrawn"}, 409),
        ("nordlicht_member", "nordlicht", {}, 403),
        ("nordlicht_member", "nordlicht", {"is_confidential": True}, 403),
        ("direct_member", "direct", {}, 403),
        ("agent", "meridian", {}, 403),
        ("lead", "meridian", {}, 403),
        ("growth", "azul", {"status": "needs_information"}, 409),
        ("outsider", "meridian", {}, 404),
        ("other_growth", "meridian", {}, 404),
    ],
)
def test_page_and_api_refuse_with_the_same_sentence(cast, client, who, owner, facts, status):
    ticket = make_ticket(getattr(cast, owner), now=timezone.now() - timedelta(minutes=5), **facts)
    person = getattr(cast, who)
    _, token = issue_token(
        user=person, organisation=actor_for(person).organisation, name="test", by=None, now=timezone.now()
    )

    api = client.post(
        f"/api/v1/tickets/{ticket.reference}/escalations/", WANTED, content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip
    client.force_login(person)
    page = client.post(reverse("escalate", args=[ticket.reference]), WANTED)

    assert (page.status_code, api.status_code) == (status, status)
    if status != 404:
        assert api.json()["detail"] in html.unescape(page.content.decode())
    assert not Escalation.objects.exists()


def test_who_asks_and_who_escalates_are_told_of_the_ticket_from_then_on(cast):
    ticket = make_ticket(cast.azul, now=timezone.now() - timedelta(minutes=5))

    made = escalations.ask(ticket, **WANTED, by=actor_for(cast.owner), now=timezone.now())
    escalations.escalate(made, by=actor_for(cast.growth), now=timezone.now())

    assert set(Follower.objects.filter(ticket=ticket).values_list("user", flat=True)) == {cast.owner.pk, cast.growth.pk}
