"""Who works on what: the page of support's people, and what "next ticket" makes of it."""

from datetime import date, timedelta

import pytest

from accounts.actor import actor_for
from accounts.models import AuditEntry
from packages.models import Topic
from tests.cast import NOW, answer_ticket, make_agent, make_ticket
from tickets.actions.agents import change_agent
from tickets.actions.taking import take_next
from tickets.actions.triage import assign
from tickets.models import AgentProfile, Ticket

pytestmark = pytest.mark.django_db

NOTHING = {"languages": [], "topics": [], "away_from": None, "away_until": None}


def works_on(person, cast, **facts):
    change_agent(person, **{**NOTHING, **facts}, by=actor_for(cast.lead), now=NOW)


def in_language(ticket: Ticket, language: str) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(language=language)
    return ticket


def next_of(person) -> Ticket | None:
    return take_next(by=actor_for(person), now=NOW)


def test_next_ticket_prefers_what_the_agent_speaks(cast):
    german, english = in_language(make_ticket(cast.owner), "de"), make_ticket(cast.owner)
    works_on(cast.agent, cast, languages=["en"])

    assert next_of(cast.agent) == english
    assert next_of(cast.agent) is None  # the second agent, who is there, takes every language
    assert next_of(cast.second_agent) == german


def test_next_ticket_prefers_the_topics_that_the_agent_takes(cast):
    other, delays = make_ticket(cast.owner), make_ticket(cast.owner, "messaging_delays")
    works_on(cast.agent, cast, topics=["messaging_delays"])

    assert next_of(cast.agent) == delays
    assert next_of(cast.agent) is None
    assert next_of(cast.second_agent) == other


def test_what_nobody_who_is_there_takes_is_given_to_everybody(cast):
    german = in_language(make_ticket(cast.owner), "de")
    works_on(cast.agent, cast, languages=["en"])
    works_on(cast.second_agent, cast, languages=["de"])

    assert next_of(cast.agent) is None

    works_on(cast.second_agent, cast, languages=["de"], away_from=NOW.date(), away_until=NOW.date())

    assert next_of(cast.agent) == german


def test_a_lead_counts_only_for_what_is_named(cast):
    german = in_language(make_ticket(cast.owner), "de")
    for agent in (cast.agent, cast.second_agent):
        works_on(agent, cast, languages=["en"])
    works_on(cast.lead, cast, languages=["de"])

    assert next_of(cast.agent) is None

    works_on(cast.lead, cast)

    assert next_of(cast.agent) == german


def test_tickets_of_somebody_away_are_handed_on_when_it_is_supports_turn(cast):
    ticket = make_ticket(cast.owner)
    assign(ticket, cast.second_agent, by=actor_for(cast.lead), now=NOW)
    waiting = make_ticket(cast.owner)
    answer_ticket(waiting, cast.second_agent, now=NOW)
    Ticket.objects.filter(pk=waiting.pk).update(status="waiting_partner", work_at=None)

    assert next_of(cast.agent) is None

    tomorrow = NOW.date() + timedelta(days=1)
    works_on(cast.second_agent, cast, away_from=tomorrow, away_until=tomorrow)
    assert next_of(cast.agent) is None

    works_on(cast.second_agent, cast, away_from=NOW.date(), away_until=tomorrow)
    assert next_of(cast.agent) == ticket
    ticket.refresh_from_db()
    assert ticket.assignee == cast.agent
    assert next_of(cast.agent) is None


def test_the_page_lists_everybody_in_as_many_queries_for_more_people(desk, cast, django_assert_num_queries):
    works_on(cast.second_agent, cast, languages=["de", "ru"], topics=["messaging_delays"])
    desk.get("/admin/agents/")

    with django_assert_num_queries(7):
        page = desk.get("/admin/agents/").content.decode()

    for number in range(3):
        make_agent(f"Agent {number}")
    with django_assert_num_queries(7):
        desk.get("/admin/agents/")
    assert "Deutsch, Русский" in page


def test_a_lead_changes_an_agent_and_the_record_says_what(client, cast, clock):
    client.force_login(cast.lead)
    address = f"/admin/agents/{cast.agent.pk}/"

    answer = client.post(
        address,
        {"languages": ["de", "en"], "topics": ["other"], "away_from": "2026-12-24", "away_until": "2026-12-31"},
    )

    profile = cast.agent.agent_profile
    assert answer.url == "/admin/agents/"
    assert (profile.languages, profile.away_until) == (["de", "en"], date(2026, 12, 31))
    assert list(profile.topics.all()) == [Topic.objects.get(code="other")]
    entry = AuditEntry.objects.get(verb="agent.changed")
    assert (entry.actor, entry.before["languages"], entry.after["languages"]) == (cast.lead, [], ["de", "en"])

    client.post(
        address,
        {"languages": ["de", "en"], "topics": ["other"], "away_from": "2026-12-24", "away_until": "2026-12-31"},
    )
    assert AuditEntry.objects.filter(verb="agent.changed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"away_from": "2026-12-24"},
        {"away_until": "2026-12-24"},
        {"away_from": "2026-12-31", "away_until": "2026-12-24"},
        {"away_from": "soon", "away_until": "2026-12-24"},
        {"languages": ["xx"]},
        {"topics": ["no_such_topic"]},
    ],
)
def test_what_makes_no_sense_comes_back_with_what_was_typed(desk, cast, wrong):
    answer = desk.post(f"/admin/agents/{cast.agent.pk}/", {"languages": ["ru"], **wrong})

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert answer.context["form"]["languages"].value() == wrong.get("languages", ["ru"])
    assert not AgentProfile.objects.exists()


def test_an_agent_changes_their_own_profile_and_nobody_elses(desk, cast):
    assert desk.post(f"/admin/agents/{cast.agent.pk}/", {"languages": ["ru"]}).status_code == 302
    assert desk.get(f"/admin/agents/{cast.second_agent.pk}/").status_code == 404
    assert desk.post(f"/admin/agents/{cast.second_agent.pk}/", {"languages": ["ru"]}).status_code == 404
    assert desk.get(f"/admin/agents/{cast.owner.pk}/").status_code == 404
    assert list(AgentProfile.objects.values_list("user", flat=True)) == [cast.agent.pk]
