"""Editing a draft through its forms: what is typed is kept, what makes no sense is refused at its field."""

import pytest

from packages.models import PolicyVersion, Topic
from packages.policy.compare import compare
from packages.policy.document import parse
from tests.cast import NOW
from tests.tickets.admin.policy_drafts import address, controls, document_of, form_of, invalid, save, shipped_draft
from tickets.models import Draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast, clock):
    return shipped_draft(cast.administrator)


@pytest.fixture
def admin(cast, client, clock):
    client.force_login(cast.administrator)
    return client


PAGES = [
    (), ("general",), ("severities",), ("tiers",), ("escalation",), ("timers",), ("error_codes",),
    ("packages", "premium"), ("calendars", "standard"), ("topics", "templates"), ("topics", "common"),
    ("fields", "direction"), ("fields", "samples"), ("fields", "samples", "delivered_at"),
    ("fields", "press_links", "item"), ("topics", "messaging_delays", "direction"), ("topics", "common", "subject"),
]  # fmt: skip


@pytest.mark.parametrize("parts", PAGES, ids="/".join)
def test_every_part_has_a_page_for_administrators_and_for_nobody_else(cast, client, draft, parts):
    path = address(draft, *parts) if parts else f"/admin/policy/{draft.pk}/"

    pages = {}
    for who in ("lead", "administrator", "agent"):
        client.force_login(getattr(cast, who))
        pages[who] = client.get(path)

    assert [pages[who].status_code for who in ("lead", "administrator", "agent")] == [403, 200, 403]
    client.force_login(cast.lead)
    assert client.post(path, {}).status_code == 403


@pytest.mark.parametrize("parts", [parts for parts in PAGES if parts and parts != ("topics", "common")], ids="/".join)
def test_sending_a_page_as_it_came_changes_nothing(admin, draft, parts):
    before = document_of(draft)
    came = controls(admin.get(address(draft, *parts)).content.decode())

    answer = admin.post(address(draft, *parts), came)

    assert answer.status_code == 302
    assert compare(parse(before), parse(document_of(draft))) == ()


def test_a_target_is_saved_and_said_against_the_version_in_force(admin, draft):
    assert save(admin, draft, "packages", "premium", targets__urgent="1h").status_code == 302

    assert document_of(draft)["packages"]["premium"]["targets"]["urgent"] == "1h"
    assert draft.lock_version == 2
    page = admin.get(address(draft, "compare")).content.decode()
    assert "2 h" in page
    assert "1 h" in page


@pytest.mark.parametrize(
    ("part", "typed", "control", "words"),
    [
        (("packages", "premium"), {"targets__urgent": "0h"}, "targets.urgent", "Needs a time above zero"),
        (("packages", "premium"), {"name__ru": ""}, "name.ru", "Has no text in ru."),
        (("calendars", "standard"), {"week__monday": "02:00-12:00, 11:00-22:00"}, "week.monday", "overlaps"),
        (
            ("calendars", "standard"),
            {f"week__{day}": "" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
            "week.monday",
            "Is never open",
        ),
        (("fields", "subject"), {"kind": "choice"}, "choices.0.code", "A choice needs at least one answer"),
        (("topics", "messaging_delays", "samples"), {"min_items": "90"}, "min_items", "Is above max_items."),
    ],
)
def test_what_makes_no_sense_comes_back_at_its_field_with_what_was_typed(admin, draft, part, typed, control, words):
    before = document_of(draft)
    answer = save(admin, draft, *part, **typed)
    page = answer.content.decode()

    assert answer.status_code == 400
    assert control in invalid(page)
    assert words in page
    name, value = next(iter(typed.items()))
    assert controls(page).get(name.replace("__", "."), "") == value
    assert document_of(draft) == before


def test_two_people_editing_the_later_is_told_and_loses_nothing(cast, admin, draft):
    late = {**form_of(draft, "packages", "premium"), "name.en": "Premium Plus", "targets.urgent": "90m"}
    assert save(admin, draft, "packages", "premium", targets__critical="20m").status_code == 302

    answer = admin.post(address(draft, "packages", "premium"), late)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert f"{cast.administrator} changed this draft meanwhile" in page
    assert (controls(page)["name.en"], controls(page)["targets.urgent"]) == ("Premium Plus", "90m")
    assert "In the draft now: 20m" in page
    assert document_of(draft)["packages"]["premium"]["targets"]["critical"] == "20m"

    assert admin.post(address(draft, "packages", "premium"), controls(page)).status_code == 302
    targets = document_of(draft)["packages"]["premium"]["targets"]
    assert (targets["critical"], targets["urgent"]) == ("30m", "90m")


def test_what_was_typed_into_a_part_that_is_gone_is_shown(admin, draft):
    typed = {**form_of(draft, "topics", "templates"), "name.en": "Typed with care"}
    change(admin, draft, "remove", "topics", "templates")

    answer = admin.post(address(draft, "topics", "templates"), typed)

    assert answer.status_code == 409
    assert "Typed with care" in answer.content.decode()


def test_a_published_version_is_read_and_never_edited(admin, draft):
    published = PolicyVersion.objects.get(number=1)

    assert "Save in the draft" not in admin.get(address(published, "packages", "premium")).content.decode()
    answer = save(admin, published, "packages", "premium", targets__urgent="1h")
    assert answer.status_code == 409
    assert controls(answer.content.decode())["targets.urgent"] == "1h"


def change(client, draft, act, part, code, **more):
    draft.refresh_from_db()
    sent = {"version": draft.lock_version, "act": act, "part": part, "code": code, **more}
    return client.post(address(draft, "entries"), sent)


def test_topics_and_packages_are_added_ordered_and_removed(admin, draft):
    assert change(admin, draft, "add", "topics", "campaigns", source="templates").status_code == 302
    assert change(admin, draft, "up", "topics", "campaigns").status_code == 302
    assert change(admin, draft, "add", "packages", "night", source="premium").status_code == 302
    assert list(document_of(draft)["topics"])[-2] == "campaigns"
    assert (
        document_of(draft)["topics"]["templates"]["listed"]["night"]
        == (document_of(draft)["topics"]["templates"]["listed"]["premium"])
    )

    assert change(admin, draft, "remove", "topics", "campaigns").status_code == 302
    assert "campaigns" not in document_of(draft)["topics"]
    assert change(admin, draft, "add", "topics", "templates", source="other").status_code == 409


def test_a_topic_that_drafts_use_is_not_removed(cast, admin, draft):
    Draft.objects.create(
        user=cast.owner, organisation=cast.meridian, topic=Topic.objects.get(code="templates"), saved_at=NOW
    )

    answer = change(admin, draft, "remove", "topics", "templates")

    assert answer.status_code == 409
    assert "Tickets being written about this topic: 1." in answer.content.decode()
    assert "templates" in document_of(draft)["topics"]


def test_a_ticket_begun_before_its_topic_went_is_asked_for_another_and_loses_nothing(cast, admin, client, draft):
    change(admin, draft, "remove", "topics", "templates")
    begun = Draft.objects.create(
        user=cast.owner, organisation=cast.meridian, topic=Topic.objects.get(code="templates"), saved_at=NOW
    )
    draft.refresh_from_db()
    form = {"version": draft.lock_version, "after": 1, "when": "now", "reason": "No longer offered."}
    admin.post(address(draft, "publish"), form)
    client.force_login(cast.owner)

    answer = client.post(f"/tickets/new/{begun.pk}/", {"subject": "Rejected twice", "waba_id": "104"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/tickets/new/?draft={begun.pk}"
    assert "This topic is no longer offered." in answer.content.decode()
    client.post("/tickets/new/", {"draft": str(begun.pk), "topic": "messaging_delays"})
    page = controls(client.get(f"/tickets/new/{begun.pk}/").content.decode())
    assert (page["subject"], page["waba_id"]) == ("Rejected twice", "104")


def test_a_package_with_subscriptions_and_a_used_calendar_stay(admin, draft):
    assert change(admin, draft, "remove", "packages", "premium").status_code == 409
    assert change(admin, draft, "remove", "calendars", "premium").status_code == 409
    assert change(admin, draft, "remove", "fields", "subject").status_code == 409
    assert draft.lock_version == 1


def test_fields_of_a_topic_are_added_ordered_changed_and_removed(admin, draft):
    codes = [one["field"] for one in document_of(draft)["topics"]["templates"]["fields"]]

    assert change(admin, draft, "add", "topics", codes[0], within="templates").status_code == 409
    assert change(admin, draft, "add", "topics", "planned_at", within="templates").status_code == 302
    assert change(admin, draft, "up", "topics", "planned_at", within="templates").status_code == 302
    after = [one["field"] for one in document_of(draft)["topics"]["templates"]["fields"]]
    assert after == [*codes[:-1], "planned_at", codes[-1]]
    assert change(admin, draft, "remove", "topics", codes[-1], within="templates").status_code == 302
    saved = save(
        admin,
        draft,
        "topics",
        "templates",
        "planned_at",
        mandatory__when="is",
        mandatory__field="environment",
        mandatory__values="production",
    )

    assert saved.status_code == 302
    (entry,) = [one for one in document_of(draft)["topics"]["templates"]["fields"] if one["field"] == "planned_at"]
    assert entry["mandatory"] == {"field": "environment", "is": ["production"]}


def test_columns_of_records_are_added_ordered_changed_and_removed(admin, draft):
    columns = list(document_of(draft)["fields"]["samples"]["columns"])

    assert change(admin, draft, "add", "fields", "not a code", within="samples").status_code == 409
    assert change(admin, draft, "add", "fields", columns[0], within="samples").status_code == 409
    assert change(admin, draft, "add", "fields", "status", within="samples").status_code == 302
    assert change(admin, draft, "up", "fields", "status", within="samples").status_code == 302
    assert (
        save(admin, draft, "fields", "samples", "status", label__de="Zustand", mandatory__when="never").status_code
        == 302
    )
    assert change(admin, draft, "remove", "fields", columns[0], within="samples").status_code == 302

    after = parse(document_of(draft)).topics["messaging_delays"].field("samples").columns
    assert [one.code for one in after] == [*columns[1:-1], "status", columns[-1]]
    assert (after[-2].label["de"], after[-2].mandatory) == ("Zustand", False)
    assert "Zustand" in admin.get(address(draft, "fields", "samples", "status")).content.decode()


def test_the_last_column_and_a_columns_own_rules_are_kept_from_harm(admin, draft):
    columns = list(document_of(draft)["fields"]["samples"]["columns"])
    for code in columns[1:]:
        change(admin, draft, "remove", "fields", code, within="samples")

    refused = change(admin, draft, "remove", "fields", columns[0], within="samples")

    assert refused.status_code == 409
    assert "records need columns" in refused.content.decode()


def test_the_preview_shows_what_is_typed_in_the_language_chosen(admin, draft):
    typed = {**form_of(draft, "topics", "messaging_delays", "direction"), "label.de": "Welche Richtung klemmt"}

    answer = admin.post(
        address(draft, "topics", "messaging_delays", "direction"),
        {**typed, "preview": "1", "preview_language": "de"},
        headers={"HX-Request": "true"},
    )

    assert "Welche Richtung klemmt" in answer.content.decode()
    assert "Welche Richtung klemmt" not in draft_text(draft)
    broken = admin.post(
        address(draft, "topics", "messaging_delays", "direction"),
        {**typed, "label.ru": "", "preview": "1"},
        headers={"HX-Request": "true"},
    )
    assert "has no text in ru" in broken.content.decode()


def draft_text(draft):
    draft.refresh_from_db()
    return draft.document


def test_another_row_keeps_what_is_typed_and_saves_nothing(admin, draft):
    answer = save(admin, draft, "calendars", "standard", closed_days__0__key="2026-12-25", rows="1")

    assert controls(answer.content.decode())["closed_days.0.key"] == "2026-12-25"
    assert "closed_days.1.key" in controls(answer.content.decode())
    assert draft_text(draft) == draft.document
    assert document_of(draft)["calendars"]["standard"]["closed_days"] == {}


def test_the_week_is_drawn_as_it_was_saved(admin, draft):
    save(admin, draft, "calendars", "standard", week__saturday="22:00-03:00")

    page = admin.get(address(draft, "calendars", "standard")).content.decode()

    assert "22:00 to 03:00 of the next day" in page


def test_a_countrys_holidays_are_shown_and_only_ticked_ones_are_added(admin, draft):
    place = {"country": "DE", "region": "BE", "first": "2026", "last": "2026"}
    path = address(draft, "closed-days", "standard")

    shown = admin.get(path, place).content.decode()
    assert 'value="2026-03-08"' in shown
    assert document_of(draft)["calendars"]["standard"]["closed_days"] == {}

    admin.post(path, {**place, "version": draft.lock_version, "day": ["2026-12-25", "2026-07-14"]})
    assert set(document_of(draft)["calendars"]["standard"]["closed_days"]) == {"2026-12-25"}

    again = admin.get(path, place).content.decode()
    assert 'value="2026-12-25"' not in again
    nothing = admin.post(path, {**place, "version": draft.lock_version})
    assert nothing.status_code == 400
    assert "Nothing is ticked" in nothing.content.decode()


def test_a_region_counts_only_where_it_is_chosen(admin, draft):
    path = address(draft, "closed-days", "standard")

    country = admin.get(path, {"country": "DE", "first": "2026", "last": "2026"}).content.decode()
    unknown = admin.get(path, {"country": "DE", "region": "XX", "first": "2026", "last": "2026"})

    assert 'value="2026-10-03"' in country
    assert 'value="2026-03-08"' not in country
    assert unknown.status_code == 400


@pytest.mark.parametrize("parts", [("packages", "premium"), ("topics", "templates"), ("calendars", "standard")])
def test_a_part_costs_as_many_queries_as_its_frame_and_its_version(admin, draft, django_assert_num_queries, parts):
    admin.get(address(draft, *parts))
    with django_assert_num_queries(4):
        admin.get(address(draft, *parts))
