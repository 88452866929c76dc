"""Signing in, and moving the clock; the limits of attempts begin anew with each test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import User

PASSWORD = "ein langes Kennwort"


@pytest.fixture(autouse=True)
def no_attempts_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a browser in which a person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backend.RoleBackend")
        return client

    return sign_in


@pytest.fixture
def with_password() -> Callable[[User], User]:
    """Give a person the password of the tests."""

    def give(user: User) -> User:
        user.set_password(PASSWORD)
        user.save()
        return user

    return give


@pytest.fixture
def time_machine_at() -> Callable[..., AbstractContextManager[object]]:
    """Return a way to be so much later than now."""

    def later(**length: float) -> AbstractContextManager[object]:
        return time_machine.travel(datetime.now(UTC) + timedelta(**length), tick=True)

    return later
