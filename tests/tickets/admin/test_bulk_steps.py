"""Merging, sending back and marking what is selected in the queue: reported after, the selection kept."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import actor_for
from packages.queries.policies import in_force
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.incidents import make_incident
from tickets.actions.completing import complete, send_back
from tickets.actions.conversation import add_note
from tickets.actions.incidents import conclude
from tickets.actions.merging import merge
from tickets.admin.bulk_steps import common_fields
from tickets.models import InformationRequest, Ticket, TicketEvent

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


def test_merging_says_at_once_that_nothing_can_be_merged(desk, cast):
    page = bulk(desk, make_ticket(cast.owner), make_ticket(cast.outsider), do="merge").content.decode()

    assert "None of these can be merged" in page
    assert 'value="merge"' not in page


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


# Marking as part of an incident ------------------------------------------------------------------------------------


def marked():
    return dict(Ticket.objects.exclude(incident=None).values_list("reference", "incident"))


def test_marking_makes_the_selected_a_part_of_the_incident(desk, cast):
    incident, one, two = make_incident(cast), make_ticket(cast.owner), make_ticket(cast.outsider)

    page = bulk(desk, one, two, do="mark", incident=incident.pk)

    assert told(page) == [f"Marked as part of “Messages arrive late”: 2 tickets ({one.reference}, {two.reference})."]
    assert marked() == {one.reference: incident.pk, two.reference: incident.pk}
    events = TicketEvent.objects.filter(kind="incident_linked").values_list("ticket", "actor", "payload")
    assert sorted(events, key=str) == sorted(
        ((ticket.pk, cast.agent.pk, {"incident": incident.pk}) for ticket in (one, two)), key=str
    )
    assert selected_in(page) == {one.reference, two.reference}


def test_marking_says_what_it_skipped_and_why(desk, cast):
    there, elsewhere, ended, merged, into, changed, fresh = (make_ticket(cast.owner) for _ in range(7))
    incident, other = make_incident(cast, there), make_incident(cast, elsewhere)
    answer_ticket(ended, cast.agent, now=NOW, then="resolved")
    merge(merged, into, by=actor_for(cast.agent), now=NOW)
    selected = chosen(there, elsewhere, ended, merged, changed, fresh)
    add_note(changed, "Look", by=actor_for(cast.lead), now=NOW)
    before = TicketEvent.objects.count()

    form = {"selected": [*selected, "TK-222222:1"], "do": "mark", "incident": incident.pk}
    page = desk.post("/admin/desk/bulk/", form, follow=True)

    assert told(page) == [
        f"Marked as part of “Messages arrive late”: 1 ticket ({fresh.reference}).",
        f"Skipped 1 ticket ({there.reference}): it is part of it already.",
        f"Skipped 1 ticket ({elsewhere.reference}): it is part of another incident.",
        f"Skipped 1 ticket ({ended.reference}): it has ended.",
        f"Skipped 1 ticket ({merged.reference}): it is merged into another.",
        f"Skipped 1 ticket ({changed.reference}): it changed since you looked.",
    ]
    assert marked() == {there.reference: incident.pk, elsewhere.reference: other.pk, fresh.reference: incident.pk}
    assert TicketEvent.objects.count() == before + 1


def test_who_marks_a_ticket_a_moment_later_is_told_that_it_changed(desk, cast):
    first, second, ticket = make_incident(cast), make_incident(cast), make_ticket(cast.owner)
    form = {"selected": chosen(ticket), "do": "mark"}
    desk.post("/admin/desk/bulk/", {**form, "incident": first.pk})

    page = desk.post("/admin/desk/bulk/", {**form, "incident": second.pk}, follow=True)

    assert told(page)[-1] == f"Skipped 1 ticket ({ticket.reference}): it changed since you looked."
    assert marked() == {ticket.reference: first.pk}


@pytest.mark.parametrize("named", ["", "0", "x", "²", "99999999999999999", "over"])
def test_marking_needs_an_incident_that_goes_on_and_keeps_the_choice(desk, cast, named):
    over, ticket = make_incident(cast), make_ticket(cast.owner)
    make_incident(cast)
    conclude(over, {"en": "A relay."}, by=actor_for(cast.agent), now=NOW, expected=1)

    page = bulk(desk, ticket, do="mark", incident=over.pk if named == "over" else named)

    assert told(page) == ["Nothing was changed: choose an incident that goes on."]
    assert selected_in(page) == {ticket.reference}
    assert marked() == {}


@pytest.mark.parametrize(("do", "opened"), [("mark", "Incident"), ("reclassify", "Reclassify")])
def test_what_was_refused_opens_again_with_what_was_chosen_there(desk, cast, do, opened):
    ticket = make_ticket(cast.owner)
    _, chosen_one, _ = (make_incident(cast) for _ in range(3))
    if do == "mark":
        conclude(chosen_one, {"en": "A relay."}, by=actor_for(cast.agent), now=NOW, expected=1)
    page = bulk(desk, ticket, do=do, incident=chosen_one.pk, severity="urgent", cause="worse").content.decode()

    assert re.findall(r'<details class="menu" data-menu open>\s*<summary class="btn">(\w+)', page) == [opened]
    assert re.findall(r'<option value="(\d+)" selected>', page) == ([str(chosen_one.pk)] if do == "reclassify" else [])
    assert '<option value="urgent" selected>' in page


def test_marking_is_offered_while_an_incident_goes_on(desk, cast):
    assert 'value="mark"' not in desk.get("/admin/desk/").content.decode()

    desk.post("/admin/incidents/new/", {"title_en": "Late <messages>", "text_en": "Meta works on it."})
    page = desk.get("/admin/desk/").content.decode()

    assert 'value="mark"' in page
    assert "Late &lt;messages&gt;</option>" in page


@pytest.mark.parametrize(("who", "status"), [("owner", 404), ("growth", 404), ("lead", 302)])
def test_nobody_but_support_marks(desk, cast, who, status):
    incident, ticket = make_incident(cast), make_ticket(cast.owner)
    desk.force_login(getattr(cast, who))

    form = {"selected": chosen(ticket), "do": "mark", "incident": incident.pk}

    assert desk.post("/admin/desk/bulk/", form).status_code == status
    assert marked() == ({ticket.reference: incident.pk} if status == 302 else {})


@pytest.mark.parametrize("many", [1, 5])
def test_marking_costs_the_same_for_each(desk, cast, many):
    incident, tickets = make_incident(cast), [make_ticket(cast.owner) for _ in range(many)]
    form = {"selected": chosen(*tickets), "do": "mark", "incident": incident.pk}
    bulk(desk, make_ticket(cast.owner), do="assign", assignee="me")

    with CaptureQueriesContext(connection) as asked:
        desk.post("/admin/desk/bulk/", form)

    assert len(marked()) == many
    assert len(asked) == 8 + 14 * many
