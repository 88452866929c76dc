"""Writing a ticket on its page: nothing typed is lost, no secret is kept, what looks odd is asked once."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from packages.models import Subscription
from tests.cast import NOW, Cast, subscribe
from tests.tickets.web.filling import basis_in, begin, confirmed_in, page_of, send, summary_of, typed_for, value_of
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_an_error_keeps_everything_typed_also_in_rows(client, cast: Cast):
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays", client="Café „Nordlicht“ & Söhne", description="  <b>Zeile</b>\nzwei  ")
    typed |= {"phone_number": "030 23125 014", "samples.1.sent_at": "yesterday", "typical_delay_minutes": "a lot"}

    response = send(client, draft, typed)

    assert response.status_code == 400
    assert summary_of(response) == ["id_phone_number", "id_typical_delay_minutes", "id_samples.1.sent_at"]
    for name in ("client", "phone_number", "typical_delay_minutes", "samples.1.sent_at", "samples.2.message_id"):
        assert value_of(response, name) == typed[name]
    assert value_of(response, "description") == typed["description"]
    assert not Ticket.objects.exists()


def test_what_was_typed_is_shown_as_text_never_as_markup(client, cast: Cast):
    draft = begin(client, cast.owner)
    attack = "\"><script>alert(1)</script>'{{7*7}}"
    typed = dict.fromkeys(typed_for("messaging_delays"), attack)

    response = send(client, draft, typed)

    page = response.content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "49" not in re.findall(r"\{\{7|49\b", value_of(response, "subject"))


@pytest.mark.slow
def test_five_megabytes_are_refused_at_the_description_and_stay_on_the_page(client, cast: Cast):
    draft = begin(client, cast.owner)

    response = send(client, draft, typed_for("messaging_delays", description="x" * 5_000_000))

    assert response.status_code == 400
    assert summary_of(response) == ["id_description"]
    assert len(value_of(response, "description")) == 5_000_000


def test_a_subject_of_two_hundred_emoji_is_filed_whole(client, cast: Cast):
    draft = begin(client, cast.owner)
    subject = "👩‍👩‍👧" * 40

    send(client, draft, typed_for("messaging_delays", subject=subject))

    assert Ticket.objects.get().subject == subject


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("2026-11-26T09:00", "This is in the future; is the zone right?"),
        ("2026-03-29T02:30", "The clocks skipped this time on that day. Choose another one."),
        ("Tuesday", "Give the day and the time"),
        ("99999-01-01T00:00", "Give the day and the time"),
    ],
)
def test_a_time_that_can_not_be_is_refused_and_kept(client, cast: Cast, typed: str, message: str):
    draft = begin(client, cast.owner)

    response = send(client, draft, typed_for("messaging_delays") | {"delayed_since": typed})

    assert response.status_code == 400
    assert message in html.unescape(response.content.decode())
    assert value_of(response, "delayed_since") == typed


def test_a_time_is_read_in_the_zone_of_the_person(client, cast: Cast):
    cast.owner.timezone = "America/Sao_Paulo"
    cast.owner.save()
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays") | {"delayed_since": "2026-11-24T08:05"}

    page = client.get(page_of(draft)).content.decode()
    send(
        client, draft, typed | {f"samples.{row}.{end}_at": "08:30" for row in range(3) for end in ("sent", "delivered")}
    )

    assert "Your time zone: São Paulo." in page
    assert Ticket.objects.get().answers["delayed_since"] == "2026-11-24T11:05:00+00:00"


def test_a_secret_is_masked_before_anything_is_saved_and_asked_about(client, cast: Cast):
    draft = begin(client, cast.owner, "api_unreachable")
    key = "EAAGm0PX4ZCpsBAKsecretsecret"
    typed = typed_for("api_unreachable", request_response=f"curl -H 'D360-API-KEY: {key}'", subject=f"Key {key}")

    first = send(client, draft, typed)
    again = {name: value_of(first, name) or text for name, text in typed.items()}
    second = send(client, draft, again)

    assert first.status_code == 400
    assert summary_of(first) == ["id_subject", "id_request_response"]
    assert key not in first.content.decode()
    assert second.status_code == 302
    ticket = Ticket.objects.get()
    assert key not in f"{ticket.subject} {ticket.answers} {ticket.typed}"
    assert key.lower() not in ticket.words.public_identifiers
    assert "D360-API-KEY: ***" in ticket.answers["request_response"]


def test_an_autosaved_secret_never_reaches_the_draft(client, cast: Cast):
    draft = begin(client, cast.owner)
    key = "EAAGm0PX4ZCpsBAKsecretsecret"

    response = client.post(reverse("save_draft", args=[draft.pk]), {"description": f"My token is {key}."})

    assert response.status_code == 204
    assert Draft.objects.get().answers == {"description": "My token is ***."}


def test_what_looks_odd_is_asked_once_and_filed_as_it_is(client, cast: Cast):
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays", waba_id="123456789")

    asked = send(client, draft, typed)
    filed = send(client, draft, typed, confirmed=confirmed_in(asked))

    assert asked.status_code == 200
    assert "This looks like a phone number" in asked.content.decode()
    assert filed.status_code == 302
    assert Ticket.objects.get().answers["waba_id"] == "123456789"


def test_another_odd_answer_is_asked_anew(client, cast: Cast):
    draft = begin(client, cast.owner)
    asked = send(client, draft, typed_for("messaging_delays", waba_id="123456789"))

    again = send(client, draft, typed_for("messaging_delays", waba_id="987654321"), confirmed=confirmed_in(asked))

    assert again.status_code == 200
    assert not Ticket.objects.exists()


def test_the_page_comes_back_once_when_the_promise_moved(client, cast: Cast):
    draft = begin(client, cast.outsider)
    typed = typed_for("messaging_delays")
    seen = basis_in(client.post(reverse("draft_promise", args=[draft.pk]), typed))
    subscribe(cast.silverline, "premium", starts_at=NOW - timedelta(minutes=1))

    moved = client.post(page_of(draft), {**typed, "basis": seen})
    filed = client.post(page_of(draft), {**typed, "basis": basis_in(moved)})

    assert Subscription.objects.filter(organisation=cast.silverline).exists()
    assert "It is not what this page showed before" in moved.content.decode()
    assert basis_in(moved) != seen
    assert filed.status_code == 302
    assert Ticket.objects.get().promise.target == timedelta(minutes=30)


def test_without_javascript_the_promise_is_shown_before_the_ticket_is_filed(client, cast: Cast):
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays")
    empty = client.get(page_of(draft))

    shown = client.post(page_of(draft), {**typed, "basis": basis_in(empty)})
    filed = client.post(page_of(draft), {**typed, "basis": basis_in(shown)})

    assert (basis_in(empty), shown.status_code) == ("", 200)
    assert "First answer by 13:30" in shown.content.decode()
    assert filed.status_code == 302


def test_the_deadline_that_the_page_shows_is_the_tickets(client, cast: Cast):
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays", impact="halted", workaround=False)

    preview = client.post(reverse("draft_promise", args=[draft.pk]), typed).content.decode()
    send(client, draft, typed)

    assert "First answer by 13:30" in preview
    assert "Critical" in preview
    assert Ticket.objects.get().promise.due_at == NOW + timedelta(minutes=30)


def test_before_the_answers_are_there_the_preview_says_what_is_needed(client, cast: Cast):
    draft = begin(client, cast.owner)

    page = client.post(reverse("draft_promise", args=[draft.pk]), {"environment": "production"}).content.decode()

    assert "Impact on your production" in page
    assert "Is there a workaround?" in page
    assert "Environment" not in page
    assert "First answer by" not in page


def test_a_second_tab_lands_on_the_ticket_that_the_first_one_filed(client, cast: Cast):
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays")

    first, second = send(client, draft, typed), client.post(page_of(draft), typed)

    assert first.url == second.url == client.get(page_of(draft)).url
    assert Ticket.objects.count() == 1
    assert client.post(reverse("save_draft", args=[draft.pk]), typed).status_code == 409
    assert not Draft.objects.exists()


def test_the_policys_own_answer_beside_an_input_counts(client, cast: Cast):
    draft = begin(client, cast.owner, "onboarding")

    send(client, draft, typed_for("onboarding", meta_business_id=None) | {"meta_business_id.instead": "not_created"})

    assert Ticket.objects.get().answers["meta_business_id"] == "not_created"


def test_a_partner_chooses_whether_the_client_may_see_the_ticket(client, cast: Cast):
    draft = begin(client, cast.owner)

    send(client, draft, typed_for("messaging_delays", client="café nordlicht") | {"client.shared": "yes"})

    ticket = Ticket.objects.get()
    assert (ticket.client, ticket.is_shared) == (cast.nordlicht, True)


def test_a_client_is_asked_for_no_client(client, cast: Cast):
    draft = begin(client, cast.nordlicht_member)

    page = client.get(page_of(draft)).content.decode()

    assert 'name="client"' not in page
    assert "Loja Azul" not in page


def test_numbers_given_before_are_offered_to_their_organisation_only(client, cast: Cast):
    send(client, begin(client, cast.owner), typed_for("messaging_delays", phone_number="+493011112222"))
    send(client, begin(client, cast.outsider), typed_for("messaging_delays", phone_number="+493033334444"))

    page = client.get(page_of(begin(client, cast.colleague))).content.decode()

    assert re.findall(r'<option value="(\+\d+)">', page) == ["+493011112222"]


def test_open_tickets_that_look_alike_are_shown_to_those_who_may_see_them(client, cast: Cast):
    send(client, begin(client, cast.owner), typed_for("messaging_delays", subject="Slow since noon"))
    send(client, begin(client, cast.outsider), typed_for("messaging_delays", subject="Not for others"))

    draft = begin(client, cast.colleague, "service_reduced")
    none = client.post(reverse("draft_alike", args=[draft.pk]), {"phone_number": "+4911111111"}).content.decode()
    same = client.post(reverse("draft_alike", args=[draft.pk]), {"phone_number": "+49 30 23125014"}).content.decode()

    assert "Slow since noon" not in none
    assert "Slow since noon" in same
    assert "Not for others" not in same


def test_a_known_error_code_gets_its_hint(client, cast: Cast):
    client.force_login(cast.owner)
    url = reverse("code_hint", args=["error"])

    known = client.post(url, {"error": "(#131047) Re-engagement message"}).content.decode()
    unknown = client.post(url, {"error": "9999999 what"}).content.decode()

    assert "What this code means:" in known
    assert "What this code means:" not in unknown


def test_a_row_can_be_added_without_javascript(client, cast: Cast):
    draft = begin(client, cast.owner)

    response = client.post(page_of(draft), typed_for("messaging_delays") | {"add": "samples"})

    assert response.status_code == 200
    assert 'name="samples.3.message_id"' in response.content.decode()
    assert 'name="samples.4.message_id"' not in response.content.decode()


def test_blank_rows_in_between_are_left_out(client, cast: Cast):
    draft = begin(client, cast.owner)
    typed = typed_for("messaging_delays")
    moved = {name.replace("samples.1.", "samples.7."): text for name, text in typed.items()}

    send(client, draft, moved | {"samples.1.message_id": " ", "samples.1.sent_at": ""})

    assert len(Ticket.objects.get().answers["samples"]) == 3


@pytest.mark.parametrize("language", ["de", "ru", "es", "pt-br"])
def test_the_page_speaks_the_persons_language(client, cast: Cast, language: str):
    cast.owner.language = language
    cast.owner.save()
    draft = begin(client, cast.owner, "business_verification")

    response = send(client, draft, {"meta_business_id": "no"})

    text = {"de": "Brasilien", "ru": "Бразилия", "es": "Brasil", "pt-br": "Brasil"}[language]
    assert f">{text}</option>" in response.content.decode()


def test_the_page_asks_little_of_the_database(client, cast: Cast, django_assert_max_num_queries):
    for _ in range(4):
        send(client, begin(client, cast.owner), typed_for("messaging_delays"))
    draft = begin(client, cast.owner)

    with django_assert_max_num_queries(15):
        client.get(page_of(draft))
    with django_assert_max_num_queries(15):
        client.post(page_of(draft), {"subject": "Only this"})
    with django_assert_max_num_queries(10):
        client.post(reverse("draft_promise", args=[draft.pk]), {"impact": "halted"})
    with django_assert_max_num_queries(8):
        client.post(reverse("save_draft", args=[draft.pk]), {"subject": "Only this"})


def test_a_line_of_the_summary_about_a_question_keeps_the_question_s_own_mark(client, cast: Cast):
    draft = begin(client, cast.owner)

    page = send(client, draft, typed_for("messaging_delays", workaround=None, subject=None)).content.decode()

    assert ">Is there a workaround? This is needed.</a>" in page
    assert ">Subject: This is needed.</a>" in page
