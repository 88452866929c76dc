"""The list of versions, publishing with its comparison, and withdrawing: who comes second is told and loses nothing."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from packages.models import PolicyVersion
from tests.cast import NOW, make_administrator
from tests.shipped_policy import load_shipped_policy
from tests.tickets.admin.policy_drafts import address, document_of, save, shipped_draft

State = PolicyVersion.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(cast, client, clock):
    client.force_login(cast.administrator)
    return client


@pytest.fixture
def draft(cast, clock, admin):
    draft = shipped_draft(cast.administrator)
    save(admin, draft, "packages", "premium", targets__urgent="1h")
    draft.refresh_from_db()
    return draft


def form(draft, **typed):
    return {"version": draft.lock_version, "after": 1, "when": "now", "reason": "Agreed with sales.", **typed}


def test_edit_makes_a_draft_of_what_is_in_force(cast, admin):
    answer = admin.post("/admin/policy/new/")

    draft = PolicyVersion.objects.get(state=State.DRAFT)
    assert answer.headers["Location"] == f"/admin/policy/{draft.pk}/"
    assert document_of(draft) == document_of(PolicyVersion.objects.get(number=1))
    assert draft.by == cast.administrator


def test_the_draft_is_published_from_now_on_with_its_reason(cast, admin, draft):
    shown = admin.get(address(draft, "publish")).content.decode()
    assert "Premium Support" in shown
    assert "2 h" in shown
    assert "Europe/Berlin" in shown

    answer = admin.post(address(draft, "publish"), form(draft))

    assert answer.headers["Location"] == "/admin/policy/"
    draft.refresh_from_db()
    assert (draft.number, draft.state, draft.starts_at, draft.by) == (2, State.PUBLISHED, NOW, cast.administrator)
    page = admin.get("/admin/policy/").content.decode()
    assert "Agreed with sales." in page
    assert str(cast.administrator) in page


def test_a_later_start_is_read_in_supports_zone_and_can_be_withdrawn(admin, cast, draft):
    cast.administrator.timezone = "America/Sao_Paulo"
    cast.administrator.save()
    later = (NOW + timedelta(days=10)).strftime("%Y-%m-%dT08:00")

    admin.post(address(draft, "publish"), form(draft, when="later", starts_at=later))

    draft.refresh_from_db()
    assert draft.starts_at == datetime.fromisoformat(later).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert "Scheduled" in admin.get("/admin/policy/").content.decode()
    admin.post(address(draft, "withdraw"), {"reason": ""})
    draft.refresh_from_db()
    assert draft.state == State.PUBLISHED
    admin.post(address(draft, "withdraw"), {"reason": "Too early."})
    draft.refresh_from_db()
    assert draft.state == State.WITHDRAWN


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": " "}, "Say why"),
        ({"when": "later", "starts_at": ""}, "Say from when on"),
        ({"when": "later", "starts_at": "2026-01-02T08:00"}, "This has passed"),
        ({"when": "later", "starts_at": "2027-03-28T02:30"}, "The clocks skip that time"),
    ],
)
def test_publishing_that_makes_no_sense_is_refused_with_what_was_typed(admin, draft, typed, words):
    answer = admin.post(address(draft, "publish"), form(draft, **typed))

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert typed.get("starts_at", "") in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_who_publishes_second_is_told_and_keeps_draft_and_reason(cast, admin, draft):
    other = shipped_draft(cast.administrator)
    save(admin, other, "packages", "premium", targets__critical="20m")
    other.refresh_from_db()
    admin.post(address(other, "publish"), form(other))

    answer = admin.post(address(draft, "publish"), form(draft))
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Policy 2 was published meanwhile" in page
    assert "Agreed with sales." in page
    assert "20 min" in page  # the comparison is with what is in force now
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_draft_that_was_changed_or_published_meanwhile_is_not_published(admin, draft):
    seen = form(draft)
    save(admin, draft, "packages", "premium", targets__critical="20m")
    assert admin.post(address(draft, "publish"), seen).status_code == 409

    draft.refresh_from_db()
    assert admin.post(address(draft, "publish"), form(draft)).status_code == 302
    again = admin.post(address(draft, "publish"), form(draft, after=2))
    assert again.status_code == 409
    assert "Agreed with sales." in again.content.decode()


def test_a_draft_is_removed_only_as_it_was_seen(admin, draft):
    admin.post(address(draft, "discard"), {"version": draft.lock_version - 1})
    assert PolicyVersion.objects.filter(pk=draft.pk).exists()

    admin.post(address(draft, "discard"), {"version": draft.lock_version})
    assert not PolicyVersion.objects.filter(pk=draft.pk).exists()


def test_a_version_is_compared_with_any_other(admin, draft):
    admin.post(address(draft, "publish"), form(draft))
    first = PolicyVersion.objects.get(number=1)

    assert "→" in admin.get(address(draft, "compare")).content.decode()
    assert "Nothing differs." in admin.get(address(draft, "compare"), {"with": draft.pk}).content.decode()
    assert "→" in admin.get(address(first, "compare"), {"with": draft.pk}).content.decode()
    assert admin.get(address(first, "compare"), {"with": 0}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_versions_there_are(cast, admin, django_assert_num_queries, count):
    for _ in range(count):
        shipped_draft(cast.administrator)
    admin.get("/admin/policy/")

    with django_assert_num_queries(4):
        admin.get("/admin/policy/")


def test_leads_and_agents_have_no_policy_to_edit(cast, client, clock, draft):
    for person in (cast.lead, cast.agent):
        client.force_login(person)
        assert client.get("/admin/policy/").status_code == 403
        assert "/admin/policy/" not in client.get("/admin/desk/").content.decode()
        assert client.post("/admin/policy/new/").status_code == 403
        assert client.post(address(draft, "publish"), form(draft)).status_code == 403
    client.force_login(cast.owner)
    assert client.get("/admin/policy/").status_code == 404


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told():
    load_shipped_policy()
    people = [make_administrator(), make_administrator()]
    drafts = [shipped_draft(person) for person in people]
    answers = {}
    ready = threading.Barrier(2)

    def publish(number):
        client = Client()
        client.force_login(people[number])
        ready.wait()
        answers[number] = client.post(
            address(drafts[number], "publish"), form(drafts[number], reason=f"Reason {number}")
        )
        connection.close()

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    (lost,) = (number for number, answer in answers.items() if answer.status_code == 409)
    page = answers[lost].content.decode()
    assert "Policy 2 was published meanwhile" in page
    assert f"Reason {lost}" in page
    drafts[lost].refresh_from_db()
    assert drafts[lost].state == State.DRAFT
    assert PolicyVersion.objects.filter(state=State.PUBLISHED, starts_at__lte=timezone.now()).count() == 2
