"""A token of Meridian, and a way to call the API with it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.actions.credentials import issue_token
from accounts.policy.scopes import SCOPES
from tests.cast import Cast


@pytest.fixture(autouse=True)
def own_routes(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.accounts.api.urls"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def make_token(cast: Cast) -> Callable[..., str]:
    def make(**facts: Any) -> str:
        now: datetime = timezone.now()
        owner = {"user": None, "organisation": cast.meridian} if not {"user", "organisation"} & set(facts) else {}
        facts = {"user": None, "organisation": None, "name": "Monitoring", "scopes": SCOPES, **owner, **facts}
        return issue_token(by=cast.colleague, now=now - timedelta(days=1), **facts)[1]

    return make


@pytest.fixture
def api(make_token: Callable[..., str]) -> Client:
    return Client(headers={"Authorization": f"Bearer {make_token()}"})
