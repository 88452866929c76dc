"""Four people lead an escalation from the wish to its outcome, each in a browser of their own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import make_cast
from tests.shipped_policy import load_shipped_policy
from tests.tickets.escalating import make_ticket
from tickets.models import Draft, Escalation

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    load_shipped_policy()
    people = make_cast()
    for person, language in ((people.owner, "de"), (people.growth, "en")):
        person.language = language
        person.save()
    return people


def ticket_of(organisation, **facts):
    return make_ticket(organisation, now=timezone.now() - timedelta(minutes=5), **facts)


def test_partner_asks_manager_escalates_lead_acknowledges_and_concludes(people, page_of):
    ticket = ticket_of(people.azul)
    asks, decides, leads = page_of(people.owner), page_of(people.growth), page_of(people.lead)

    asks.goto(reverse("ticket", args=[ticket.reference]))
    asks.locator(f'#escalation a[href="{reverse("escalate", args=[ticket.reference])}"]').click()
    asks.get_by_label("Es geht nicht voran").check()
    asks.locator("textarea[name=reason]").fill("Der Laden steht still.")
    asks.locator("main form button[type=submit]").click()
    asks.wait_for_url("**" + reverse("ticket", args=[ticket.reference]))

    decides.goto(reverse("manager_desk"))
    request = decides.locator("article", has_text=ticket.reference)
    assert "Der Laden steht still." in request.inner_text()
    assert "Nothing moves forward" in request.inner_text()
    request.locator('button[value="escalate"]').click()
    decides.wait_for_url("**" + reverse("manager_desk"))

    leads.goto(reverse("admin:escalations"))
    line = leads.locator("tr", has_text=ticket.reference)
    line.get_by_role("button", name="Acknowledge").click()
    line.get_by_text("Conclude…").click()
    line.locator("textarea").fill("A second agent took it.")
    line.get_by_role("button", name="Conclude").click()
    leads.get_by_text("is concluded").wait_for()

    asks.reload()
    shown = asks.locator("#escalation").inner_text()
    for name in ("Marta Klein", "Jonas Brandt", "A second agent took it."):
        assert name in shown
    made = Escalation.objects.get()
    assert (made.state, made.cause, made.asked_by, made.decided_by) == (
        "concluded", "no_progress", people.owner, people.growth,
    )  # fmt: skip


def test_client_reads_whom_to_ask_and_an_incomplete_ticket_what_to_do(people, page_of):
    ticket, sent_back = ticket_of(people.nordlicht), ticket_of(people.meridian, status="needs_information")

    of_client, of_partner = page_of(people.nordlicht_member), page_of(people.colleague)
    of_client.goto(reverse("ticket", args=[ticket.reference]))
    of_partner.goto(reverse("escalate", args=[sent_back.reference]))

    assert "Your partner can ask for it" in of_client.locator("#escalation").inner_text()
    assert of_client.locator("#escalation button, #escalation a.btn").count() == 0
    assert "Complete it" in of_partner.locator("main").inner_text()


def test_wish_without_a_ticket_becomes_a_draft_with_its_text(people, page_of):
    page = page_of(people.colleague)

    page.goto(reverse("escalate_without_ticket"))
    page.locator("main textarea").fill("Nothing is sent since noon.")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/tickets/new/**")

    assert Draft.objects.get().answers["description"] == "Nothing is sent since noon."
    assert Escalation.objects.count() == 0
