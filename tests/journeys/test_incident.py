"""An incident through two browsers: declared, seen by who files, answered to all at once, over and told."""

from time import sleep

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from tests.cast import make_ticket
from tickets.actions import incidents
from tickets.models import Incident, IncidentSubscription, Message
from tickets.notifications.delivery import deliver_due

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def sound(page) -> None:
    # What htmx puts in fades in: half faded it has half of its contrast.
    page.wait_for_function(
        "() => !document.querySelector('.htmx-request, .htmx-added, .htmx-settling') && "
        "document.getAnimations().every(one => one.playState !== 'running')"
    )
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_incident_from_its_declaration_to_its_end(page_of, people):
    tickets = [make_ticket(people.owner, "messaging_delays", now=timezone.now()) for _ in range(2)]
    people.outsider.language = "de"
    people.outsider.save()
    support, partner = page_of(people.agent), page_of(people.outsider)

    support.goto("/admin/incidents/")
    sound(support)
    support.get_by_role("link", name="Declare an incident").click()
    support.get_by_label("Title, English").fill("Receipts arrive late")
    support.get_by_label("What is known, and what to do meanwhile, English").fill("Nothing is lost.")
    support.get_by_text("Other languages").click()
    support.get_by_label("Title, Deutsch").fill("Bestätigungen kommen zu spät")
    sound(support)
    support.get_by_role("button", name="Declare").click()
    expect(support.get_by_role("heading", name="Receipts arrive late")).to_be_visible()
    incident = Incident.objects.get()
    for ticket in tickets:
        support.goto(f"/admin/desk/{ticket.reference}/")
        support.get_by_role("button", name="Mark").click()
        expect(support.get_by_role("button", name="Not part of it")).to_be_visible()

    partner.goto("/tickets/new/")
    sound(partner)
    partner.locator("button[value=messaging_delays]").click()
    partner.locator("#id_subject").fill("Halb geschrieben")
    expect(partner.get_by_role("heading", name="Bestätigungen kommen zu spät")).to_be_visible()
    partner.get_by_role("button", name="Das betrifft uns: benachrichtigen, wenn es vorbei ist").click()
    expect(partner.locator(".incident-await")).to_contain_text("Sie bekommen eine E-Mail, wenn es vorbei ist.")
    expect(partner.locator("#id_subject")).to_have_value("Halb geschrieben")
    sound(partner)
    assert IncidentSubscription.objects.get().user == people.outsider

    support.goto(f"/admin/incidents/{incident.pk}/")
    sound(support)
    support.get_by_label("Answer, English").fill("All receipts are here.")
    support.get_by_role("button", name="Send to all tickets").click()
    expect(support.locator(".toast")).to_contain_text("Sent to 2 tickets")
    support.get_by_text("Conclude…").click()
    support.get_by_label("What it was, English").fill("A relay was stuck.")
    sound(support)
    support.get_by_role("button", name="It is over").click()
    expect(support.locator(".toast")).to_contain_text("1 person is told")
    sound(support)

    deliver_due(timezone.now)
    assert Message.objects.filter(body="All receipts are here.", is_answer=True).count() == 2
    assert [one.subject for one in mail.outbox if one.to == [people.outsider.email]] == [
        "Vorbei: Bestätigungen kommen zu spät"
    ]


def test_a_second_click_while_a_form_is_on_its_way_sends_it_once(page_of, people, monkeypatch):
    declare = incidents.declare

    def slowly(*args, **how):
        sleep(1)
        return declare(*args, **how)

    monkeypatch.setattr(incidents, "declare", slowly)
    support = page_of(people.agent)
    support.goto("/admin/incidents/new/")
    support.get_by_label("Title, English").fill("Receipts arrive late")
    support.get_by_label("What is known, and what to do meanwhile, English").fill("Nothing is lost.")

    button = support.get_by_role("button", name="Declare")
    button.scroll_into_view_if_needed()
    place = button.bounding_box()
    for _ in range(2):
        support.mouse.click(place["x"] + 5, place["y"] + 5)
        sleep(0.3)

    expect(support.get_by_role("heading", name="Receipts arrive late")).to_be_visible()
    support.wait_for_timeout(1500)
    assert Incident.objects.count() == 1
