"""Signing in for the tests of pages; the limits of attempts begin anew with each test."""

from collections.abc import Callable, Iterator

import pytest
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
