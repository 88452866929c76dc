"""What every journey begins with: the policy, the people, and a browser for each of them."""

import pytest
from django.test import Client

from tests.cast import make_cast
from tests.shipped_policy import load_shipped_policy


@pytest.fixture
def people():
    load_shipped_policy()
    return make_cast()


@pytest.fixture
def page_of(browser, live_server):
    """Return a function that gives a page on which a person is signed in."""
    opened = []

    def open_page(person, **options):
        visitor = Client()
        visitor.force_login(person)
        context = browser.new_context(base_url=live_server.url, timezone_id="Europe/Berlin", **options)
        cookie = {"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()
