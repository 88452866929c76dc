"""What was written goes when its time is over; what happened, and whether the promise was kept, stays."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from accounts.actor import actor_for
from accounts.models import AuditEntry
from packages.policy.severity import Severity
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.escalating import ask
from tickets.actions.attaching import stage
from tickets.actions.conversation import add_note
from tickets.actions.ending import close
from tickets.actions.erasing import erase_old
from tickets.actions.escalations import decline
from tickets.actions.promising import Cause
from tickets.actions.triage import reclassify
from tickets.models import Attachment, Message, Promise, Retention, Ticket, TicketWords
from tickets.policy.lifecycle import Status

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=91)


def ended(cast, *, days: int = 90) -> Ticket:
    """A ticket with everything that people write, closed `days` before LATER."""
    agent = actor_for(cast.agent)
    ticket = make_ticket(cast.owner)
    reclassify(ticket, Severity.CRITICAL, cause=Cause.CORRECTED, reason="A secret reason", by=agent, now=NOW)
    file = stage(ContentFile(b"in a file", name="secret.txt"), by=agent, now=NOW)
    add_note(ticket, "An internal secret", by=agent, now=NOW, files=[file])
    decline(ask(ticket, cast.owner, reason="A secret haste"), reason="Secretly not", by=actor_for(cast.growth), now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW, body="The cause was a secret.", then=Status.RESOLVED)
    return close(ticket, by=agent, now=LATER - timedelta(days=days))


def test_nothing_is_erased_unless_somebody_says_so(cast):
    ended(cast)

    assert erase_old(now=LATER) == 0

    Retention.objects.create(days=None)
    assert erase_old(now=LATER) == 0


def test_every_text_and_file_goes_and_the_record_stays(cast):
    ticket = ended(cast)
    before = list(Promise.objects.filter(ticket=ticket).order_by("pk").values())
    events = ticket.events.count()
    stored = Attachment.objects.get(ticket=ticket)
    storage, name = stored.file.storage, stored.file.name
    Retention.objects.create(days=90)

    assert erase_old(now=LATER) == 1

    ticket.refresh_from_db()
    found_by = TicketWords.objects.values("public", "public_identifiers", "internal", "internal_identifiers")
    texts = [ticket.subject, ticket.description, str(found_by.get(pk=ticket.pk)), str(ticket.answers)]
    texts += list(Message.objects.filter(ticket=ticket).values_list("body", flat=True))
    assert "secret" not in " ".join(texts).lower()
    assert not ticket.description
    assert not storage.exists(name)
    assert not Attachment.objects.filter(ticket=ticket).exists()
    assert list(Promise.objects.filter(ticket=ticket).order_by("pk").values()) == before
    assert ticket.events.count() == events + 1
    assert (ticket.erased_at, ticket.activity_at) == (LATER, LATER - timedelta(days=90))
    assert erase_old(now=LATER) == 0


def test_what_is_younger_or_open_stays(cast):
    young, still_open = ended(cast, days=89), make_ticket(cast.owner)
    Retention.objects.create(days=90)

    assert erase_old(now=LATER) == 0
    for ticket in (young, still_open):
        ticket.refresh_from_db()
        assert ticket.erased_at is None
        assert ticket.description


def test_the_page_of_an_erased_ticket_says_so(client, cast):
    ticket = ended(cast)
    Retention.objects.create(days=90)
    erase_old(now=LATER)

    for person, address in (
        (cast.owner, f"/tickets/{ticket.reference}/"),
        (cast.agent, f"/admin/desk/{ticket.reference}/"),
    ):
        client.force_login(person)
        page = client.get(address).content.decode()
        assert "This text was erased." in page
        assert "secret" not in page.lower()


def test_an_administrator_sees_what_would_go_and_the_record_keeps_who_said_so(client, cast):
    client.force_login(cast.administrator)

    assert client.get("/admin/tickets/retention/").url == "/admin/tickets/retention/add/"
    client.post("/admin/tickets/retention/add/", {"days": "90"})
    assert client.get("/admin/tickets/retention/").url == "/admin/tickets/retention/1/change/"
    page = client.get("/admin/tickets/retention/1/change/").content.decode()

    assert Retention.objects.get().days == 90
    assert "The texts and files of 0 tickets" in page
    assert AuditEntry.objects.filter(verb="retention.added", actor=cast.administrator).exists()
    assert client.post("/admin/tickets/retention/1/change/", {"days": "1"}).status_code == 200
    assert Retention.objects.get().days == 90
