"""A ticket at the desk: what an agent sees, triage in every step, escalation, and what is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, make_ticket
from tests.tickets.admin.conftest import page_of
from tickets.actions import escalations
from tickets.actions.completing import complete, send_back
from tickets.actions.conversation import add_note, post_message
from tickets.models import InformationRequest, Ticket
from tickets.queries import searching
from tickets.queries.escalations import open_escalation

pytestmark = pytest.mark.django_db
BACK = {"field": "description", "reason_description": "Say since when, and on which number."}


def test_the_page_shows_conversation_promise_information_and_organisation(desk, cast):
    ticket = make_ticket(cast.owner, "messaging_delays")
    add_note(ticket, "Ask **Ravi**", by=actor_for(cast.second_agent), now=NOW)

    page = page_of(desk, ticket)

    for words in (
        ticket.subject, "Internal note", "<strong>Ravi</strong>", "How this was counted", "Minimum information",
        "Premium Support", "Marta Klein, deputy Paul Seidel", "Send back",
    ):  # fmt: skip
        assert words in page


def test_earlier_tickets_for_the_same_number_are_shown_whoever_filed_them(desk, cast):
    theirs = make_ticket(cast.outsider, "messaging_delays", phone_number="+493023125014", subject="Their late messages")
    ticket = make_ticket(cast.owner, "messaging_delays", phone_number="+49 30 23125014")
    make_ticket(cast.outsider, "messaging_delays", phone_number="+493023129999", waba_id="209996122399777")

    earlier = desk.get(f"/admin/desk/{ticket.reference}/").context["earlier"]

    assert [one["reference"] for one in earlier] == [theirs.reference]


def test_an_account_that_very_many_tickets_name_hides_no_earlier_one_for_the_number(desk, cast, monkeypatch):
    monkeypatch.setattr(searching, "COMMON", 2)
    for _ in range(4):
        make_ticket(cast.outsider, "messaging_delays", phone_number="+493023129999")
    theirs = make_ticket(cast.outsider, "messaging_delays", phone_number="+493023125014")
    ticket = make_ticket(cast.owner, "messaging_delays", phone_number="+493023125014")

    earlier = desk.get(f"/admin/desk/{ticket.reference}/").context["earlier"]

    assert len({one.answers["waba_id"] for one in Ticket.objects.all()}) == 1
    assert [one["reference"] for one in earlier] == [theirs.reference]


@pytest.mark.parametrize("rows", [1, 30])
def test_a_ticket_takes_as_many_queries_for_a_longer_conversation(desk, cast, ticket, rows, django_assert_num_queries):
    for number in range(rows):
        add_note(ticket, f"Note {number}", by=actor_for(cast.agent), now=NOW)
        make_ticket(cast.owner)
    page_of(desk, ticket)

    with django_assert_num_queries(13):
        page_of(desk, ticket)


def test_a_ticket_with_everything_stays_within_fifteen_queries(desk, cast, django_assert_max_num_queries):
    ticket = make_ticket(cast.owner, "messaging_delays")
    complete_later(ticket, cast)
    escalation = escalations.ask(
        ticket, cause="no_progress", reason="Three shops are closed.", by=actor_for(cast.owner), now=NOW
    )
    escalations.escalate(escalation, by=actor_for(cast.growth), now=NOW)
    post_message(ticket, "We look.", by=actor_for(cast.second_agent), now=NOW, is_answer=False)
    page_of(desk, ticket)

    with django_assert_max_num_queries(15):
        page_of(desk, ticket)


def complete_later(ticket, cast):
    send_back(ticket, {"description": "Since when?"}, by=actor_for(cast.agent), now=NOW)
    complete(ticket, {"description": "Since 09:00, on all numbers."}, by=actor_for(cast.owner), now=NOW)


# Triage --------------------------------------------------------------------------------------------------------------


def test_assigning_to_oneself_another_and_nobody(post, cast, ticket):
    for value, person in (("me", cast.agent), (cast.second_agent.pk, cast.second_agent), ("nobody", None)):
        post(ticket, "assign", assignee=value)
        ticket.refresh_from_db()
        assert ticket.assignee == person


@pytest.mark.parametrize("who", ["owner", "growth"])
def test_a_ticket_is_assigned_to_support_only(post, cast, ticket, who):
    answer = post(ticket, "assign", assignee=getattr(cast, who).pk)

    assert answer.status_code == 409
    assert "Choose a person of support." in answer.content.decode()


def test_sending_back_names_the_fields_and_stops_the_clock(desk, post, ticket):
    assert post(ticket, "send-back", **BACK).status_code == 302

    ticket.refresh_from_db()
    assert ticket.status == "needs_information"
    assert InformationRequest.objects.get().asks == {"description": "Say since when, and on which number."}
    assert "Asked: Say since when" not in page_of(desk, ticket)  # the description stands in the conversation
    assert "Clock not running" in page_of(desk, ticket)


@pytest.mark.parametrize("fields", [{}, {"field": "description", "reason_description": " "}])
def test_sending_back_without_a_field_or_a_reason_comes_back_as_entered(post, ticket, fields):
    answer = post(ticket, "send-back", **fields)

    assert answer.status_code == 400
    assert answer.context["opened"] == "send_back"
    chosen = [one["code"] for one in answer.context["fields"] if one["chosen"]]
    assert chosen == ([fields["field"]] if fields else [])


def test_after_most_of_the_time_only_a_lead_sends_back(desk, post, cast, clock, ticket):
    clock.now = ticket.promise.close_at

    assert "needs a support lead" in page_of(desk, ticket)
    assert 'data-dialog="dialog-send_back"' not in page_of(desk, ticket)
    refused = post(ticket, "send-back", **BACK)
    desk.force_login(cast.lead)
    done = post(ticket, "send-back", **BACK)

    assert refused.status_code == 403
    assert "this needs a support lead" in refused.content.decode()
    assert done.status_code == 302


def test_reclassifying_shows_the_new_deadline_before_and_gives_it(desk, post, ticket):
    address = f"/admin/desk/{ticket.reference}/reclassify/preview/"
    preview = desk.get(address, {"severity": "critical", "cause": "corrected"}).content.decode()

    post(ticket, "reclassify", severity="critical", cause="corrected", reason="All shops are closed.")

    ticket.refresh_from_db()
    assert "First response by Tue 24 Nov, 13:30 Berlin" in preview
    assert (ticket.severity, ticket.promise.due_at) == ("critical", NOW + timedelta(minutes=30))
    assert "All shops are closed." in page_of(desk, ticket)


def test_a_new_deadline_that_is_past_is_said_before(desk, clock, ticket):
    clock.now = NOW + timedelta(hours=1)

    preview = desk.get(
        f"/admin/desk/{ticket.reference}/reclassify/preview/", {"severity": "critical", "cause": "corrected"}
    ).content.decode()

    assert "late at once" in preview


def test_lowering_late_needs_a_lead(desk, post, cast, clock):
    ticket = make_ticket(cast.owner, impact="halted", workaround=False)
    clock.now = ticket.promise.close_at
    form = {"severity": "standard", "cause": "corrected", "reason": "One number only."}

    assert post(ticket, "reclassify", **form).status_code == 403
    desk.force_login(cast.lead)
    assert post(ticket, "reclassify", **form).status_code == 302


@pytest.mark.parametrize(
    "fields", [{}, {"severity": "blue", "cause": "corrected", "reason": "x"}, {"severity": "urgent"}]
)
def test_a_reclassification_that_is_not_whole_comes_back_open(post, ticket, fields):
    answer = post(ticket, "reclassify", **fields)

    assert (answer.status_code, answer.context["opened"]) == (400, "reclassify")


def test_changing_the_topic_with_a_reason(post, ticket):
    assert post(ticket, "topic", topic="messaging_delays", reason="It is about delays.").status_code == 302

    ticket.refresh_from_db()
    assert ticket.topic.code == "messaging_delays"


def test_waiting_for_the_platform_until_a_date(post, answered):
    answer = post(answered, "platform", case="88 214 006", check_at="2026-11-26T12:00")

    answered.refresh_from_db()
    assert answer.status_code == 302
    assert (answered.status, answered.platform_case) == ("waiting_platform", "88 214 006")
    assert answered.check_at.isoformat() == "2026-11-26T11:00:00+00:00"  # noon in Berlin


def test_a_date_that_is_past_comes_back_with_what_was_entered(post, answered):
    answer = post(answered, "platform", case="88", check_at="2026-11-20T12:00")

    assert (answer.status_code, answer.context["opened"]) == (409, "platform")
    assert "Choose a date that lies ahead." in answer.content.decode()
    assert answer.context["platform_form"]["case"].value() == "88"


@pytest.mark.parametrize("act", ["resolve", "wait"])
def test_nothing_ends_or_waits_before_the_first_response(post, ticket, act):
    answer = post(ticket, act)

    ticket.refresh_from_db()
    assert (answer.status_code, ticket.status) == (409, "new")


def test_resolve_reopen_resolve_close(post, answered):
    for act, status in (
        ("wait", "waiting_partner"), ("take_up", "in_progress"), ("resolve", "resolved"), ("reopen", "in_progress"),
        ("resolve", "resolved"), ("close", "closed"),
    ):  # fmt: skip
        assert post(answered, act).status_code == 302
        answered.refresh_from_db()
        assert answered.status == status


def test_a_closed_ticket_takes_notes_but_no_answers(desk, post, answered):
    for act in ("resolve", "close"):
        post(answered, act)

    assert 'value="answer"' not in page_of(desk, answered)
    assert post(answered, "message", kind="answer", body="One more thing").status_code == 409
    assert post(answered, "message", kind="note", body="For the record").status_code == 302


# Escalation ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def escalated(cast, ticket):
    request = escalations.ask(
        ticket, cause="no_progress", reason="Three shops are closed.", by=actor_for(cast.owner), now=NOW
    )
    escalations.escalate(request, by=actor_for(cast.growth), now=NOW)
    return ticket


def test_a_lead_acknowledges_and_concludes(desk, post, cast, escalated):
    desk.force_login(cast.lead)

    assert "Acknowledge" in page_of(desk, escalated)
    assert post(escalated, "acknowledge").status_code == 302
    assert post(escalated, "conclude", outcome="").status_code == 400
    assert post(escalated, "conclude", outcome="Routed round the outage.").status_code == 302
    assert open_escalation(escalated) is None


@pytest.mark.parametrize("act", ["acknowledge", "conclude"])
def test_an_agent_sees_no_button_and_gets_403(desk, post, escalated, act):
    assert f"/{escalated.reference}/{act}/" not in page_of(desk, escalated)

    answer = post(escalated, act, outcome="Done.")

    assert answer.status_code == 403
    assert "Only a support lead can do this." in answer.content.decode()
    assert open_escalation(escalated).state == "escalated"


def test_a_clients_ticket_that_turns_out_confidential_is_hidden_from_its_partner(desk, cast, client):
    ticket = make_ticket(cast.nordlicht_member)

    desk.post(
        f"/admin/desk/{ticket.reference}/topic/", {"topic": "changing_partners", "reason": "It is about leaving."}
    )

    client.force_login(cast.owner)
    assert client.get(reverse("ticket", args=[ticket.reference])).status_code == 404
    client.force_login(cast.nordlicht_member)
    assert client.get(reverse("ticket", args=[ticket.reference])).status_code == 200


def test_near_the_deadline_only_a_lead_lowers_the_severity_by_another_topic(desk, cast, client, clock):
    ticket = make_ticket(cast.owner, "messaging_delays")
    clock.now = ticket.promise.close_at
    address, form = f"/admin/desk/{ticket.reference}/topic/", {"topic": "templates", "reason": "It is a template."}

    refused = desk.post(address, form)

    assert (refused.status_code, Ticket.objects.get(pk=ticket.pk).severity) == (403, "critical")
    client.force_login(cast.lead)
    client.post(address, form)
    assert Ticket.objects.get(pk=ticket.pk).severity == "standard"
