"""No page has an error of HTML or a barrier to people, in any state, light or dark."""

import json
import mimetypes
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route

from tests.checkers import html_checker
from tests.journeys.pages import Shown, every_page, main_pages, stock_pages

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SITE = "http://portal.test"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def test_no_page_has_an_error_of_html(cast, tmp_path: Path):
    checker = html_checker()
    if checker is None:
        pytest.skip("Java or the HTML checker is missing: apt-get install default-jre-headless npm, then make test")
    pages = {f"{number:03}.html": shown for number, shown in enumerate(every_page(cast))}
    for file, shown in pages.items():
        (tmp_path / file).write_text(shown.html, encoding="utf-8")

    came = subprocess.run(
        [*checker, "--format", "json", "--errors-only", "--exit-zero-always", str(tmp_path)],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip

    found = json.loads(came.stderr)["messages"]
    wrong = [f"{pages[Path(one['url']).name].name}: {one['message']} {one.get('extract', '')}" for one in found]
    assert wrong == []
    assert len(pages) > 80


# What is placed by itself, pulled out on purpose, or within something that scrolls or cuts, may.
STICKS_OUT = """() => [...document.querySelectorAll("main *")].filter((one) => {
    const box = one.getBoundingClientRect(), around = one.parentElement.getBoundingClientRect();
    if (!box.width || !around.width || box.right <= around.right + 2) return false;
    const { position, marginLeft, marginRight } = getComputedStyle(one);
    if (position === "absolute" || position === "fixed" || one.closest("svg, dialog, .sr-only")) return false;
    if (parseFloat(marginLeft) < 0 || parseFloat(marginRight) < 0) return false;
    let up = one.parentElement;
    while (up && getComputedStyle(up).overflowX === "visible") up = up.parentElement;
    return !up;
}).slice(0, 5).map((one) => `${one.localName}.${one.className} sticks out of ${one.parentElement.className}`)"""


@pytest.fixture
def blocked(page: Page) -> list[str]:
    """Return what the content policy kept the page that is shown from loading or running."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if "Content Security Policy" in said.text else None)
    return found


@pytest.fixture
def show(page: Page, blocked: list[str]) -> Callable[[Shown], None]:
    """Return a function that opens a page as it was answered; only the static files come from outside of it."""
    now: list[Shown] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("?")[0]
        file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
        if path == "/page":
            policy = {"Content-Security-Policy": now[-1].policy} if now[-1].policy else {}
            route.fulfill(body=now[-1].html, headers={"Content-Type": "text/html; charset=utf-8", **policy})
        elif file:
            route.fulfill(path=file, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")
        else:
            route.abort()

    page.route("**/*", answer)

    def open_page(shown: Shown) -> None:
        now.append(shown)
        blocked.clear()
        page.goto(f"{SITE}/page", wait_until="load")
        page.evaluate(AXE_SCRIPT)

    return open_page


def barriers(page: Page, *rules: str) -> list[str]:
    """Return what axe finds, by its own rules or by those named; it has to be on the page, as `show` puts it there."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found: list[str] = page.evaluate(
        """async (options) => (await axe.run({...options, resultTypes: ["violations"]})).violations.flatMap(
            (one) => one.nodes.slice(0, 2).map((node) => `${one.id}: ${node.html.slice(0, 160)}`))""",
        options,
    )
    return found


def overflow(page: Page) -> list[str]:
    """Say by how much a page is wider than its window, and what in it is wider than what it stands in."""
    pixels = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    too_wide = [f"{pixels} px wider than {page.viewport_size}"] if pixels > 0 else []
    return too_wide + [f"{one} at {page.viewport_size}" for one in page.evaluate(STICKS_OUT)]


@pytest.mark.browser
def test_no_page_has_a_barrier_in_light_or_dark_and_the_portal_fits_a_phone(cast, page: Page, show, blocked):
    found = {}
    for shown in every_page(cast):
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        show(shown)
        wrong = list(blocked)  # before axe, which is no part of the page
        # What is folded away is part of the page, but for menus, which lie over it.
        page.evaluate("for (const one of document.querySelectorAll('main details:not([data-menu])')) one.open = true")
        wrong += barriers(page) + overflow(page)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        wrong += barriers(page, "color-contrast")  # only colours differ in the dark
        page.set_viewport_size(PHONE)
        if "/admin/" not in shown.name:
            wrong += overflow(page)
        if wrong:
            found[shown.name] = wrong

    assert found == {}


@pytest.mark.browser
def test_the_content_policy_blocks_nothing_of_the_pages_about_tables(cast, page: Page, show, blocked):
    found = {}
    for shown in stock_pages(cast):
        show(shown)
        if blocked:
            found[shown.name] = list(blocked)

    assert found == {}


@pytest.mark.browser
@pytest.mark.parametrize("language", ["de", "ru"])
def test_the_main_pages_have_no_barrier_and_fit_a_phone_in_long_languages(cast, page: Page, show, language):
    page.set_viewport_size(PHONE)
    found = {}
    for shown in main_pages(cast, language):
        show(shown)
        assert f'<html lang="{language}"' in shown.html
        if wrong := barriers(page) + overflow(page):
            found[shown.name] = wrong

    assert found == {}
