"""A partner writes a ticket: no error, ended session, broken upload or closed browser loses what was typed."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.instants import BERLIN
from tests.journeys.writing import WAMID, choose, fill_in, send
from tests.tickets.web.filling import typed_for
from tickets.models import Draft, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WIDTHS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_error_keeps_everything_and_the_promise_shown_is_the_one_given(people, page_of, width):
    page = page_of(people.owner, viewport=WIDTHS[width])
    choose(page)
    fill_in(page)
    page.fill("#id_phone_number", "030 23125014")
    expect(page.locator("#promise .sev")).to_have_text("Critical")

    send(page)
    expect(page.locator(".summary a")).to_have_count(1)
    expect(page.locator(".summary")).to_be_focused()
    page.locator(".summary a").click()
    expect(page.locator("#id_phone_number")).to_be_focused()
    expect(page.locator("#id_phone_number")).to_have_value("030 23125014")
    expect(page.locator("[id='id_samples.2.message_id']")).to_have_value(f"{WAMID}2")
    assert Axe().run(page).response["violations"] == []
    page.fill("#id_phone_number", "+49 30 23125014")
    shown = page.locator("#promise .big").inner_text()
    send(page)

    page.wait_for_url("**/tickets/TK-*/")
    ticket = Ticket.objects.get()
    due = ticket.promise.due_at.astimezone(BERLIN)
    # A minute may have begun between the page and the filing.
    assert shown in {f"First answer by {at:%H:%M}" for at in (due, due - timedelta(minutes=1))}
    assert ticket.severity == "critical"


def test_what_is_typed_after_the_session_ended_is_there_after_the_sign_in(people, page_of):
    people.owner.set_password("a good long one")
    people.owner.save()
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    choose(page)
    fill_in(page)
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved at")
    Session.objects.all().delete()
    page.fill("#id_subject", "Typed when nobody was signed in")
    page.fill("#id_waba_id", "104996122399161")
    expect(page.locator("[data-saved]")).to_contain_text("You are signed out")

    send(page)
    page.wait_for_url("**/account/login/**")
    page.fill("[name=login]", people.owner.email)
    page.fill("[name=password]", "a good long one")
    page.locator("main button[type=submit]").first.click()

    page.wait_for_url("**/tickets/new/*-*/")
    expect(page.locator("#id_subject")).to_have_value("Typed when nobody was signed in")
    expect(page.locator("#id_waba_id")).to_have_value("104996122399161")
    expect(page.locator("#id_impact_0")).to_be_checked()
    assert Draft.objects.get().answers["subject"] == "Typed when nobody was signed in"


def test_a_closed_browser_loses_nothing(people, page_of):
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    choose(page)
    fill_in(page)
    page.locator("[data-record-add]").click()
    page.fill("[id='id_samples.3.message_id']", f"{WAMID}4")
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved at")
    page.context.close()

    again = page_of(people.owner, viewport=WIDTHS["phone"])
    again.goto(reverse("new_ticket"))
    again.get_by_role("link", name="Continue Late since noon").click()

    expect(again.locator("#id_subject")).to_have_value("Late since noon")
    expect(again.locator("[id='id_samples.3.message_id']")).to_have_value(f"{WAMID}4")


def test_a_file_that_is_refused_says_why_and_can_be_taken_away(people, page_of):
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    choose(page)

    page.set_input_files("#id_files", {"name": "late.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(page.locator(".file.is-failed")).to_contain_text("late.exe can't be taken.")
    expect(page.locator(".file.is-failed")).to_contain_text("1 kB")
    page.locator(".file").get_by_role("button", name="Remove").click()

    expect(page.locator(".file")).to_have_count(0)


def test_an_upload_that_breaks_off_is_tried_again(people, page_of):
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    choose(page)
    page.route("**/files/**", lambda route: route.abort())

    page.set_input_files("#id_files", {"name": "late.png", "mimeType": "image/png", "buffer": PICTURE})
    expect(page.locator(".file.is-failed")).to_contain_text("The upload broke off.")
    page.unroute("**/files/**")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".file progress")).to_have_count(0)  # it is there, not on its way
    expect(page.locator(".file")).to_have_count(1)
    expect(page.locator(".file.is-failed")).to_have_count(0)
    assert [one.name for one in Draft.objects.get().attachments.all()] == ["late.png"]


def test_two_tabs_file_one_ticket(people, page_of):
    first = page_of(people.owner, viewport=WIDTHS["desk"])
    choose(first)
    fill_in(first)
    expect(first.locator("[data-saved]")).to_contain_text("Draft saved at")
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.locator("#promise .big")).to_be_visible()

    send(first)
    first.wait_for_url("**/tickets/TK-*/")
    send(second)
    second.wait_for_url("**/tickets/TK-*/")

    assert first.url == second.url
    assert Ticket.objects.count() == 1


def test_a_question_shows_only_while_it_counts(people, page_of):
    page = page_of(people.owner, viewport=WIDTHS["desk"])
    choose(page, "messaging_stopped")
    expect(page.locator("#id_nothing_arrives")).to_be_hidden()

    page.check("#id_direction_1", force=True)
    expect(page.locator("#id_nothing_arrives")).to_be_visible()

    page.check("#id_direction_0", force=True)
    expect(page.locator("#id_nothing_arrives")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_whole_page_works_without_scripts(people, page_of, width):
    page = page_of(people.owner, viewport=WIDTHS[width], java_script_enabled=False)
    page.goto(f"{reverse('new_ticket')}?{urlencode({'q': 'late'})}")
    page.locator("button[name=topic]").first.click()
    fill_in_without_scripts(page)

    page.locator("button[name=add]").click()
    expect(page.locator("[id='id_samples.3.message_id']")).to_be_visible()
    expect(page.locator("#id_subject")).to_have_value("Three messages did not arrive")
    page.set_input_files("#id_files", {"name": "late.png", "mimeType": "image/png", "buffer": PICTURE})
    page.locator("button[name=preview]").click()

    expect(page.locator(".file-name")).to_have_text("late.png")
    expect(page.locator("#promise .big")).to_contain_text("First answer by")
    send(page)
    page.wait_for_url("**/tickets/TK-*/")
    assert [one.name for one in Ticket.objects.get().attachments.all()] == ["late.png"]


def fill_in_without_scripts(page) -> None:
    typed = typed_for("messaging_delays")
    page.check("#id_impact_0", force=True)
    page.check("#id_workaround_1", force=True)
    page.check("#id_direction_0", force=True)
    for name in ("subject", "phone_number", "waba_id", "description"):
        page.fill(f"#id_{name}", typed[name])
    hour_ago = timezone.now().astimezone(BERLIN) - timedelta(hours=1)
    page.fill("#id_delayed_since", f"{hour_ago:%Y-%m-%dT%H:%M}")
    for row in range(3):
        page.fill(f"[id='id_samples.{row}.message_id']", f"{WAMID}{row}")
        page.fill(f"[id='id_samples.{row}.sent_at']", "00:00:01")
        page.check(f"[id='id_samples.{row}.delivered_at.instead.not_yet']")


@pytest.mark.parametrize("language", ["de", "ru"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(people, page_of, language, theme):
    people.owner.language, people.owner.theme = language, theme
    people.owner.save()
    page = page_of(people.owner, viewport=WIDTHS["phone"])

    page.goto(reverse("new_ticket"))
    topics = Axe().run(page).response["violations"]
    page.locator("button[value=number_porting]").click()
    page.wait_for_url("**/tickets/new/*-*/")
    page.locator("button[form=filing]").click()
    expect(page.locator(".summary")).to_be_visible()
    form = Axe().run(page).response["violations"]

    assert (topics, form) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") == 390
