"""A partner looks for a ticket, reads it, writes on it and ends it: with the keyboard, live, and without scripts."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.cast import answer_ticket, make_ticket
from tickets.models import Message, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WIDTHS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


def filed(person, minutes=30, **answers):
    return make_ticket(person, now=timezone.now() - timedelta(minutes=minutes), **answers)


def page_path(ticket) -> str:
    return reverse("ticket", args=[ticket.reference])


def test_list_is_worked_with_the_keyboard_and_found_again_by_its_address(people, page_of):
    filed(people.owner, 50, subject="Invoice is wrong")
    wanted = filed(people.owner, 40, subject="Webhook is silent")
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    page.goto("/")

    page.keyboard.press("/")
    page.keyboard.type("webhook")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("#list-status")).to_have_text("1 ticket")
    assert page.url.endswith("/?q=webhook")
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("#search")).to_have_value("webhook")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{page_path(wanted)}")
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.keyboard.press("c")
    page.wait_for_url(f"**{reverse('new_ticket')}")


def test_new_message_appears_by_itself_and_what_is_typed_stays(people, page_of):
    ticket = filed(people.owner)
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    page.goto(page_path(ticket))
    page.locator("#composer-body").fill("I am still typing")

    answer_ticket(Ticket.objects.get(pk=ticket.pk), people.agent, now=timezone.now(), body="A **limit** applies.")

    expect(page.locator(".msg strong")).to_have_text("limit", timeout=15_000)
    expect(page.locator("#announce")).to_have_text("New message from Lena Fischer")
    expect(page.locator("#ticket-promise .big")).to_contain_text("Kept")
    expect(page.locator("#composer-body")).to_have_value("I am still typing")
    expect(page.locator(".msg")).to_have_count(2)


def test_text_is_there_again_after_the_session_ended(people, page_of):
    people.owner.set_password("a long password of mine")
    people.owner.save()
    ticket = filed(people.owner)
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    page.goto(page_path(ticket))
    page.locator("#composer-body").fill("Words that took a while")
    Session.objects.all().delete()

    page.keyboard.press("Control+Enter")
    page.locator("input[name=login]").fill(people.owner.email)
    page.locator("input[name=password]").fill("a long password of mine")
    page.keyboard.press("Enter")

    expect(page.locator("#composer-body")).to_have_value("Words that took a while")
    page.locator("#composer-body").press("Control+Enter")
    expect(page.locator(".msg").last).to_contain_text("Words that took a while")
    expect(page.locator("#composer-body")).to_have_value("")
    assert Message.objects.count() == 1


def test_file_whose_upload_broke_off_is_tried_again(people, page_of, tmp_path: Path):
    ticket = filed(people.owner)
    log = tmp_path / "log.txt"
    log.write_text("GET /hook 200\n")
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    page.goto(page_path(ticket))
    upload = f"**{reverse('message_files', args=[ticket.reference])}"
    page.route(upload, lambda route: route.abort())

    page.locator("#composer input[type=file]").set_input_files(log)
    expect(page.locator("#composer .file.is-failed")).to_contain_text("The upload broke off.")
    page.unroute(upload)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#composer input[name=files]")).to_have_count(1)
    page.get_by_role("button", name="Send").click()

    expect(page.locator(".msg").last).to_contain_text("log.txt")


def test_preview_shows_the_message_and_goes_back_to_the_text(people, page_of):
    ticket = filed(people.owner)
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    page.goto(page_path(ticket))
    page.locator("#composer-body").fill("It is **here**")

    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview] strong")).to_have_text("here")
    page.get_by_role("button", name="Preview").click()

    expect(page.locator("#composer-body")).to_be_focused()


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_works_without_scripts(people, page_of, tmp_path: Path, width):
    ticket = filed(people.owner, subject="Webhook is silent")
    answer_ticket(ticket, people.agent, now=timezone.now())
    log = tmp_path / "log.txt"
    log.write_text("GET /hook 200\n")
    page = page_of(people.owner, viewport=WIDTHS[width], java_script_enabled=False)

    page.goto("/")
    page.locator("#search").fill("webhook")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Webhook is silent").click()
    page.locator("#composer-body").fill("See the log.")
    page.locator("#composer input[type=file]").set_input_files(log)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".msg").last).to_contain_text("log.txt")
    page.get_by_role("button", name="Mark as resolved").click()
    page.get_by_role("button", name="Well").click()

    expect(page.locator(".toast")).to_contain_text("Thank you.")
    after = Ticket.objects.get(pk=ticket.pk)
    assert (after.status, after.satisfaction) == ("resolved", 3)
