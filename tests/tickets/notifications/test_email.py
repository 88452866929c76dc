"""What a mail says: every event of the catalogue, in every language, with one address to go to."""

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings

from accounts.actor import actor_for
from tests.cast import NOW, Cast, make_ticket
from tests.tickets.escalating import make_ticket as make_row
from tickets.actions import escalations
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


@pytest.mark.parametrize(("after", "label"), [(-1, "By:"), (0, "It was due:"), (60, "It was due:")])
def test_a_reminder_of_an_escalation_says_whether_its_time_is_over(cast, after, label):
    ticket, by = make_ticket(cast.owner), actor_for(cast.growth)
    made = escalations.initiate(ticket, cause="late", reason="The launch is tomorrow.", by=by, now=NOW)
    payload, at = {"escalation": made.pk, "step": "acknowledge"}, made.acknowledge_by + timedelta(minutes=after)
    event = TicketEvent.objects.create(
        ticket=ticket, seq=99, kind="escalation_reminder", is_public=False, payload=payload, at=at
    )

    assert re.search(r"Acknowledge it\.\n(.*?:)", mail_of(event, cast.lead).body)[1] == label


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


# What was written of an escalation ---------------------------------------------------------------------------------


def concluded_for_a_client(cast: Cast) -> list[TicketEvent]:
    """Every step of an escalation that a partner made for its client's ticket, to its end."""
    ticket = make_row(cast.nordlicht)
    asked = escalations.ask(ticket, cause="late", reason="They may leave us.", by=actor_for(cast.owner), now=NOW)
    escalations.decline(asked, reason="They pay too little.", by=actor_for(cast.growth), now=NOW)
    reason = "They threaten to sue."
    made = escalations.initiate(ticket, cause="late", reason=reason, by=actor_for(cast.growth), now=NOW)
    escalations.acknowledge(made, by=actor_for(cast.lead), now=NOW)
    escalations.conclude(made, outcome="We gave the partner a credit.", by=actor_for(cast.lead), now=NOW)
    return list(TicketEvent.objects.filter(ticket=ticket, kind__startswith="escalation_").order_by("seq"))


WRITTEN = ("They may leave us.", "They pay too little.", "They threaten to sue.", "We gave the partner a credit.")


def test_who_may_read_what_was_written_of_an_escalation_is_mailed_it(cast):
    events = concluded_for_a_client(cast)

    for person in (cast.owner, cast.growth, cast.deputy, cast.lead):
        bodies = "\n".join(mail_of(event, person).body for event in events)
        assert [text for text in WRITTEN if text in bodies] == list(WRITTEN), person


def test_a_client_is_told_of_its_partners_escalation_but_not_what_was_written(cast):
    events = concluded_for_a_client(cast)

    bodies = [mail_of(event, cast.nordlicht_admin) for event in events]

    assert len(bodies) == 5
    for mail in bodies:
        assert "escalat" in mail.body
        assert not [text for text in WRITTEN if text in mail.body or text in mail.alternatives[0][0]]


def test_the_next_partner_of_a_client_is_not_mailed_what_the_last_one_wrote(cast):
    events = concluded_for_a_client(cast)
    cast.nordlicht.partner = cast.silverline
    cast.nordlicht.save()

    for person in (cast.outsider, cast.outsider_admin):
        assert not [text for event in events for text in WRITTEN if text in mail_of(event, person).body]
