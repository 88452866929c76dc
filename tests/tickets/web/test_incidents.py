"""Incidents in the portal: above what one files, for its topics; told with one click; nothing typed is lost."""

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, make_ticket
from tests.tickets.incidents import make_incident
from tests.tickets.web.filling import begin, page_of, send, typed_for
from tickets.actions.incidents import conclude
from tickets.models import IncidentSubscription, Ticket

pytestmark = pytest.mark.django_db
CLICK = "This is it, tell me when it's over"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def over(incident, cast, outcome="A relay was stuck."):
    conclude(incident, {"en": outcome}, by=actor_for(cast.agent), now=NOW, expected=1)


def await_url(incident, query=""):
    return f"{reverse('await_incident', args=[incident.pk])}{query}"


def titles(response):
    return [one["title"] for one in response.context["incidents"]]


def test_it_stands_above_the_cards_and_above_the_form_of_its_topics(client, cast):
    make_incident(cast, topics=("messaging_delays",))
    make_incident(cast, titles={"en": "Everything is slow"})
    make_incident(cast, titles={"en": "Templates wait"}, topics=("templates",))
    over(make_incident(cast, titles={"en": "It was"}), cast)
    draft = begin(client, cast.owner, "messaging_delays")

    assert sorted(titles(client.get(reverse("new_ticket")))) == [
        "Everything is slow", "Messages arrive late", "Templates wait",
    ]  # fmt: skip
    form = client.get(page_of(draft))
    assert sorted(titles(form)) == ["Everything is slow", "Messages arrive late"]
    assert form.content.decode().count("tell me when it") == 2


def test_it_is_read_in_the_readers_language(client, cast):
    make_incident(cast)
    client.force_login(cast.owner)

    page = client.get(reverse("new_ticket"), headers={"accept-language": "de"}).content.decode()

    assert "Nachrichten kommen verspätet an" in page
    assert "Das betrifft uns: benachrichtigen, wenn es vorbei ist" in page


def test_one_click_without_a_ticket_and_it_can_be_taken_back(client, cast):
    incident = make_incident(cast)
    client.force_login(cast.owner)

    for _ in range(2):
        assert client.post(await_url(incident)).url == reverse("new_ticket")
    assert IncidentSubscription.objects.get().user == cast.owner
    assert "You get a mail when it is over." in client.get(reverse("new_ticket")).content.decode()

    client.post(await_url(incident, "?stop=1"))
    assert IncidentSubscription.objects.count() == 0


def test_with_a_script_only_the_line_comes_anew(client, cast):
    incident = make_incident(cast)
    draft = begin(client, cast.owner)

    answer = client.post(await_url(incident, f"?draft={draft.pk}"), headers={"hx-request": "true"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.strip().startswith("<p ")
    assert f"?stop=1&amp;draft={draft.pk}" in page


def test_without_a_script_what_was_typed_is_kept_and_nothing_is_filed(client, cast):
    incident = make_incident(cast)
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays", subject="Half a subject")

    answer = client.post(await_url(incident, f"?draft={draft.pk}"), typed)

    draft.refresh_from_db()
    assert answer.url == page_of(draft)
    assert draft.answers["subject"] == "Half a subject"
    assert Ticket.objects.count() == 0


def test_one_can_still_file(client, cast):
    make_incident(cast)
    draft = begin(client, cast.owner)

    send(client, draft, typed_for("messaging_delays"))

    assert Ticket.objects.get().incident is None


def test_who_else_wants_to_know_shows_nowhere(client, cast):
    incident = make_incident(cast)
    client.force_login(cast.outsider)
    before = client.get(reverse("new_ticket")).content

    client.force_login(cast.owner)
    client.post(await_url(incident), follow=True)
    client.force_login(cast.outsider)
    after = client.get(reverse("new_ticket")).content

    assert b"You get a mail" not in after
    assert len(before) == len(after)


def test_one_that_is_over_says_so_and_one_that_is_not_there_is_not_found(client, cast):
    incident = make_incident(cast)
    over(incident, cast)
    client.force_login(cast.owner)

    page = client.post(await_url(incident), follow=True).content.decode()

    assert "This incident is over already." in page
    assert incident.titles["en"] not in page
    assert client.post("/incidents/999/await/").status_code == 404
    assert IncidentSubscription.objects.count() == 0


@pytest.mark.parametrize("query", ["?draft=x", "?draft=00000000-0000-0000-0000-000000000000", "?ticket=//evil.example"])
def test_nonsense_leads_nowhere_else(client, cast, query):
    incident = make_incident(cast)
    client.force_login(cast.owner)

    answer = client.post(await_url(incident, query))

    assert answer.status_code == 404 or answer.url == reverse("new_ticket")


def test_somebody_elses_draft_is_not_found(client, cast):
    incident = make_incident(cast)
    draft = begin(client, cast.owner)
    client.force_login(cast.outsider)

    assert client.post(await_url(incident, f"?draft={draft.pk}")).status_code == 404


def test_a_ticket_shows_its_incident_while_it_goes_on_and_when_it_is_over(client, cast):
    ticket = make_ticket(cast.owner)
    incident = make_incident(cast, ticket)
    client.force_login(cast.owner)

    page = client.get(f"/tickets/{ticket.reference}/").content.decode()
    assert "Messages arrive late" in page
    assert ("Tell me when it's over" in page, CLICK in page) == (True, False)
    assert "Lena Fischer marked it as part of an incident" in page
    assert client.post(await_url(incident, f"?ticket={ticket.reference}")).url == f"/tickets/{ticket.reference}/"

    over(incident, cast)
    page = client.get(f"/tickets/{ticket.reference}/").content.decode()
    assert "A relay was stuck." in page
    assert CLICK not in page


def test_a_growth_manager_reads_it_and_has_no_button(client, cast):
    ticket = make_ticket(cast.owner)
    incident = make_incident(cast, ticket)
    client.force_login(cast.growth)

    page = client.get(f"/tickets/{ticket.reference}/").content.decode()

    assert "Messages arrive late" in page
    assert CLICK not in page
    assert client.post(await_url(incident)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_more_incidents_take_no_more_queries(client, cast, rows, django_assert_num_queries):
    for _ in range(rows):
        make_incident(cast)
    client.force_login(cast.owner)
    client.get(reverse("new_ticket"))

    with django_assert_num_queries(8):
        client.get(reverse("new_ticket"))
