"""Callers of the API: a token for anybody of the cast, at the fixed instant of the tests."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actions.credentials import issue_token
from accounts.models import Membership, Organisation, User
from accounts.policy.scopes import SCOPES
from tests.cast import Cast
from tests.instants import NOW
from tests.tickets.api.calling import Caller

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def fixed_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        cache.clear()
        yield


@pytest.fixture(autouse=True)
def no_limit(settings: Any) -> None:
    """Let a test ask as often as it needs; the limit has a test of its own."""
    rates = {"DEFAULT_THROTTLE_RATES": {"token": "1000000/min"}}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, **rates}


@pytest.fixture
def call_as(cast: Cast) -> Callable[..., Caller]:
    """Return a caller with a token of a person or of an organisation."""

    def make(owner: User | Organisation, scopes: tuple[str, ...] = SCOPES) -> Caller:
        if isinstance(owner, Organisation):
            facts: dict[str, Any] = {"user": None, "organisation": owner}
        else:
            membership = Membership.objects.filter(user=owner).first()
            facts = {"user": owner, "organisation": membership.organisation if membership else None}
        _token, secret = issue_token(name="Monitoring", by=None, now=NOW, scopes=scopes, **facts)
        return Caller(Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False))

    return make


@pytest.fixture
def api(cast: Cast, call_as: Callable[..., Caller]) -> Caller:
    """Return a caller with a token of Ana, member of Meridian."""
    return call_as(cast.owner)


@pytest.fixture
def png() -> Callable[..., SimpleUploadedFile]:
    """Return a maker of small pictures."""

    def make(name: str = "error.png", content: bytes = PNG) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    return make
