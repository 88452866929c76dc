"""Takes pictures of the running demonstration's pages into screenshots/: start `make demo` first.

Every screen is taken wide and as on a phone, light and dark. The README's pictures are four of these, cut to the window
and written anew by every run, so that they show what there is.
"""

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browsers import chromium  # noqa: E402  found from the root

FOLDER = ROOT / "screenshots"
SITE = os.environ.get("SITE_URL", "http://127.0.0.1:8000")
WIDE, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}
FIRST_ROW, NEW_FORM = "first row", "new form"
README = ROOT / "tests" / "pictures"
# The README's pictures: the screen, how it is shown, and the picture's name.
SHOWN = {
    ("ticket", ""): "ticket.png",
    ("new-ticket-form", ""): "new-ticket.png",
    ("queue", "-dark"): "queue.png",
    ("tickets", "-phone"): "phone.png",
}

# Who sees it (None: a visitor), the picture's name, and the page: an address, a list's first ticket, or a new form.
PAGES = (
    (None, "sign-in", "/"),
    (None, "support-hours", "/support-hours/"),
    ("partner@example.com", "tickets", "/"),
    ("partner@example.com", "tickets-waiting", "/?view=support"),
    ("partner@example.com", "ticket", FIRST_ROW),
    ("partner@example.com", "new-ticket", "/tickets/new/"),
    ("partner@example.com", "new-ticket-form", NEW_FORM),
    ("partner@example.com", "organisation", "/organisation/"),
    ("partner@example.com", "settings", "/settings/"),
    ("partner@example.com", "notifications", "/settings/notifications/"),
    ("partner@example.com", "components", "/demo/components/"),
    ("growth@example.com", "growth-desk", "/desk/"),
    ("agent@example.com", "queue", "/admin/desk/"),
    ("agent@example.com", "desk-ticket", FIRST_ROW),
    ("lead@example.com", "escalations", "/admin/escalations/"),
    ("lead@example.com", "timers", "/admin/timers/"),
    ("lead@example.com", "deliveries", "/admin/outbox/"),
    ("admin@example.com", "admin", "/admin/"),
    ("admin@example.com", "policy", "/admin/policy/"),
)


def main() -> int:
    """Return the exit status: 1 when no demonstration answers."""
    if not _answers():
        print(f"Nothing answers at {SITE}. Start the demonstration in another terminal: make demo")
        return 1
    path = chromium()
    if path is None:
        print("No browser is installed: apt-get install chromium")
        return 1
    FOLDER.mkdir(exist_ok=True)
    README.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        for person in dict.fromkeys(person for person, _, _ in PAGES):
            pages = [(name, where) for who, name, where in PAGES if who == person]
            _take(browser, person, pages, suffix="", viewport=WIDE, scheme="light")
            _take(browser, person, pages, suffix="-dark", viewport=WIDE, scheme="dark")
            _take(browser, person, pages, suffix="-phone", viewport=PHONE, scheme="light")
            _take(browser, person, pages, suffix="-phone-dark", viewport=PHONE, scheme="dark")
        browser.close()
    print(f"Pictures are in {FOLDER.relative_to(ROOT)}/")
    return 0


def _take(browser: Browser, person: str | None, pages: list[tuple[str, str]], **how: str | dict[str, int]) -> None:
    context = browser.new_context(
        viewport=how["viewport"], color_scheme=how["scheme"], locale="en-GB", timezone_id="Europe/Berlin"
    )
    page = context.new_page()
    if person:
        _sign_in(page, person)
    for name, where in pages:
        _go(page, where)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{name}{how['suffix']}.png", full_page=True)
        if (name, how["suffix"]) in SHOWN:
            _keep(page, README / SHOWN[name, how["suffix"]])
    context.close()


def _keep(page: Page, path: Path) -> None:
    """Write what the window shows, in few colours: the repository keeps each picture that ever was."""
    page.screenshot(path=path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(192, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def _sign_in(page: Page, person: str) -> None:
    page.goto(f"{SITE}/account/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", "demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def _go(page: Page, where: str) -> None:
    if where == NEW_FORM:
        _new_form(page)
        return
    if where != FIRST_ROW:
        page.goto(f"{SITE}{where}")
        return
    desk = "/admin/" in page.url
    link = page.locator("a[href*='/admin/desk/TK-']" if desk else "a[href^='/tickets/TK-']").first
    page.goto(f"{SITE}{link.get_attribute('href')}")


def _new_form(page: Page) -> None:
    """Begin a ticket, far enough to be shown its promise."""
    page.goto(f"{SITE}/tickets/new/")
    page.locator("button[value=messaging_delays]").click()
    page.wait_for_url("**/tickets/new/*-*/")
    page.check("#id_impact_0", force=True)
    page.check("#id_workaround_1", force=True)
    page.fill("#id_subject", "Messages arrive an hour late since noon")
    page.locator("#promise .sev").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


def _answers() -> bool:
    try:
        urllib.request.urlopen(f"{SITE}/healthz", timeout=5)
    except (urllib.error.URLError, OSError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
