"""Choosing a topic; drafts: theirs alone, kept when the topic changes, when the session ends, when they come back."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast
from tests.tickets.web.filling import POLICY, begin, page_of, send, typed_for
from tickets.actions.drafting import MOST_DRAFTS, save_draft
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def client_of():
    def make(user):
        client = Client()
        client.force_login(user)
        return client

    return make


def test_topics_are_cards_with_the_severity_that_the_package_lists(client, cast: Cast):
    client.force_login(cast.owner)

    page = client.get(reverse("new_ticket")).content.decode()

    assert [f'value="{code}"' in page for code in POLICY.topics] == [True] * len(POLICY.topics)
    assert page.count("Listed as Urgent in your package.") == 2


@pytest.mark.parametrize(
    ("language", "words", "best"),
    [
        ("en", "late messages", "messaging_delays"),
        ("en", "INVOICE", "other"),
        ("de", "Rufnummer portieren", "number_porting"),
        ("es", "verificacion de la empresa", "business_verification"),
        ("ru", "шаблон", "templates"),
    ],
)
def test_a_search_finds_a_topic_in_the_words_of_the_person(client, cast: Cast, language: str, words: str, best: str):
    cast.owner.language = language
    cast.owner.save()
    client.force_login(cast.owner)

    response = client.get(reverse("new_ticket"), {"q": words})

    assert response.context["cards"][0]["code"] == best


def test_a_search_that_finds_nothing_offers_the_way_on(client, cast: Cast):
    client.force_login(cast.owner)

    page = client.get(reverse("new_ticket"), {"q": "qqqq<script>"}, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert "No topic is found for “qqqq&lt;script&gt;”" in page
    assert 'value="other"' in page


def test_choosing_an_unknown_topic_makes_no_draft(client, cast: Cast):
    client.force_login(cast.owner)

    response = client.post(reverse("new_ticket"), {"topic": "<nothing>"})

    assert response.status_code == 400
    assert not Draft.objects.exists()


def test_who_belongs_to_no_organisation_files_nothing(client, cast: Cast):
    for person in (cast.growth, cast.agent):
        client.force_login(person)
        assert client.get(reverse("new_ticket")).status_code == 403
        assert client.post(reverse("new_ticket"), {"topic": "other"}).status_code == 403


def test_a_draft_is_saved_and_shown_again_in_another_browser(client, cast: Cast, client_of):
    draft = begin(client, cast.owner)
    typed = {
        "subject": "Half a sentence",
        "samples.0.message_id": "wamid.abc",
        "samples.0.delivered_at.instead": "not_yet",
    }

    saved = client.post(reverse("save_draft", args=[draft.pk]), {**typed, "nothing.of.ours": "x", "basis": "y"})
    page = client_of(cast.owner).get(page_of(draft)).content.decode()

    assert saved.status_code == 204
    assert Draft.objects.get().answers == typed
    assert 'value="Half a sentence"' in page
    assert 'value="not_yet" checked' in page


def test_a_draft_is_theirs_alone(client, cast: Cast, client_of):
    draft = begin(client, cast.owner)
    names = ("new_ticket_form", "save_draft", "draft_promise", "draft_alike", "draft_files", "discard_draft")

    for other in (cast.colleague, cast.outsider):
        stranger = client_of(other)
        assert stranger.get(page_of(draft)).status_code == 404
        assert stranger.get(reverse("new_ticket"), {"draft": str(draft.pk)}).status_code == 404
        assert [stranger.post(reverse(name, args=[draft.pk])).status_code for name in names] == [404] * len(names)
    assert client_of(cast.growth).get(page_of(draft)).status_code == 403
    assert Draft.objects.get().answers == {}


def test_changing_the_topic_keeps_what_both_share_and_brings_the_rest_back(client, cast: Cast):
    draft = begin(client, cast.owner)
    client.post(reverse("save_draft", args=[draft.pk]), typed_for("messaging_delays", waba_id="104996122399160"))

    client.post(reverse("new_ticket"), {"draft": str(draft.pk), "topic": "templates"})
    templates = client.get(page_of(draft)).content.decode()
    client.post(reverse("save_draft", args=[draft.pk]), {"waba_id": "104996122399161", "template_name": "hello"})
    client.post(reverse("new_ticket"), {"draft": str(draft.pk), "topic": "messaging_delays"})
    delays = client.get(page_of(draft)).content.decode()

    assert 'value="104996122399160"' in templates
    assert 'value="104996122399161"' in delays
    assert 'name="samples.0.message_id" value="wamid.' in delays
    assert Draft.objects.count() == 1


def test_a_session_that_ends_while_typing_leaves_the_last_save(client, cast: Cast):
    draft = begin(client, cast.owner)
    save = reverse("save_draft", args=[draft.pk])
    client.post(save, {"subject": "Typed before"})
    client.logout()

    refused = client.post(save, {"subject": "Typed after"})
    sent = client.post(page_of(draft), {"subject": "Typed after"})
    client.force_login(cast.owner)
    page = client.get(sent.url.split("next=")[1].replace("%3F", "?"))

    assert refused.status_code == 401
    assert sent.status_code == 302
    assert "login" in sent.url
    assert 'value="Typed before"' in page.content.decode()


def test_a_draft_without_a_topic_leads_to_the_choice_of_one(client, cast: Cast):
    client.force_login(cast.owner)
    draft = Draft.objects.create(
        user=cast.owner, organisation=cast.meridian, answers={"description": "Kept text"}, saved_at=NOW
    )

    asked = client.get(page_of(draft))
    client.post(reverse("new_ticket"), {"draft": str(draft.pk), "topic": "other"})

    assert asked.url == f"{reverse('new_ticket')}?draft={draft.pk}"
    assert "Kept text" in client.get(page_of(draft)).content.decode()


def test_open_drafts_are_listed_and_can_be_discarded(client, cast: Cast):
    draft = begin(client, cast.owner)
    client.post(reverse("save_draft", args=[draft.pk]), {"subject": "An old thought"})
    Draft.objects.create(user=cast.colleague, organisation=cast.meridian, answers={"subject": "Not mine"}, saved_at=NOW)

    listed = client.get(reverse("new_ticket")).content.decode()
    client.post(reverse("discard_draft", args=[draft.pk]))

    assert "An old thought" in listed
    assert "Not mine" not in listed
    assert not Draft.objects.filter(user=cast.owner).exists()


def test_old_drafts_make_room(client, cast: Cast):
    Draft.objects.bulk_create(
        Draft(user=cast.owner, organisation=cast.meridian, saved_at=NOW - timedelta(minutes=number))
        for number in range(1, MOST_DRAFTS + 2)
    )

    begin(client, cast.owner)

    assert Draft.objects.filter(user=cast.owner).count() == MOST_DRAFTS


def test_a_draft_that_was_filed_meanwhile_is_not_brought_back(client, cast: Cast):
    draft = begin(client, cast.owner)
    stale = Draft.objects.get()

    send(client, draft, typed_for("messaging_delays"))
    save_draft(stale, {"subject": "late"}, own=frozenset({"subject"}), now=NOW)

    assert Ticket.objects.count() == 1
    assert not Draft.objects.exists()
