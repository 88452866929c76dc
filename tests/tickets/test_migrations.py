"""Data that a migration moves."""

import importlib

import pytest
from django.apps import apps

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.escalating import ask
from tickets.actions.conversation import add_note
from tickets.models import Escalation, Ticket, TicketWords


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


@pytest.mark.django_db
def test_what_was_written_about_escalations_joins_the_internal_words_as_it_does_when_written(cast):
    move = importlib.import_module("tickets.migrations.0020_find_by_escalations")
    ticket, erased, plain = (make_ticket(cast.owner) for _ in range(3))
    before = {words.pk: words.public for words in TicketWords.objects.all()}
    add_note(ticket, "Müller calls", by=actor_for(cast.agent), now=NOW)
    for one in (ticket, erased):
        ask(one, cast.owner, reason="Müller's shop, +49 (0) 40 765 43 21: Größe äußerst TK-7F3K9Q")
    wanted = set(TicketWords.objects.get(pk=ticket.pk).internal.split())
    identifiers = set(TicketWords.objects.get(pk=ticket.pk).internal_identifiers.split())
    Ticket.objects.filter(pk=erased.pk).update(erased_at=NOW)
    TicketWords.objects.update(internal="", internal_identifiers="")
    TicketWords.objects.filter(pk=ticket.pk).update(internal=" calls muller mueller ")

    for _ in range(2):
        move.forwards(apps, None)

    words = TicketWords.objects.get(pk=ticket.pk)
    assert set(words.internal.split()) == wanted
    assert set(words.internal_identifiers.split()) == identifiers
    assert len(words.internal.split()) == len(wanted)
    assert words.internal.startswith(" ")
    assert words.internal.endswith(" ")
    others = TicketWords.objects.filter(pk__in=[erased.pk, plain.pk])
    assert set(others.values_list("internal", "internal_identifiers")) == {("", "")}
    assert {words.pk: words.public for words in TicketWords.objects.all()} == before
    assert Escalation.objects.count() == 2
