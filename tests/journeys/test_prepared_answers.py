"""An agent answers with a prepared text by keyboard; what has no value on the ticket is selected to be written."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from tests.tickets.escalating import make_ticket
from tickets.models import Message, PreparedAnswer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_prepared_answer_is_found_filled_in_and_sent_without_the_mouse(page_of, people):
    for number in range(3):
        PreparedAnswer.objects.create(name=f"Other {number}", texts={"en": "Something else."})
    later = PreparedAnswer.objects.create(
        name="With Meta", texts={"en": "{reference} is with Meta until {next_update}."}
    )
    ticket = make_ticket(people.meridian, now=timezone.now())
    page = page_of(people.agent)
    page.goto(f"/admin/desk/{ticket.reference}/")

    page.keyboard.press("a")
    page.keyboard.type("Good morning.")
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.locator("[data-prepared-search]")).to_be_focused()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("ArrowDown")
    page.keyboard.type("with META")
    expect(page.locator('#prepared-list li[aria-selected="true"]')).to_contain_text("With Meta")
    page.keyboard.press("Enter")
    expect(page.locator("[data-prepared-used]")).to_contain_text("{next_update} has no value on this ticket")
    page.keyboard.type("Friday")  # over what is selected
    assert Axe().run(page).violations_count == 0
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    message = Message.objects.get()
    assert message.body == f"Good morning.\n{ticket.reference} is with Meta until Friday."
    assert message.prepared == later


def test_escape_leaves_the_list_and_a_slash_within_a_line_is_a_slash(page_of, people):
    PreparedAnswer.objects.create(name="One", texts={"en": "One."})
    ticket = make_ticket(people.meridian, now=timezone.now())
    page = page_of(people.agent)
    page.goto(f"/admin/desk/{ticket.reference}/")

    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.keyboard.type("and/or")

    expect(page.locator("#composer-body")).to_have_value("and/or")
    expect(page.locator("[data-prepared]")).to_be_hidden()
