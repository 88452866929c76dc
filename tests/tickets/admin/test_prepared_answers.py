"""Prepared answers at the desk: who writes them, which are offered on a ticket, and what a receipt does not do."""

import re
from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from packages.models import Topic
from tests.cast import NOW, make_ticket
from tests.tickets.admin.conftest import page_of
from tickets.models import Message, PreparedAnswer

pytestmark = pytest.mark.django_db
LIST = "/admin/tickets/preparedanswer/"


def prepare(name="Restart", text="Hello {person}, please restart it.", *, topics=(), **facts):
    texts = facts.pop("texts", {"en": text})
    answer = PreparedAnswer.objects.create(name=name, texts=texts, **facts)
    answer.topics.set(Topic.objects.filter(code__in=topics))
    return answer


def form(**changes):
    return {"name": "Restart", "text_en": "Please restart it.", "is_active": "on", **changes}


def used(desk, ticket, answer):
    """Return what the list would put into the composer."""
    page = desk.get(f"/admin/desk/{ticket.reference}/prepared/{answer.pk}/").content.decode()
    return re.search(r'data-text="([^"]*)"', page)[1]


# Writing them ------------------------------------------------------------------------------------------------------


def test_a_lead_writes_one_in_several_languages_and_the_record_says_so(desk, cast):
    desk.force_login(cast.lead)
    other = Topic.objects.get(code="other")

    answer = desk.post(f"{LIST}add/", form(text_de="Bitte neu starten.", topics=[other.pk]))

    made = PreparedAnswer.objects.get()
    assert answer.status_code == 302
    assert made.texts == {"en": "Please restart it.", "de": "Bitte neu starten."}
    assert list(made.topics.all()) == [other]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.after["text_de"]) == (
        cast.lead,
        "preparedanswer.added",
        "Bitte neu starten.",
    )


def test_a_change_is_recorded_from_and_to_and_shown_as_history(desk, cast):
    answer = prepare(topics=["other"])
    desk.force_login(cast.lead)

    desk.post(f"{LIST}{answer.pk}/change/", form(text_en="Turn it off and on.", is_receipt="on"))

    entry = AuditEntry.objects.get()
    assert entry.before == {
        "topics": ["other"], "is_receipt": False, "text_en": "Hello {person}, please restart it.",
    }  # fmt: skip
    assert entry.after == {"topics": [], "is_receipt": True, "text_en": "Turn it off and on."}
    history = desk.get(f"{LIST}{answer.pk}/history/").content.decode()
    for words in ("Changed by Jonas Brandt", "please restart it.", "Turn it off and on.", "Topics", "all"):
        assert words in history


def test_the_ends_of_lines_that_browsers_send_are_no_change(desk, cast):
    answer = prepare(text="One\n\ntwo")
    desk.force_login(cast.lead)

    desk.post(f"{LIST}{answer.pk}/change/", form(text_en="One\r\n\r\ntwo", is_receipt="on"))

    assert list(AuditEntry.objects.get().after) == ["is_receipt"]


def test_a_placeholder_that_does_not_exist_is_refused_at_its_field(desk, cast):
    desk.force_login(cast.lead)

    page = desk.post(f"{LIST}add/", form(text_de="Hallo {Name}, {reference}")).content.decode()

    assert "There is no placeholder {Name}" in page
    assert "Hallo {Name}, {reference}" in page
    assert PreparedAnswer.objects.count() == 0


def test_two_do_not_have_one_name_however_it_is_written(desk, cast):
    prepare("Restart")
    desk.force_login(cast.lead)

    page = desk.post(f"{LIST}add/", form(name="restart")).content.decode()

    assert "Another one has this name already." in page


@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("lead", 200), ("administrator", 200)])
def test_leads_and_administrators_write_them_and_nobody_deletes_them(desk, cast, who, status):
    answer = prepare()
    desk.force_login(getattr(cast, who))

    pages = [LIST, f"{LIST}add/", f"{LIST}{answer.pk}/change/", f"{LIST}{answer.pk}/history/"]

    assert [desk.get(page).status_code for page in pages] == [status] * 4
    assert desk.post(f"{LIST}{answer.pk}/delete/", {"post": "yes"}).status_code == 403


# Using them --------------------------------------------------------------------------------------------------------


def test_those_of_the_tickets_language_and_topic_are_offered_first(desk, cast):
    ticket = make_ticket(cast.owner, language="de")
    both = {"en": "Restart", "de": "Neu starten"}
    prepare("E every, English")
    prepare("D other topic", texts=both, topics=["templates"])
    prepare("C every", texts=both)
    prepare("B its topic", texts=both, topics=["other", "templates"])
    prepare("A out of use", texts=both, is_active=False)

    listed = desk.get(f"/admin/desk/{ticket.reference}/").context["prepared_answers"]

    assert [(one["name"], one["is_foreign"]) for one in listed] == [
        ("B its topic", False), ("C every", False), ("D other topic", False), ("E every, English", True),
    ]  # fmt: skip


def test_the_facts_of_the_ticket_are_filled_in_in_its_language(desk, cast):
    ticket = make_ticket(cast.owner, language="de")
    answer = prepare(texts={"en": "x", "de": "{person}, {reference}: {topic} bis {deadline}, {agent}, {next_update}"})

    assert used(desk, ticket, answer) == (
        f"Ana Prado, {ticket.reference}: Alles andere bis Mi, 25. Nov, 13:00 (Berlin), Lena Fischer, {{next_update}}"
    )


def test_a_language_that_is_not_there_is_english(desk, cast):
    ticket = make_ticket(cast.owner, language="ru")

    assert used(desk, ticket, prepare(texts={"en": "By {deadline}", "de": "Bis {deadline}"})).startswith(
        "By Wed 25 Nov"
    )


def test_a_deadline_that_has_passed_or_was_kept_is_a_missing_value(desk, cast, answered, clock):
    late = make_ticket(cast.owner)
    clock.now = NOW + timedelta(days=9)
    answer = prepare(text="By {deadline}")

    assert [used(desk, one, answer) for one in (answered, late)] == ["By {deadline}", "By {deadline}"]


def test_a_message_remembers_what_it_was_written_with_and_is_the_first_response(post, ticket):
    answer = prepare()

    post(ticket, "message", kind="answer", body="Please restart it twice.", prepared=answer.pk)

    ticket.refresh_from_db()
    assert Message.objects.get().prepared == answer
    assert ticket.promise.outcome == "kept"


def test_a_receipt_is_no_first_response_and_the_clock_runs_on(post, ticket):
    receipt = prepare("Receipt", "We have it.", is_receipt=True)

    post(ticket, "message", kind="answer", body="We have it, thanks.", prepared=receipt.pk)

    ticket.refresh_from_db()
    assert (Message.objects.get().is_answer, ticket.promise.outcome) == (False, None)


def test_the_words_of_a_receipt_are_one_whatever_the_form_says(post, ticket):
    prepare("Receipt", "Hello {person}, we have {reference}.", is_receipt=True)

    post(ticket, "message", kind="answer", body=f" Hello Ana Prado,\nwe have {ticket.reference}. ")

    ticket.refresh_from_db()
    assert ticket.promise.outcome is None


def test_a_receipt_cannot_resolve_a_ticket(post, ticket):
    receipt = prepare("Receipt", "We have it.", is_receipt=True)

    answer = post(ticket, "message", kind="answer", body="We have it.", prepared=receipt.pk, then="resolved")

    assert answer.status_code == 409
    assert Message.objects.count() == 0


def test_a_placeholder_without_a_value_is_shown_and_never_sent(post, desk, ticket):
    answer = prepare(text="Next by {next_update}")
    text = used(desk, ticket, answer)

    refused = post(ticket, "message", kind="answer", body=text, prepared=answer.pk)

    page = refused.content.decode()
    assert refused.status_code == 400
    assert "A placeholder in braces still stands in your answer" in page
    assert "{next_update} has no value on this ticket" in page
    assert refused.context["body"] == text
    assert Message.objects.count() == 0
    assert post(ticket, "message", kind="answer", body=text).status_code == 302  # its own words, braces and all


def test_without_scripts_a_button_puts_it_below_what_is_written(post, ticket):
    answer = prepare()

    page = post(ticket, "insert", kind="answer", body="Good morning.", then="resolved", choice=answer.pk)

    assert page.status_code == 200
    assert page.context["body"] == "Good morning.\n\nHello Ana Prado, please restart it."
    assert (page.context["prepared"]["id"], page.context["then"]) == (answer.pk, "resolved")
    assert Message.objects.count() == 0


def test_the_draft_that_is_kept_remembers_it(desk, ticket):
    answer = prepare()
    desk.post(f"/admin/desk/{ticket.reference}/draft/", {"body": "Half", "kind": "answer", "prepared": answer.pk})

    assert desk.get(f"/admin/desk/{ticket.reference}/").context["prepared"]["name"] == "Restart"


@pytest.mark.parametrize("choice", ["", "0", "-1", "²", "99999999999999999999", "x"])
def test_nonsense_chooses_none(post, ticket, choice):
    assert post(ticket, "insert", body="Mine.", choice=choice).context["body"] == "Mine."
    assert post(ticket, "message", kind="answer", body="Mine.", prepared=choice).status_code == 302
    assert Message.objects.get().prepared is None


@pytest.mark.parametrize("rows", [1, 20])
def test_more_of_them_take_no_more_queries(desk, cast, ticket, rows, django_assert_num_queries):
    for number in range(rows):
        prepare(f"Answer {number}", topics=["other", "templates"])
    page_of(desk, ticket)

    with django_assert_num_queries(12):
        page_of(desk, ticket)
