"""The desk at a fixed instant, and a way to post to it as an agent who looked at a ticket a moment ago."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.cast import NOW, answer_ticket, make_ticket
from tickets.models import Ticket


class Clock:
    """What the views take for the present; tests move it."""

    def __init__(self) -> None:
        self.now = NOW


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The present is `tests.cast.NOW` until a test moves it; nothing of an earlier test is cached."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    cache.clear()
    return clock


@pytest.fixture
def desk(client: Any, cast: Any, clock: Clock) -> Any:
    """The test client, signed in as the agent."""
    client.force_login(cast.agent)
    return client


def seen(ticket: Ticket) -> dict[str, Any]:
    """Return what a form of the ticket's page carries: the version and the last event that the agent saw."""
    ticket.refresh_from_db()
    return {"version": ticket.version, "seen": ticket.seq}


Post = Callable[..., Any]


@pytest.fixture
def post(desk: Any) -> Post:
    """Post a form of a ticket's page, as the agent saw it."""

    def send(ticket: Ticket, act: str, **fields: Any) -> Any:
        return desk.post(f"/admin/desk/{ticket.reference}/{act}/", {**seen(ticket), **fields})

    return send


@pytest.fixture
def ticket(cast: Any) -> Ticket:
    """A new ticket of Meridian's, whose clock runs."""
    return make_ticket(cast.owner)


@pytest.fixture
def answered(cast: Any) -> Ticket:
    """A ticket that got its first response from the agent."""
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    return ticket


def page_of(desk: Any, ticket: Ticket) -> str:
    """Return the ticket's page as the agent gets it."""
    return desk.get(f"/admin/desk/{ticket.reference}/").content.decode()
