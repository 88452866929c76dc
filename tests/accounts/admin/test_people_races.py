"""Administrators who change each other at the same moment, on the database that production uses."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from accounts.admin.people import PersonForm
from accounts.models import User
from tests.cast import make_administrator

pytestmark = [pytest.mark.postgresql, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_administrators_cannot_take_each_others_role_at_once(monkeypatch):
    first, second = make_administrator("Ada Winter"), make_administrator("Noor Haddad")
    start, clean = Barrier(2), PersonForm.clean

    def together(form):
        start.wait(timeout=20)
        return clean(form)

    monkeypatch.setattr(PersonForm, "clean", together)

    def demote(by: User, other: User) -> int:
        client = Client()
        client.force_login(by, backend="accounts.backend.RoleBackend")
        given = {
            "email": other.email, "name": other.name, "role": "agent", "language": other.language,
            "timezone": other.timezone, "phone": "", "is_active": "on",
            "membership-TOTAL_FORMS": "0", "membership-INITIAL_FORMS": "0",
        }  # fmt: skip
        try:
            return client.post(f"/admin/accounts/user/{other.pk}/change/", given).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(demote, first, second), pool.submit(demote, second, first)]
        answers = sorted(job.result(timeout=60) for job in jobs)

    assert answers == [200, 302]
    assert User.objects.filter(role="administrator", is_active=True).count() == 1
