"""Words that change with the day and the language."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tests.cast import NOW, answer_ticket, make_ticket
from tickets.web.filing_promise import hours_in_words
from tickets.wording import day, short_moment

# NOW is a Tuesday, 13:00 in Berlin.
MOMENTS = [
    (timedelta(hours=2), "15:00"),
    (timedelta(days=3), "Fri 13:00"),
    (timedelta(days=-3), "Sat 13:00"),
    (timedelta(days=4), "Sat 28 Nov, 13:00"),
    (timedelta(days=-4), "Fri 20 Nov, 13:00"),
]


@pytest.mark.parametrize(("away", "said"), MOMENTS)
def test_a_weekday_alone_is_said_only_where_it_can_be_no_other_week_s(away, said):
    with timezone.override("Europe/Berlin"), translation.override("en"):
        assert short_moment(NOW + away, now=NOW) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Tue 24 Nov"), ("de", "Di, 24. Nov"), ("es", "mar 24 nov"), ("pt-br", "ter, 24 nov"), ("ru", "вт, 24 ноя")],
)
def test_names_of_days_and_months_are_small_where_the_language_writes_them_so(language, said):
    with translation.override(language):
        assert day(NOW) == said


def test_opening_hours_name_the_days_as_within_a_sentence(policy):
    calendar = policy.policy.calendar_of("standard")

    with translation.override("ru"):
        assert hours_in_words(calendar) == "Поддержка работает: понедельник — пятница, 02:00–22:00 (Берлин)."


@pytest.mark.django_db
def test_what_can_t_be_escalated_leads_to_no_page_that_is_open_already(client, cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW, then="resolved")
    client.force_login(cast.owner)

    page = client.get(f"/tickets/{ticket.reference}/").content.decode()

    assert "reopen it: then it can be escalated" in page
    assert "Go to the ticket" not in page
