"""A lead reads the dashboard: pictures that say what their tables say, in both themes, on a phone, without scripts."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from tests.cast import make_ticket
from tests.tickets.figures import end_promises
from tickets.actions.figures import count_closed_hours

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WIDTHS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


@pytest.fixture
def figures(people):
    now = timezone.now()
    end_promises(people, 80, until=now, days=60)
    count_closed_hours(now=now)
    make_ticket(people.owner, now=now - timedelta(days=9))  # late, whatever hour it is


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_dashboard_is_drawn_and_accessible_under_the_strict_policy(people, page_of, figures, width, theme):
    page = page_of(people.lead, viewport=WIDTHS[width], color_scheme=theme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto("/admin/")

    expect(page.locator(".chart canvas")).to_have_count(2)
    assert said == []
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_picture_says_in_words_what_its_table_says(people, page_of, figures):
    page = page_of(people.lead, viewport=WIDTHS["desk"])
    page.goto("/admin/")
    newest = page.locator("#weeks-table tbody tr").first
    plot = page.locator("[data-chart=met] .u-over")
    box = plot.bounding_box()

    plot.hover(position={"x": box["width"] - 12, "y": 30})

    expect(page.locator("[data-chart=met] .chart-said")).to_contain_text(newest.get_attribute("data-label"))
    met = newest.get_attribute("data-met")
    expect(page.locator("[data-chart=met] .chart-said")).to_contain_text(f"{met} % met" if met else "none due")


def test_choosing_a_severity_narrows_the_page_at_once(people, page_of, figures):
    page = page_of(people.lead, viewport=WIDTHS["desk"])
    page.goto("/admin/")

    page.select_option("select[name=severity]", "critical")

    page.wait_for_url("**/admin/?weeks=12&severity=critical")
    expect(page.locator("#severities-table tbody tr")).to_have_count(1)


def test_without_javascript_the_tables_are_there_and_nothing_is_empty(people, page_of, figures):
    page = page_of(people.lead, viewport=WIDTHS["desk"], java_script_enabled=False)

    page.goto("/admin/")

    expect(page.locator("#weeks-table tbody tr")).to_have_count(12)
    expect(page.locator("figure.chart").first).to_be_hidden()
