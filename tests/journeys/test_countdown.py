"""What a countdown writes in the browser is what the server wrote: one rule for both."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Page

from tickets.wording import late_by, time_left

pytestmark = pytest.mark.browser

COUNTDOWN = Path(settings.BASE_DIR) / "static/js/countdown.js"
MINUTES = (1, 59, 60, 61, 65, 119, 120, 130, 1440, 1445)


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_a_countdown_says_in_the_browser_what_the_server_said(page: Page, language):
    with translation.override(language):
        left = [(60 * minutes, time_left(timedelta(minutes=minutes))) for minutes in MINUTES]
        late = [(-60 * minutes, late_by(timedelta(minutes=minutes))) for minutes in MINUTES]
        shown = [
            render_to_string("components/_due.html", {"text": "", "due": {"left_seconds": seconds, "running": True}})
            for seconds, _ in (*left, *late)
        ]
        sentences = render_to_string("components/_due_words.html")
    page.set_content(f"<body {sentences}>{''.join(shown)}</body>")

    page.add_script_tag(content=COUNTDOWN.read_text(), type="module")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    assert page.locator("[data-due]").all_inner_texts() == [words for _, words in (*left, *late)]
