"""A receiver of webhooks, and an endpoint that posts to it, for the tests that need one."""

from collections.abc import Iterator

import pytest

from tests.cast import NOW, Cast
from tests.tickets.receiver import Receiver, listen, receiving
from tickets.models import WebhookEndpoint


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    """A program of an organisation, on this machine: allowed in this test alone."""
    settings.WEBHOOKS_TO_LOCAL = True
    with receiving() as one:
        yield one


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver) -> WebhookEndpoint:
    """Meridian's endpoint, for everything."""
    return listen(cast.meridian, receiver, by=cast.colleague, now=NOW)[0]
