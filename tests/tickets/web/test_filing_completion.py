"""Completing a ticket that was sent back: just the named fields, each with its reason; the clock starts anew."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, Cast, make_ticket
from tests.tickets.web.filling import basis_in, summary_of, value_of
from tests.tickets.web.test_filing_files import png
from tickets.actions.completing import send_back
from tickets.models import Attachment, Ticket

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def two_hours_later():
    with time_machine.travel(LATER, tick=False):
        yield


def sent_back(cast: Cast, topic: str = "messaging_delays", **asks: str) -> Ticket:
    ticket = make_ticket(cast.owner, topic)
    asks = asks or {"phone_number": "This number <is> not in use."}
    send_back(ticket, asks, by=actor_for(cast.agent), now=NOW + timedelta(minutes=5))
    return ticket


def url_of(ticket: Ticket) -> str:
    return reverse("complete_ticket", args=[ticket.reference])


def test_just_the_named_fields_are_shown_with_the_reasons(client, cast: Cast):
    ticket = sent_back(cast, phone_number="This number <is> not in use.", samples="Older than a day.")
    client.force_login(cast.colleague)

    page = client.get(url_of(ticket)).content.decode()

    assert "This number &lt;is&gt; not in use." in page
    assert "Older than a day." in page
    assert 'name="phone_number" value="+493023125014"' in page
    assert 'name="samples.2.message_id" value="wamid.' in page
    assert 'name="waba_id"' not in page
    assert "First answer by 15:30" in page


def test_completing_starts_the_promise_that_the_page_showed(client, cast: Cast):
    ticket = sent_back(cast)
    client.force_login(cast.owner)
    basis = basis_in(client.get(url_of(ticket)))

    response = client.post(url_of(ticket), {"phone_number": "+49 30 999 8877", "basis": basis})

    ticket.refresh_from_db()
    assert response.url == reverse("ticket", args=[ticket.reference])
    assert ticket.status == Ticket.Status.NEW
    assert ticket.answers["phone_number"] == "+49309998877"
    assert ticket.promise.due_at == LATER + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("", "This is needed."),
        ("030 999", "Use the international form"),
        ("+49 30 23125014", "This is what stood there before."),
    ],
)
def test_a_bad_or_unchanged_answer_comes_back_at_its_field(client, cast: Cast, answer: str, message: str):
    ticket = sent_back(cast)
    client.force_login(cast.owner)
    basis = basis_in(client.get(url_of(ticket)))

    response = client.post(url_of(ticket), {"phone_number": answer, "basis": basis})

    assert response.status_code == 400
    assert summary_of(response) == ["id_phone_number"]
    assert message in response.content.decode()
    assert value_of(response, "phone_number") == answer


def test_a_changed_impact_brings_the_page_back_with_its_promise(client, cast: Cast):
    ticket = sent_back(cast, "other", impact="Is it really limited?", workaround="Which one?")
    client.force_login(cast.owner)
    before = basis_in(client.get(url_of(ticket)))
    answers = {"impact": "halted", "workaround": "false"}

    moved = client.post(url_of(ticket), {**answers, "basis": before})
    done = client.post(url_of(ticket), {**answers, "basis": basis_in(moved)})

    assert "It is not what this page showed before" in moved.content.decode()
    assert done.status_code == 302
    assert Ticket.objects.get().severity == "critical"


def test_a_new_screenshot_stands_beside_the_old_ones(client, cast: Cast):
    ticket = sent_back(cast, "number_porting", screenshot="The error can't be read.")
    client.force_login(cast.owner)
    basis = basis_in(client.get(url_of(ticket)))

    fragment = client.post(
        f"{reverse('completion_files', args=[ticket.reference])}?field=screenshot", {"file": png("better.png")}
    )
    staged = str(Attachment.objects.get().pk)
    done = client.post(url_of(ticket), {"staged": staged, "basis": basis})

    assert staged in fragment.content.decode()
    assert done.status_code == 302
    ticket.refresh_from_db()
    assert ticket.answers["screenshot"] == [staged]
    assert Attachment.objects.get().ticket == ticket


def test_a_ticket_of_others_is_not_found_and_one_that_waits_for_nothing_leads_to_itself(client, cast: Cast):
    ticket = sent_back(cast)
    waiting_for_nothing = make_ticket(cast.owner)

    client.force_login(cast.outsider)
    stranger = client.get(url_of(ticket))
    client.force_login(cast.owner)
    nothing = client.get(url_of(waiting_for_nothing))

    assert stranger.status_code == 404
    assert nothing.url == reverse("ticket", args=[waiting_for_nothing.reference])


def test_a_secret_in_an_answer_is_masked_and_asked_about(client, cast: Cast):
    ticket = sent_back(cast, description="What exactly?")
    client.force_login(cast.owner)
    basis = basis_in(client.get(url_of(ticket)))
    typed = {"description": "It says api_key=abcdef123456 is wrong.", "basis": basis}

    response = client.post(url_of(ticket), typed)

    assert response.status_code == 400
    assert "abcdef123456" not in response.content.decode()
    assert "api_key=***" in response.content.decode()


def test_the_page_asks_little_of_the_database(client, cast: Cast, django_assert_max_num_queries):
    ticket = sent_back(cast)
    client.force_login(cast.owner)
    client.get(url_of(ticket))  # the first page of a session writes it down

    with django_assert_max_num_queries(15):
        client.get(url_of(ticket))
