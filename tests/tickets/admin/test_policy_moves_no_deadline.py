"""Whatever an administrator changes, every deadline given before stays where it was, to the microsecond.

What is changed is found in the document itself: a part that nobody thought of here fails the test.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions.credentials import issue_token
from accounts.policy.scopes import SCOPES
from packages.models import PolicyVersion
from packages.policy.field_sheets import made_of
from packages.policy.inputs import Control
from packages.policy.parts import sheet_of
from packages.policy.severity import Severity
from packages.queries.policies import in_force
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.admin.conftest import seen
from tests.tickets.admin.policy_drafts import address, document_of, form_of
from tests.tickets.admin.test_policy_sheets import change
from tickets.actions.firing import fire_due
from tickets.models import Promise, Timer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CODED = {
    "packages",
    "calendars",
    "tiers",
    "severities",
    "topics",
    "columns",
    "groups",
    "listed",
    "closed_days",
    "causes",
}
# What names a thing, or what everything else hangs on: another kind is another field, made by adding and removing.
STAYS = {"format", "field", "code", "kind"}
Shape = tuple[str, ...]


@pytest.fixture
def admin(cast, client, clock):
    client.force_login(cast.administrator)
    return client


def leaves(value: Any, shape: Shape = (), path: Shape = ()) -> Iterator[tuple[Shape, Shape, Any]]:
    """Walk a document: each single value with its place, and the place with "*" for any name in it."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            any_name = shape and shape[-1] in CODED or shape == ("fields",)
            yield from leaves(inner, (*shape, "*" if any_name else key), (*path, key))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from leaves(inner, (*shape, "#"), (*path, str(number)))
    elif value not in ({}, []):
        yield shape, path, value


def forms(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every form there is for a document, those of the parts that the document names first."""
    yield from ((part, "", "") for part in document if part not in ("format", "default_package", "common", "fields"))
    yield "general", "", ""
    for code, entry in document["fields"].items():
        yield "fields", code, ""
        yield from (("fields", code, inner) for inner in made_of(entry))
    yield from (("topics", "common", one["field"]) for one in document["common"])
    for topic, entry in document["topics"].items():
        yield from (("topics", topic, one["field"]) for one in entry["fields"])


def entries(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for part, code, field in forms(document):
        if not code and part in ("packages", "calendars", "topics"):
            yield from ((part, name, "") for name in document[part])
        else:
            yield part, code, field


def other(control: Control, value: str) -> str:
    """Return something else that makes sense in a control; what is blank, or names a thing, stays."""
    last = control.name.rpartition(".")[2]
    if control.kind == "switch":
        return "" if value else "on"
    if last == "monthly_limit":
        return "5"
    if not value or last in {"key", "code", "field", "values", "kind"}:
        return value
    if control.kind == "choice":
        return other_choice(last, value, [code for code, _ in control.options])
    if re.fullmatch(r"[\d hm,]*\d[hm]", value):
        return "7h, 9h" if "," in value else "7h"
    if re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", value):
        return "03:30-21:00"
    if re.fullmatch(r"[\d, -]+", value):
        return re.sub(r"\d+", lambda number: str(int(number[0]) + 1), value)
    return f"{value.replace(' |', 'x |')}x"


def other_choice(name: str, value: str, codes: list[str]) -> str:
    if name == "when":
        return "never" if value == "always" and "never" in codes else "always"
    if name in {"before", "not_before", "date_from", "differs_from", "one_of"}:
        return ""
    return next((code for code in codes if code and code != value), value)


def changed_shapes(before: dict[str, Any], after: dict[str, Any]) -> set[Shape]:
    kept = {path: value for _, path, value in leaves(after)}
    return {shape for shape, path, value in leaves(before) if kept.get(path) != value}


def edit_everything(admin: Any, draft: PolicyVersion) -> tuple[set[Shape], set[Shape]]:
    """Change each thing that the document can say, once, through its form; return what there is and what changed."""
    before = document_of(draft)
    there = {shape for shape, _, _ in leaves(before)}
    done: set[Shape] = set()
    for part, code, field in entries(before):
        document = document_of(draft)
        sheet = sheet_of(document, part, code, field)
        if not sheet.inputs:
            continue
        typed = form_of(draft, part, code, field)
        changed = {one.name: other(one, typed.get(one.name, "")) for one in sheet.controls(typed)}
        would = changed_shapes(before, sheet.changed(document, sheet.tidy({**typed, **changed})))
        if would <= done:
            continue
        answer = admin.post(address(draft, *filter(None, (part, code, field))), {**typed, **changed})
        assert answer.status_code == 302, (part, code, field, answer.content.decode()[-3000:])
        done |= would
    return there, changed_shapes(before, document_of(draft))


def close_days_and_reorder(admin: Any, draft: PolicyVersion) -> None:
    """Close days that running promises count, add entries, and take out what tickets stand on."""
    for calendar in document_of(draft)["calendars"]:
        days = form_of(draft, "calendars", calendar)
        days |= {"closed_days.0.key": "2026-11-25", "closed_days.0.value": "Closed at short notice"}
        assert admin.post(address(draft, "calendars", calendar), days).status_code == 302
    assert change(admin, draft, "add", "topics", "campaigns", source="templates").status_code == 302
    assert change(admin, draft, "up", "topics", "campaigns").status_code == 302
    assert change(admin, draft, "remove", "topics", "templates").status_code == 302
    assert change(admin, draft, "remove", "topics", "direction", within="messaging_delays").status_code == 302
    assert change(admin, draft, "add", "packages", "night", source="premium").status_code == 302


def given(cast: Any) -> list[Any]:
    """Tickets of every severity under both packages, some of them further on."""
    tickets = [
        make_ticket(person, topic)
        for person in (cast.owner, cast.nordlicht_member)
        for topic in ("messaging_stopped", "messaging_delays", "number_porting", "templates", "other")
    ]
    answer_ticket(tickets[3], cast.agent, now=NOW + timedelta(minutes=5))
    return tickets


def promised() -> dict[str, list[tuple[Any, ...]]]:
    rows = Promise.objects.order_by("pk").values_list()
    timers = Timer.objects.order_by("pk").values_list("ticket_id", "kind", "key", "due_at", "fired_at", "cancelled_at")
    return {"promises": list(rows), "timers": list(timers)}


def told(cast: Any, tickets: list[Any]) -> list[Any]:
    """Return what each ticket's owner is told of the promise: state, deadline, version and how it was counted."""
    answers = []
    for person in (cast.owner, cast.nordlicht_member):
        organisation = person.membership.organisation
        _, secret = issue_token(
            name="Monitoring", user=person, organisation=organisation, by=None, now=NOW, scopes=SCOPES
        )
        caller = Client(headers={"Authorization": f"Bearer {secret}"})
        page = Client()
        page.force_login(person)
        for ticket in (one for one in tickets if one.filed_by == person):
            assert page.get(f"/tickets/{ticket.reference}/").status_code == 200
            answers.append(caller.get(f"/api/v1/tickets/{ticket.reference}/").json()["promise"])
    assert all(answer["explanation"] for answer in answers)
    return answers


def test_changing_every_part_of_the_policy_moves_no_deadline_given_before(cast, admin, clock):
    tickets = given(cast)
    clock.now = NOW + timedelta(minutes=10)
    explained = told(cast, tickets)
    before = promised()
    admin.post("/admin/policy/new/")
    draft = PolicyVersion.objects.get(state=PolicyVersion.State.DRAFT)

    there, changed = edit_everything(admin, draft)
    forgotten = {shape for shape in there - changed if shape[-1] not in STAYS and shape[-1] != "#"}
    assert forgotten == set()
    close_days_and_reorder(admin, draft)
    draft.refresh_from_db()
    form = {"version": draft.lock_version, "after": 1, "when": "now", "reason": "Everything anew."}
    assert admin.post(address(draft, "publish"), form).status_code == 302

    assert promised() == before
    assert told(cast, tickets) == explained
    assert {one.topic.code for one in tickets} - set(document_of(draft)["topics"]) == {"templates"}
    now_in_force = in_force(clock.now)
    assert now_in_force.id == draft.pk
    assert set(now_in_force.policy.packages["standard"].targets.values()) == {timedelta(hours=7)}


def test_what_happens_to_a_ticket_later_stands_on_the_version_that_promised(cast, admin, clock):
    ticket = make_ticket(cast.nordlicht_member)  # Standard: 24 h
    admin.post("/admin/policy/new/")
    draft = PolicyVersion.objects.get(state=PolicyVersion.State.DRAFT)
    targets = {f"targets.{severity}": "1h" for severity in Severity}
    admin.post(address(draft, "packages", "standard"), {**form_of(draft, "packages", "standard"), **targets})
    draft.refresh_from_db()
    form = {"version": draft.lock_version, "after": 1, "when": "now", "reason": "Faster."}
    assert admin.post(address(draft, "publish"), form).status_code == 302
    later = clock.now = NOW + timedelta(hours=2)

    assert fire_due(later).fired == 0
    fields = {"severity": "urgent", "cause": "corrected", "reason": "It blocks their launch."}
    assert admin.post(f"/admin/desk/{ticket.reference}/reclassify/", {**seen(ticket), **fields}).status_code == 302

    ticket.refresh_from_db()
    assert ticket.promise.target == timedelta(hours=8)
    assert ticket.promise.due_at == NOW + timedelta(hours=8)
