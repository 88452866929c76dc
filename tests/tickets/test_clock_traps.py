"""Traps of the clock that users of other systems fell into, where they concern tickets, people and pages.

Those that concern the clock alone (2, 6, 10 and 11) stand in tests/packages/policy/test_clock_traps.py.
"""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.actions.credentials import issue_token
from accounts.policy.scopes import SCOPES
from packages.models import PolicyVersion
from tests.cast import NOW, answer_ticket, berlin, make_ticket
from tests.instants import BERLIN
from tests.tickets.admin.conftest import seen
from tests.tickets.admin.policy_drafts import address, document_of, form_of
from tickets.actions.firing import fire_due
from tickets.models import Outbox, Ticket
from tickets.models.timer import PENDING
from tickets.policy.lifecycle import Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BACK = {"field": ["subject"], "reason_subject": "Say which message it is about."}

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """Hold the present at NOW; `move_to` goes on from there."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(client: Client, ticket: Ticket) -> str:
    main = client.get(f"/tickets/{ticket.reference}/").content.decode().split("<main")[-1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("seq").values_list("kind", flat=True))


def desk_post(agent: Any, ticket: Ticket, act: str, **fields: Any) -> None:
    answer = signed_in(agent).post(f"/admin/desk/{ticket.reference}/{act}/", {**seen(ticket), **fields})
    assert answer.status_code == 302, answer.content.decode()[-2000:]


def publish(administrator: Any, part: tuple[str, ...], **typed: str) -> PolicyVersion:
    """Change one part of the policy through its pages and publish it from now on."""
    client = signed_in(administrator)
    client.post("/admin/policy/new/")
    draft = PolicyVersion.objects.get(state=PolicyVersion.State.DRAFT)
    assert client.post(address(draft, *part), {**form_of(draft, *part), **typed}).status_code == 302
    draft.refresh_from_db()
    known = PolicyVersion.objects.exclude(number=None).count()
    form = {"version": draft.lock_version, "after": known, "when": "now", "reason": "Agreed."}
    assert client.post(address(draft, "publish"), form).status_code == 302
    draft.refresh_from_db()
    return draft


def test_trap_1_nobody_is_reminded_while_support_is_closed(cast):
    # Source: zammad/zammad issues 4432 and 2157.
    friday = berlin(2026, 11, 27, 20)
    ticket = make_ticket(cast.nordlicht_member, now=friday)  # Standard: Monday to Friday, 02:00 to 22:00
    answer_ticket(ticket, cast.agent, now=friday, then=Status.WAITING_PARTNER)
    back = make_ticket(cast.nordlicht_member, now=friday)
    with time_machine.travel(friday, tick=False):
        desk_post(cast.agent, back, "send-back", **BACK)
    mails = Outbox.objects.count()

    sent_at = []
    for hours in range(12 * 24):
        hour = friday + hours * HOUR
        fire_due(hour)
        if Outbox.objects.count() > mails:
            sent_at.append(hour.astimezone(BERLIN))
            mails = Outbox.objects.count()

    assert len(sent_at) >= 4
    assert [at for at in sent_at if at.weekday() > 4 or not 2 <= at.hour <= 22] == []


def test_trap_3_a_countrys_holidays_close_no_day_until_somebody_chose_it(cast, now):
    # Source: zammad/zammad issue 390.
    administrator = signed_in(cast.administrator)
    administrator.post("/admin/policy/new/")
    draft = PolicyVersion.objects.get(state=PolicyVersion.State.DRAFT)
    place = {"country": "DE", "region": "BE", "first": "2026", "last": "2026"}

    shown = administrator.get(address(draft, "closed-days", "standard"), place).content.decode()
    assert 'value="2026-12-25"' in shown
    assert document_of(draft)["calendars"]["standard"]["closed_days"] == {}
    administrator.post(
        address(draft, "closed-days", "standard"), {**place, "version": draft.lock_version, "day": ["2026-12-25"]}
    )
    open_still = make_ticket(cast.nordlicht_member, now=berlin(2026, 12, 24, 21))
    draft.refresh_from_db()
    form = {"version": draft.lock_version, "after": 1, "when": "now", "reason": "Closed at Christmas."}
    administrator.post(address(draft, "publish"), form)
    closed = make_ticket(cast.nordlicht_member, now=berlin(2026, 12, 24, 21))

    # 24 hours from one hour before closing: over Christmas Day as over any Friday, or around it and the weekend.
    assert open_still.promise.due_at == berlin(2026, 12, 28, 5)
    assert closed.promise.due_at == berlin(2026, 12, 29, 5)
    assert set(document_of(draft)["calendars"]["standard"]["closed_days"]) == {"2026-12-25"}


def test_trap_4_an_answer_moves_the_clock_alike_whichever_way_it_came(cast, now):
    # Source: zammad/zammad issue 1322.
    by_page, by_api = make_ticket(cast.owner), make_ticket(cast.owner)
    for ticket in (by_page, by_api):
        desk_post(cast.agent, ticket, "message", body="Which number is it?", then="waiting_partner")
        ticket.refresh_from_db()
        assert ticket.promise.outcome == "kept"
        assert ticket.work_at is None
    now.move_to(NOW + 3 * HOUR)

    page = signed_in(cast.owner).post(f"/tickets/{by_page.reference}/messages/", {"body": "The first."})
    _, secret = issue_token(
        name="Ours", user=cast.owner, organisation=cast.meridian, by=None, now=NOW + 3 * HOUR, scopes=SCOPES
    )
    api = Client(headers={"Authorization": f"Bearer {secret}"}).post(
        f"/api/v1/tickets/{by_api.reference}/messages/",
        json.dumps({"body": "The first."}),
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )

    assert (page.status_code, api.status_code) == (303, 201)
    by_page.refresh_from_db()
    by_api.refresh_from_db()
    assert (by_page.status, by_page.work_at) == (by_api.status, by_api.work_at)
    assert by_page.work_at is not None
    assert by_page.timers.filter(PENDING).count() == by_api.timers.filter(PENDING).count() == 0


def test_trap_5_a_changed_policy_makes_no_ticket_late_and_an_answer_ends_the_notices(cast, now):
    # Source: zammad/zammad issues 4353 and 4359.
    ticket = make_ticket(cast.nordlicht_member)  # Standard: 24 h
    missed = make_ticket(cast.nordlicht_member, "messaging_stopped")  # Critical: 4 h
    publish(cast.administrator, ("packages", "standard"), **{"targets.standard": "1h", "targets.critical": "100h"})

    now.move_to(NOW + 5 * HOUR)
    fire_due(NOW + 5 * HOUR)
    assert "promise_missed" not in kinds(ticket)
    assert "promise_missed" in kinds(missed)
    desk_post(cast.agent, missed, "message", body="It was the router.")
    told = Outbox.objects.filter(event__ticket=missed).count()
    fire_due(NOW + 20 * DAY)

    assert kinds(missed).count("promise_missed") == 1
    assert not missed.timers.filter(PENDING).exists()
    assert Outbox.objects.filter(event__ticket=missed).count() == told


def test_trap_7_reopening_a_late_ticket_sends_no_overdue_mail_and_shows_no_old_flag(cast, now):
    # Source: osTicket/osTicket issues 5955 and 5160.
    ticket = make_ticket(cast.nordlicht_member, "messaging_stopped")
    late = ticket.promise.due_at + HOUR
    now.move_to(late)
    fire_due(late)
    desk_post(cast.agent, ticket, "message", body="Solved.", then="resolved")
    reopened = signed_in(cast.nordlicht_member).post(f"/tickets/{ticket.reference}/reopen/", {"reason": "Not yet."})
    assert reopened.status_code == 303
    told = Outbox.objects.count()

    now.move_to(late + 30 * DAY)
    fire_due(late + 30 * DAY)

    assert kinds(ticket).count("promise_missed") == 1
    assert Outbox.objects.count() == told
    page = text_of(signed_in(cast.nordlicht_member), ticket)
    assert "Missed by 1 h" in page
    assert "Late by" not in page


def test_trap_8_a_clock_that_is_said_to_stand_still_stands_still(cast, now):
    # Source: frappe/helpdesk issue 1554.
    owner = signed_in(cast.nordlicht_member)
    sent_back = make_ticket(cast.nordlicht_member, "messaging_stopped")
    desk_post(cast.agent, sent_back, "send-back", **BACK)
    evening = make_ticket(cast.nordlicht_member, "messaging_stopped", now=berlin(2026, 11, 24, 21))

    for at in (berlin(2026, 11, 24, 22), berlin(2026, 11, 25, 1, 59)):
        now.move_to(at)
        page = text_of(owner, evening)
        assert "3 h left" in page
        assert "the clock stands still until" in page
        assert "Clock not running" in text_of(owner, sent_back)
    now.move_to(berlin(2026, 11, 25, 2, 1))
    assert "2 h 59 min left" in text_of(owner, evening)
    fire_due(NOW + 3 * DAY)

    assert "promise_missed" in kinds(evening)
    assert not {"promise_missed", "promise_warned"} & set(kinds(sent_back))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo"])
def test_trap_9_a_new_ticket_is_late_in_no_zone_and_every_deadline_names_its_zone(cast, now, zone):
    # Source: frappe/helpdesk pull request 3776.
    cast.nordlicht_member.timezone = zone
    cast.nordlicht_member.save()
    ticket = make_ticket(cast.nordlicht_member, "messaging_stopped")

    page = text_of(signed_in(cast.nordlicht_member), ticket)

    assert ticket.promise.due_at == NOW + 4 * HOUR
    assert "4 h left" in page
    assert "Late by" not in page
    assert re.search(r"First response by (\w+ )?17:00 Berlin, .+ your time", page)
