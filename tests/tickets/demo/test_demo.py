"""The demonstration: every story files under the shipped policy, and the whole is what it says."""

import random
import re
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation, Tier, User
from accounts.models.user import DEMO_PASSWORD
from tests.instants import NOW
from tickets.demo.assets import facts_for
from tickets.demo.people import ACCOUNTS, PEOPLE
from tickets.demo.phrases import _phrases
from tickets.demo.stage import play
from tickets.demo.stories import Telling, all_stories
from tickets.models import Attachment, Escalation, InformationRequest, Message, Promise, Ticket, Timer
from tickets.policy.answers import check

SPEAKERS = {"support", "ask", "platform", "resolve", "partner", "done", "note", "growth"}


def test_every_story_is_a_valid_ticket_in_which_nothing_looks_odd(policy):
    wrong = []
    for story in all_stories():
        dice = random.Random(1)
        facts = {**facts_for("meridian", story.country, dice), "about": "Meridian", "me": "Ana", "company": "Meridian"}
        telling = Telling(story, facts, filed_at=NOW, dice=dice, taken=set())
        answers = telling.answers(screenshot=["1"]) if any("field" in one for one in story.files) else telling.answers()
        filer = "client" if story.filer == "client" else "partner"
        checked = check(policy.policy.topics[story.topic], answers, filer=filer, now=NOW, zone=None, files=["1"])
        wrong += [(story.subjects[0], remark) for remark in (*checked.refused, *checked.asked)]

    assert wrong == []


def test_stories_leave_no_fact_unfilled_and_know_who_speaks():
    unfilled, unknown = [], []
    for story in all_stories():
        dice = random.Random(2)
        facts = {**facts_for("meridian", story.country, dice), "about": "Meridian", "me": "Ana", "company": "Meridian"}
        telling = Telling(story, facts, filed_at=NOW, dice=dice, taken=set())
        told = [telling.say(text) for text in (*story.subjects, story.description, *(text for _, text in story.turns))]
        # A field that is a moment begins with @; within a text it would be read as it stands.
        unfilled += re.findall(rf"(?<!['\"])@(?:{'|'.join(story.times) or '-'})\w*", repr(story.fields))
        unfilled += [text for text in told if "[[" in text or "{" in text.replace("{{", "").replace('{"', "")]
        unknown += [speaker for speaker, _ in story.turns if speaker not in SPEAKERS]

    assert (unfilled, unknown) == ([], [])


def test_there_are_stories_of_every_topic_and_language(policy):
    stories = all_stories()

    assert {story.topic for story in stories} == set(policy.policy.topics)
    for topic in policy.policy.topics:
        assert len({story.language for story in stories if story.topic == topic}) == 5, topic


def test_every_language_has_a_phrase_for_every_occasion():
    occasions = {language: set(phrases) for language, phrases in _phrases().items()}

    assert len(occasions) == 5
    assert len({frozenset(one) for one in occasions.values()}) == 1


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demonstration_shows_every_state_topic_language_and_tier(policy, settings):
    settings.DEBUG = True

    assert play(now=NOW) == Ticket.objects.count() == 300

    assert set(Ticket.objects.values_list("status", flat=True)) == set(Ticket.Status.values)
    assert len(set(Ticket.objects.values_list("topic", flat=True))) == len(policy.policy.topics)
    assert len(set(Ticket.objects.values_list("language", flat=True))) == 5
    assert Organisation.objects.count() == 12
    assert set(Organisation.objects.values_list("tier", flat=True)) == {"", *Tier.values}
    roles = Counter(User.objects.values_list("role", flat=True))
    assert (roles["growth_manager"], roles["agent"], roles["lead"], roles["administrator"]) == (2, 4, 1, 1)
    subjects = list(Ticket.objects.values_list("subject", flat=True))
    assert len(subjects) == len(set(subjects))
    assert {"asked", "escalated", "acknowledged", "concluded", "declined"} <= set(
        Escalation.objects.values_list("state", flat=True)
    )
    assert {"kept", "missed", "void", "replaced", None} == set(Promise.objects.values_list("outcome", flat=True))
    assert InformationRequest.objects.filter(ended_at=None).exists()
    merged = Ticket.objects.get(merged_into__isnull=False)
    assert sorted(merged.events.values_list("kind", flat=True)) == ["filed", "merged"]
    assert Attachment.objects.filter(content_type="image/png").exists()
    assert Message.objects.filter(kind=Message.Kind.NOTE).exists()
    running = Promise.objects.filter(outcome=None)
    assert running.filter(due_at__lte=NOW).exists()
    assert running.filter(close_at__lte=NOW, due_at__gt=NOW).exists()
    assert running.filter(close_at__gt=NOW).exists()
    # It is told in order: nothing is overdue, and nothing happened in the future.
    assert not Timer.objects.filter(fired_at=None, cancelled_at=None, due_at__lte=NOW).exists()
    assert not Ticket.objects.filter(activity_at__gt=NOW).exists()


@pytest.mark.django_db
def test_the_command_is_refused_where_debug_is_off(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo")

    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_known_password_opens_nothing_where_debug_is_off(settings):
    person = User.objects.create_user(PEOPLE[ACCOUNTS[0]].email, DEMO_PASSWORD)
    settings.DEBUG = True
    assert person.check_password(DEMO_PASSWORD)

    settings.DEBUG = False
    assert not person.check_password(DEMO_PASSWORD)


@pytest.mark.django_db
def test_a_second_run_changes_nothing(settings, capsys):
    settings.DEBUG = True
    User.objects.create_user("partner@example.com", DEMO_PASSWORD)

    call_command("seed_demo")

    assert "there already" in capsys.readouterr().out
    assert User.objects.count() == 1
