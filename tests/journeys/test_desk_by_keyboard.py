"""An agent clears ten tickets without touching the mouse, and the queue keeps what is selected when it comes anew."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actor import actor_for
from tests.tickets.escalating import make_ticket
from tickets.actions.conversation import add_note
from tickets.models import Message, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TICKET = re.compile(r"/admin/desk/TK-\w+/$")


@pytest.fixture
def page(browser, live_server, people):
    visitor = Client()
    visitor.force_login(people.agent)
    context = browser.new_context(base_url=live_server.url, locale="en-GB", timezone_id="Europe/Berlin")
    context.add_cookies([{"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def next_ticket(page) -> Ticket:
    act(page, "n")
    return opened(page)


def opened(page) -> Ticket:
    assert TICKET.search(page.url)
    return Ticket.objects.get(reference=page.url.rstrip("/").rpartition("/")[2])


def act(page, key: str) -> None:
    """Press a key that leads to the page anew, and wait until it is there with its scripts."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def send(page, key: str, text: str) -> None:
    page.keyboard.press(key)
    page.keyboard.type(text)
    act(page, "Control+Enter")


def answer_and_resolve(page) -> None:
    send(page, "a", "Restart the **webhook**, please.")
    expect(page.locator("#composer-body")).to_have_value("")
    act(page, "e")
    expect(page.locator(".head-facts .tag").first).to_have_text("Resolved")


def send_back(page) -> None:
    page.keyboard.press("b")
    expect(page.locator("#dialog-send_back")).to_be_visible()
    act(page, "Enter")  # what is missing is ticked, with a reason in the ticket's language
    expect(page.locator(".head-facts .tag").first).to_have_text("Needs information")


def reclassify(page) -> None:
    page.keyboard.press("s")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#reclassify-preview")).to_contain_text("First response by")
    page.keyboard.press("Tab")
    page.keyboard.type("All shops are closed.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    act(page, "Enter")
    expect(page.locator(".head-facts .sev")).to_contain_text("Critical")


def assign_from_the_queue(page) -> Ticket:
    """Open the first ticket that nobody has, from the queue, and take it."""
    act(page, "q")
    row = page.locator("[data-row]").filter(has_text="nobody").first
    place = page.locator("[data-row]").evaluate_all("(rows, row) => rows.indexOf(row)", row.element_handle())
    for _ in range(place + 1):
        page.keyboard.press("j")
    act(page, "Enter")
    ticket = opened(page)
    assert ticket.assignee is None
    act(page, "m")
    expect(page.locator("#assignee option:checked")).to_have_text("Lena Fischer")
    return ticket


def test_ten_tickets_with_the_keyboard_alone(page, people):
    """Answer, send back, reclassify, assign, resolve, next: all of it, and no mouse."""
    made = timezone.now() - timedelta(minutes=2)
    for _ in range(10):
        make_ticket(people.meridian, now=made)
    page.goto("/admin/desk/")

    worked = []
    for place in range(10):
        ticket = next_ticket(page) if place < 8 else assign_from_the_queue(page)
        worked.append(ticket)
        if place < 4:
            answer_and_resolve(page)
        elif place < 6:
            send_back(page)
        elif place < 8:
            reclassify(page)
        else:
            send(page, "i", "Waits for the relay team.")

    states = {ticket.pk: Ticket.objects.get(pk=ticket.pk) for ticket in worked}
    assert len(states) == 10
    assert all(ticket.assignee == people.agent for ticket in states.values())
    assert [states[ticket.pk].status for ticket in worked[:6]] == ["resolved"] * 4 + ["needs_information"] * 2
    assert [states[ticket.pk].severity for ticket in worked[6:8]] == ["critical"] * 2
    assert Message.objects.filter(ticket__in=worked[8:], kind="note").count() == 2


def test_the_queue_keeps_its_selection_and_place_when_it_comes_anew(page, people):
    first, second = (make_ticket(people.meridian, now=timezone.now(), subject=name) for name in ("One", "Two"))
    page.goto("/admin/desk/")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-selected-count]")).to_have_text("2 selected")
    add_note(first, "Changed meanwhile", by=actor_for(people.lead), now=timezone.now())

    with page.expect_response(lambda response: response.url.endswith("/admin/desk/")):
        page.evaluate("htmx.ajax('GET', '/admin/desk/', {target: '#queue-rows', swap: 'innerHTML'})")

    first.refresh_from_db()
    expect(page.locator(f'input[value="{first.reference}:{first.version}"]')).to_be_checked()
    expect(page.locator("[data-selected-count]")).to_have_text("2 selected")
    expect(page.locator('[data-row][aria-selected="true"]')).to_contain_text("Two")
    page.get_by_label("Assign to").select_option("me")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Assigned to Lena Fischer: 2 tickets")
    second.refresh_from_db()
    assert second.assignee == people.agent


def test_what_is_typed_outlives_a_reload(page, people):
    ticket = make_ticket(people.meridian, now=timezone.now())
    page.goto(f"/admin/desk/{ticket.reference}/")

    page.keyboard.press("i")
    page.keyboard.type("Half a sentence")
    expect(page.locator("[data-saved]")).to_contain_text("Kept at")
    page.reload()

    expect(page.locator("#composer-body")).to_have_value("Half a sentence")
    expect(page.locator("input[value=note]")).to_be_checked()
