"""Merging and sending back what is selected in the queue: asked once more before, reported after, selection kept."""

import pytest

from accounts.actor import actor_for
from packages.queries.policies import in_force
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions.completing import complete, send_back
from tickets.actions.conversation import add_note
from tickets.admin.bulk_steps import common_fields
from tickets.models import InformationRequest, Ticket

pytestmark = pytest.mark.django_db


def chosen(*tickets):
    found = [Ticket.objects.get(pk=one.pk) for one in tickets]
    return [f"{one.reference}:{one.version}" for one in found]


def told(page):
    return [str(message) for message in page.context["messages"]]


def bulk(desk, *tickets, **form):
    return desk.post("/admin/desk/bulk/", {"selected": chosen(*tickets), **form}, follow=True)


def selected_in(page):
    return {row["reference"] for row in page.context["rows"] if row["is_selected"]}


def test_merging_shows_first_what_will_happen_to_which(desk, cast):
    oldest, other = make_ticket(cast.owner), make_ticket(cast.colleague)
    theirs, done = make_ticket(cast.outsider), make_ticket(cast.owner)
    answer_ticket(done, cast.agent, now=NOW, then="resolved")

    page = bulk(desk, other, theirs, oldest, done, do="merge")

    assert page.context["target"] == oldest
    assert [one["source"] for one in page.context["will"]] == [other]
    assert {one["ticket"].pk: one["why"] for one in page.context["wont"]} == {
        theirs.pk: "They belong to different organisations, who must not see each other's tickets.",
        done.pk: "Only an open ticket can be merged, and this one has ended.",
    }
    assert not Ticket.objects.exclude(merged_into=None).exists()


def test_merging_merges_into_the_oldest_and_says_what_it_skipped(desk, cast):
    oldest, other, changed = (make_ticket(cast.owner) for _ in range(3))
    theirs = make_ticket(cast.outsider)
    selected = chosen(oldest, other, changed, theirs)
    add_note(changed, "Look", by=actor_for(cast.lead), now=NOW)

    page = desk.post("/admin/desk/bulk/", {"selected": selected, "do": "merge", "sure": "1"}, follow=True)

    assert set(oldest.merged.values_list("pk", flat=True)) == {other.pk}
    assert told(page) == [
        f"Merged into {oldest.reference}: 1 ticket ({other.reference}).",
        f"Skipped 1 ticket ({changed.reference}): it changed since you looked.",
        f"Skipped 1 ticket ({theirs.reference}): They belong to different organisations, who must not see each "
        "other's tickets.",
    ]


@pytest.mark.parametrize("sure", ["", "1"])
def test_merging_needs_two(desk, cast, sure):
    page = bulk(desk, make_ticket(cast.owner), do="merge", sure=sure)

    assert told(page) == ["Nothing was merged: select at least two tickets, one of them open."]


def test_sending_back_offers_the_fields_that_all_selected_topics_have(desk, cast):
    one, two = make_ticket(cast.owner, "messaging_delays"), make_ticket(cast.owner)
    answered = make_ticket(cast.owner)
    answer_ticket(answered, cast.agent, now=NOW)

    page = bulk(desk, one, two, answered, do="send_back")

    codes = [field["code"] for field in page.context["fields"]]
    assert "description" in codes
    assert "waba_id" not in codes
    assert any("WABA" in label for label in page.context["apart"])
    assert [one["ticket"].pk for one in page.context["wont"]] == [answered.pk]


def test_sending_back_asks_each_for_the_ticked_fields(desk, cast):
    one, two = make_ticket(cast.owner, "messaging_delays"), make_ticket(cast.owner)

    page = bulk(desk, one, two, do="send_back", sure="1", field="description", reason_description="Since when?")

    assert told(page) == [f"Sent back: 2 tickets ({one.reference}, {two.reference})."]
    asked = InformationRequest.objects.values_list("ticket", "asks")
    assert dict(asked) == {one.pk: {"description": "Since when?"}, two.pk: {"description": "Since when?"}}


def test_sending_back_without_a_reason_keeps_what_was_entered(desk, cast):
    ticket = make_ticket(cast.owner)

    page = bulk(desk, ticket, do="send_back", sure="1", field=["description", "subject"], reason_subject="Too short")

    assert page.status_code == 400
    fields = {field["code"]: field for field in page.context["fields"]}
    assert "tick at least one field" in page.context["trouble"]
    assert (fields["subject"]["chosen"], fields["subject"]["reason"]) == (True, "Too short")
    assert not InformationRequest.objects.exists()


def test_sending_back_leaves_those_that_need_a_lead(desk, cast):
    fresh, used = make_ticket(cast.owner), make_ticket(cast.owner)
    form = {"do": "send_back", "sure": "1", "field": "description", "reason_description": "Since when?"}
    send_back(used, {"description": "Since when?"}, by=actor_for(cast.agent), now=NOW)
    complete(used, {"description": "Since noon."}, by=actor_for(cast.owner), now=NOW)

    page = bulk(desk, fresh, used, **form)

    assert told(page)[0] == f"Sent back: 1 ticket ({fresh.reference})."
    assert "this needs a support lead" in told(page)[1]


def test_nothing_to_send_back_is_said(desk, cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)

    page = bulk(desk, ticket, do="send_back")

    assert told(page) == ["Nothing was sent back: each of the selected has its first response, or has ended."]


def test_topics_without_a_field_in_common_have_none(policy):
    topics = in_force(NOW).policy.topics
    common, apart = common_fields([topics["messaging_delays"], topics["other"]])

    assert set(common) & set(apart) == set()
    assert "client" not in common


@pytest.mark.parametrize("do", ["assign", "resolve", "reclassify", "nothing"])
def test_the_selection_outlives_a_change_and_what_was_typed_a_refusal(desk, cast, do):
    one, two, other = (make_ticket(cast.owner) for _ in range(3))

    page = bulk(desk, one, two, do=do, assignee="me", severity="urgent", cause="worse", reason="")

    assert selected_in(page) == {one.reference, two.reference}
    assert other.reference not in selected_in(page)
    if do == "reclassify":
        assert page.context["kept"]["severity"] == "urgent"
        assert page.context["kept"]["cause"] == "worse"
    assert selected_in(desk.get("/admin/desk/")) == set()
