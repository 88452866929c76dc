"""An admin adds an endpoint and sees how deliveries went: without scripts, in every state, for everybody's eyes."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from tests.cast import make_ticket
from tests.tickets.receiver import listen, receiving
from tickets.actions import webhooks
from tickets.actions.webhook_delivery import deliver_webhooks
from tickets.models import WebhookEndpoint

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_TO_LOCAL = True
    with receiving() as one:
        yield one


def test_an_endpoint_is_added_tested_and_replayed_without_scripts(people, page_of, receiver):
    page = page_of(people.colleague, viewport=PHONE, java_script_enabled=False)
    page.goto("/organisation/")
    page.get_by_role("link", name="Add an endpoint").click()
    page.get_by_label("Address").fill("hooks.example.com")
    page.get_by_role("button", name="Add the endpoint").click()
    expect(page.get_by_role("link", name="Write a whole address")).to_be_visible()
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Add the endpoint").click()
    secret = page.locator("#secret").inner_text()

    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("button", name="Send a test").click()
    deliver_webhooks(timezone.now)
    page.reload()
    page.get_by_role("button", name="Send again").click()
    deliver_webhooks(timezone.now)

    assert [one.verified(secret)["type"] for one in receiver.got] == ["webhook.test"] * 2
    assert len(set(receiver.ids)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("viewport", "language"), [(DESK, "en"), (PHONE, "de"), (PHONE, "ru")])
def test_every_page_of_webhooks_is_accessible_in_every_state(people, page_of, receiver, scheme, viewport, language):
    people.colleague.language = language
    people.colleague.save()
    now = timezone.now()
    paths = ["/organisation/", "/organisation/webhooks/new/"]
    for state in ("empty", "works", "failing", "off"):
        endpoint, _secret = listen(people.meridian, receiver, by=people.colleague, now=now, path=f"?{state}")
        paths.append(f"/organisation/webhooks/{endpoint.pk}/")
        if state == "empty":
            continue
        receiver.answer = {"works": 200, "failing": 503, "off": 410}[state]
        webhooks.send_test(endpoint, now=now)
        deliver_webhooks(timezone.now)
    make_ticket(people.owner, now=now)
    WebhookEndpoint.objects.filter(url__endswith="failing").update(paused_until=now + timedelta(hours=1))
    receiver.answer = 200
    deliver_webhooks(timezone.now)
    paths += [f"{paths[-1]}{more}/" for more in ("change", "secret", "remove")]
    page = page_of(people.colleague, viewport=viewport, color_scheme=scheme)

    found = {}
    for path in paths:
        page.goto(path)
        look(page, path, found)
    page.goto("/organisation/webhooks/new/")
    page.locator("input[name=url]").fill("https://me:pass@hooks.example.com:22/")
    page.locator("main button[type=submit]").click()
    look(page, "refused", found)

    assert found == {}


def look(page, name: str, found: dict) -> None:
    """Note what axe finds, and whether the page is wider than the window."""
    violations = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if violations or overflow > 0:
        found[name] = (violations, overflow)
