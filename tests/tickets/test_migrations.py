"""Data that a migration moves."""

import importlib

import pytest
from django.apps import apps

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions.conversation import add_note
from tickets.models import Ticket


@pytest.mark.django_db
def test_public_events_are_counted_anew_and_numbered_as_before_on_the_way_back(cast):
    move = importlib.import_module("tickets.migrations.0013_count_public_events")
    ticket = make_ticket(cast.owner)
    add_note(ticket, "Internal", by=actor_for(cast.agent), now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW)
    Ticket.objects.update(public_seq=99)

    move.count(apps, None)
    assert Ticket.objects.get().public_seq == 2

    move.number(apps, None)
    assert Ticket.objects.get().public_seq == 3
