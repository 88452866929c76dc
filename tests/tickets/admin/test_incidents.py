"""Incidents at the desk: declared, changed, answered and concluded; a ticket's own page."""

from uuid import uuid4

import pytest

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.admin.conftest import page_of
from tests.tickets.incidents import make_incident
from tickets.actions.completing import send_back
from tickets.actions.incident_answers import answer_all
from tickets.actions.incidents import mark
from tickets.models import Incident, IncidentAnswer, Message

pytestmark = pytest.mark.django_db
WORDS = {"title_en": "Messages arrive late", "text_en": "Meta works on it.", "title_de": "Verspätete Nachrichten"}


def send(desk, incident, act, **fields):
    incident.refresh_from_db()
    return desk.post(f"/admin/incidents/{incident.pk}/{act}/", {"version": incident.version, **fields})


def test_an_agent_declares_one_in_several_languages(desk, cast):
    answer = desk.post("/admin/incidents/new/", WORDS)

    incident = Incident.objects.get()
    assert answer.url == f"/admin/incidents/{incident.pk}/"
    assert incident.titles == {"en": "Messages arrive late", "de": "Verspätete Nachrichten"}
    assert (incident.declared_by, incident.topics.count()) == (cast.agent, 0)


def test_without_english_it_is_refused_at_the_field_and_nothing_is_lost(desk):
    answer = desk.post("/admin/incidents/new/", {"title_de": "Verspätet", "text_en": "Text"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "This field is required" in page
    assert 'value="Verspätet"' in page
    assert "<details open>" in page
    assert Incident.objects.count() == 0


def test_what_it_says_is_changed_and_a_change_unseen_loses_nothing(desk, cast):
    incident = make_incident(cast)
    assert 'value="Nachrichten kommen' in desk.get(f"/admin/incidents/{incident.pk}/change/").content.decode()
    send(desk, incident, "change", **WORDS)

    late = desk.post(f"/admin/incidents/{incident.pk}/change/", {"version": 1, **WORDS, "title_en": "My own title"})

    page = late.content.decode()
    assert late.status_code == 409
    assert "Somebody changed or answered this incident" in page
    assert 'value="My own title"' in page
    incident.refresh_from_db()
    assert incident.titles["de"] == "Verspätete Nachrichten"
    assert incident.titles["en"] == "Messages arrive late"


def test_one_answer_goes_to_all_tickets_and_what_was_skipped_is_listed(desk, cast):
    tickets = [make_ticket(cast.owner) for _ in range(2)]
    waits = make_ticket(cast.owner)
    incident = make_incident(cast, *tickets, waits)
    send_back(waits, {"description": "Since when?"}, by=actor_for(cast.agent), now=NOW)

    answer = send(desk, incident, "answer", answer_en="It works again.", id=uuid4())

    page = desk.get(answer.url).content.decode()
    assert Message.objects.filter(body="It works again.").count() == 2
    assert "Sent to 2 tickets. What was skipped is listed." in page
    assert f"{waits.reference}</a> it waits for information" in page
    assert "Sent to 2, skipped 1" in page


def test_the_same_form_twice_is_said_once(desk, cast):
    incident = make_incident(cast, make_ticket(cast.owner))
    form = {"version": 1, "answer_en": "It works again.", "id": str(uuid4())}

    for _ in range(2):
        assert desk.post(f"/admin/incidents/{incident.pk}/answer/", form).status_code == 302

    assert (Message.objects.count(), IncidentAnswer.objects.count()) == (1, 1)


def test_an_answer_over_another_one_is_shown_again_with_both(desk, cast):
    incident = make_incident(cast, make_ticket(cast.owner))
    answer_all(
        incident, {"en": "By the second agent."}, id=uuid4(), by=actor_for(cast.second_agent), now=NOW, expected=1
    )

    late = desk.post(f"/admin/incidents/{incident.pk}/answer/", {"version": 1, "answer_en": "Mine.", "id": uuid4()})

    page = late.content.decode()
    assert late.status_code == 409
    assert "By the second agent." in page
    assert "Mine.</textarea>" in page
    assert IncidentAnswer.objects.count() == 1


def test_it_is_concluded_with_what_it_was(desk, cast):
    incident = make_incident(cast)

    assert send(desk, incident, "conclude").status_code == 400
    answer = send(desk, incident, "conclude", outcome_en="A relay was stuck.")

    page = desk.get(answer.url).content.decode()
    assert "A relay was stuck." in page
    assert "It is over. 0 people are told." in page
    assert "One answer to all of them" not in page
    again = send(desk, incident, "conclude", outcome_en="Again.")
    assert (again.status_code, "This incident is over already." in again.content.decode()) == (409, True)


def test_a_ticket_is_marked_on_its_own_page(desk, post, cast, ticket):
    incident = make_incident(cast)

    post(ticket, "incident", incident=incident.pk)

    ticket.refresh_from_db()
    assert ticket.incident == incident
    page = page_of(desk, ticket)
    assert "Goes on" in page
    assert "Lena Fischer marked it as part of an incident" in page
    post(ticket, "incident", incident="")
    ticket.refresh_from_db()
    assert ticket.incident is None


@pytest.mark.parametrize("chosen", ["0", "x", "²", "99999999999999999"])
def test_nonsense_marks_nothing(post, cast, ticket, chosen):
    make_incident(cast)

    assert post(ticket, "incident", incident=chosen).status_code == 400


def test_marking_for_one_that_is_over_says_so(post, desk, cast, ticket):
    incident = make_incident(cast)
    send(desk, incident, "conclude", outcome_en="A relay.")

    answer = post(ticket, "incident", incident=incident.pk)

    assert (answer.status_code, "This incident is over already." in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_more_incidents_and_tickets_take_no_more_queries(desk, cast, rows, django_assert_num_queries):
    incidents = [make_incident(cast, make_ticket(cast.owner), topics=("other", "templates")) for _ in range(rows)]
    for _ in range(rows - 1):
        mark(make_ticket(cast.outsider, "messaging_delays"), incidents[0], by=actor_for(cast.agent), now=NOW)
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)
    desk.get("/admin/incidents/")

    with django_assert_num_queries(5):
        desk.get("/admin/incidents/")
    with django_assert_num_queries(9):
        desk.get(f"/admin/incidents/{incidents[0].pk}/")


def test_there_is_no_incident_for_others(client, cast):
    incident = make_incident(cast)
    client.force_login(cast.owner)

    for page in ("", f"{incident.pk}/", "new/"):
        assert client.get(f"/admin/incidents/{page}").status_code == 404
    client.force_login(cast.agent)
    assert client.get("/admin/incidents/999/").status_code == 404
