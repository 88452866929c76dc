"""The seeded tickets are what the product itself would have written: whole, consistent, and the same every time."""

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from bench import seed as seeding
from bench.seed_words import COMMON, COMMON_EVERY
from tickets.actions.timer_plan import expected_timers
from tickets.models import Message, Promise, Ticket, TicketEvent, TicketWords
from tickets.policy.lifecycle import Status
from tickets.policy.words import words_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql, pytest.mark.slow]
COUNT = 400


@pytest.fixture
def seeded(capsys):
    seeding.seed(COUNT)


def _rows() -> list[tuple]:
    return list(Ticket.objects.order_by("pk").values_list("reference", "subject", "status", "version"))


def test_seeded_tickets_are_whole_and_the_pages_show_them(seeded, client):
    assert Ticket.objects.count() == COUNT
    assert _lost_references() == []
    for ticket in Ticket.objects.select_related("promise", "words"):
        assert ticket.seq == TicketEvent.objects.filter(ticket=ticket).count()
        assert (ticket.promise.outcome is None) == (ticket.state is Status.NEW)
        public = Message.objects.filter(ticket=ticket, kind="public").values_list("body", flat=True)
        said = words_of(" ".join([ticket.reference, ticket.subject, ticket.description, *public]))
        assert said.plain <= set(ticket.words.public.split())
        assert said.identifiers <= set(ticket.words.public_identifiers.split())
    assert Promise.objects.filter(outcome="kept").exists()
    assert TicketWords.objects.filter(public__contains=f" {COMMON} ").count() == COUNT / COMMON_EVERY
    client.force_login(User.objects.get(email="agent1@example.org"))
    shown = client.get("/admin/desk/", {"q": COMMON})
    assert len(shown.context["rows"]) == COUNT / COMMON_EVERY


def test_open_promises_have_the_timers_that_they_ought_to_have(seeded):
    for ticket in Ticket.objects.filter(status=Status.NEW).select_related("promise"):
        pending = {(one.kind, one.key): one.due_at for one in ticket.timers.filter(fired_at=None, cancelled_at=None)}
        wanted = {(one.kind, one.key): one.due_at for one in expected_timers(ticket) if one.due_at > timezone.now()}
        wanted = {identity: at for identity, at in wanted.items() if not identity[0].startswith("escalation")}
        assert wanted == pending


def test_the_same_seed_makes_the_same_tickets(seeded):
    first = _rows()
    tables = "accounts_organisation, accounts_user, packages_policyversion"
    connection.cursor().execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    seeding.seed(COUNT)

    assert _rows() == first


def _lost_references() -> list[str]:
    """Return the columns that point at a row that is not there: rows came in without their foreign keys' checks."""
    lost = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass, a.attname, c.confrelid::regclass, p.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " JOIN pg_attribute p ON p.attrelid = c.confrelid AND p.attnum = c.confkey[1]"
            " WHERE c.contype = 'f' AND c.conrelid::regclass::text LIKE 'tickets_%'"
        )
        for table, column, other, key in cursor.fetchall():
            there = f"EXISTS (SELECT 1 FROM {other} o WHERE o.{key} = t.{column})"
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t.{column} IS NOT NULL AND NOT {there}")
            lost += [f"{table}.{column}"] * cursor.fetchone()[0]
    return lost
