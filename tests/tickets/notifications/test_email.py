"""What a mail says: every event of the catalogue, in every language, with one address to go to."""

import re
import uuid

import pytest
from django.conf import settings

from tests.cast import NOW, make_ticket
from tickets.models import Outbox, TicketEvent
from tickets.notifications.email import compose
from tickets.notifications.events import CATALOGUE
from tickets.notifications.sentences import SENTENCES

pytestmark = pytest.mark.django_db


def mail_of(event: TicketEvent, person, *, language: str = "en"):
    person.language = language
    row = Outbox(event=event, channel="email", user=person, recipient=person.email, send_at=NOW)
    return compose(uuid.uuid4(), [row])


def test_whatever_is_told_has_a_sentence():
    assert sorted(SENTENCES) == sorted(CATALOGUE)


@pytest.mark.parametrize("kind", sorted(CATALOGUE))
def test_a_mail_of_every_kind_stands_in_every_language(cast, kind):
    ticket = make_ticket(cast.owner)
    payload = {"share": 50, "reference": "TK-222222"}
    event = TicketEvent.objects.create(
        ticket=ticket, seq=99, kind=kind, is_public=True, actor=cast.agent, payload=payload, at=NOW
    )

    for language, _name in settings.LANGUAGES:
        mail = mail_of(event, cast.owner, language=language)
        html = mail.alternatives[0][0]
        assert ticket.reference in mail.subject
        assert len(re.findall(rf"/tickets/{ticket.reference}/", mail.body)) == 1
        assert f'<html lang="{language}">' in html
        assert mail.body.count("http") == 2  # the ticket, and where to choose what one is told
        assert mail.body.rstrip().endswith("/settings/notifications/")
        assert "None" not in mail.body
        assert "\n\n\n\n" not in mail.body


def test_a_mail_of_the_portal_itself_names_nobody(cast):
    ticket = make_ticket(cast.owner)
    event = TicketEvent.objects.create(ticket=ticket, seq=99, kind="auto_resolved", is_public=True, at=NOW)

    assert "No answer came, so the ticket was marked as resolved." in mail_of(event, cast.owner).body


def test_a_late_answer_is_a_task_to_support_and_a_broken_promise_to_the_partner(cast):
    ticket = make_ticket(cast.owner)
    event = TicketEvent.objects.create(ticket=ticket, seq=99, kind="promise_missed", is_public=False, at=NOW)

    assert "Answer now." in mail_of(event, cast.lead).body
    assert "Answer now." not in mail_of(event, cast.owner).body
    assert "we did not keep our promise" in mail_of(event, cast.owner).body


def test_a_mail_survives_the_token_that_wrote_it(cast):
    ticket = make_ticket(cast.owner)
    event = TicketEvent.objects.create(ticket=ticket, seq=99, kind="message", is_public=True, token_id=12345, at=NOW)

    assert "The portal wrote a message." in mail_of(event, cast.owner).body


def test_a_subject_is_one_line_whatever_the_ticket_is_called(cast):
    ticket = make_ticket(cast.owner)
    ticket.subject = "Two\r\nBcc: everybody@example.org"
    event = TicketEvent(ticket=ticket, seq=99, kind="reopened", is_public=True, actor=cast.agent, at=NOW)

    mail = mail_of(event, cast.owner)

    assert mail.subject == f"[{ticket.reference}] Two Bcc: everybody@example.org"
    assert mail.message()["Bcc"] is None
