"""Who may not do something doesn't see it, and gets 403 for the post that a page never offered."""

import re
from datetime import timedelta
from inspect import getmembers, isfunction
from typing import Any

import pytest

from accounts.actor import actor_for
from packages.policy.severity import Severity
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets.admin.conftest import page_of
from tests.tickets.escalating import ask
from tickets.actions import completing, conversation, ending, escalations, linking, merging, taking, triage
from tickets.actions.change import Forbidden
from tickets.actions.promising import Cause
from tickets.models import Escalation, Ticket

pytestmark = pytest.mark.django_db

# Every action of support, on a ticket and another one, by somebody.
ACTIONS: dict[Any, Any] = {
    triage.assign: lambda one, two, by: triage.assign(one, by.user, by=by, now=NOW),
    triage.reclassify: lambda one, two, by: triage.reclassify(
        one, Severity.CRITICAL, cause=Cause.CORRECTED, reason="All shops.", by=by, now=NOW
    ),
    triage.change_topic: lambda one, two, by: triage.change_topic(
        one, "messaging_delays", reason="Delays.", by=by, now=NOW
    ),
    triage.wait_for_platform: lambda one, two, by: triage.wait_for_platform(
        one, case="4711", check_at=NOW + timedelta(days=1), by=by, now=NOW
    ),
    triage.wait_for_partner: lambda one, two, by: triage.wait_for_partner(one, by=by, now=NOW),
    triage.take_up: lambda one, two, by: triage.take_up(one, by=by, now=NOW),
    ending.close: lambda one, two, by: ending.close(one, by=by, now=NOW),
    completing.send_back: lambda one, two, by: completing.send_back(one, {"description": "When?"}, by=by, now=NOW),
    conversation.add_note: lambda one, two, by: conversation.add_note(one, "Mine.", by=by, now=NOW),
    merging.merge: lambda one, two, by: merging.merge(one, two, by=by, now=NOW),
    merging.unmerge: lambda one, two, by: merging.unmerge(one, by=by, now=NOW),
    linking.link: lambda one, two, by: linking.link(one, two, by=by, now=NOW),
    linking.unlink: lambda one, two, by: linking.unlink(one, two, by=by, now=NOW),
    taking.take_next: lambda one, two, by: taking.take_next(by=by, now=NOW),
}
PARTNERS_OWN = {triage.get_worse}  # beside them in their modules, and not support's


@pytest.mark.parametrize("who", ["owner", "nordlicht_admin", "growth"])
@pytest.mark.parametrize("action", ACTIONS.values(), ids=[action.__name__ for action in ACTIONS])
def test_nobody_but_support_does_what_support_does(cast, action, who):
    one, two = make_ticket(cast.owner), make_ticket(cast.owner)
    before = list(Ticket.objects.order_by("pk").values("version", "status", "assignee", "severity"))

    with pytest.raises(Forbidden) as refused:
        action(one, two, actor_for(getattr(cast, who)))

    assert refused.value.code == "support_only"
    assert list(Ticket.objects.order_by("pk").values("version", "status", "assignee", "severity")) == before


def test_no_action_of_support_is_left_out():
    there = {
        found
        for module in (triage, merging, linking, taking)
        for name, found in getmembers(module, isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_")
    }

    assert there - set(ACTIONS) == PARTNERS_OWN


# What takes a lead: how it comes to that, the post, and what stands on a lead's page alone.


def asked_and_escalated(cast, clock):
    ticket = make_ticket(cast.owner)
    escalations.escalate(ask(ticket, cast.owner), by=actor_for(cast.growth), now=NOW)
    return ticket


def acknowledged(cast, clock):
    ticket = asked_and_escalated(cast, clock)
    escalations.acknowledge(Escalation.objects.get(), by=actor_for(cast.lead), now=NOW)
    return ticket


def nearly_late(cast, clock):
    ticket = make_ticket(cast.owner, impact="halted", workaround=False)
    clock.now = ticket.promise.close_at
    return ticket


LEADS_OWN = {
    "acknowledge": (asked_and_escalated, {}, "/acknowledge/"),
    "conclude": (acknowledged, {"outcome": "Routed round it."}, "/conclude/"),
    "send-back": (nearly_late, {"field": "description", "reason_description": "Since when?"}, "/send-back/"),
    "reclassify": (nearly_late, {"severity": "standard", "cause": "corrected", "reason": "One shop."}, "/reclassify/"),
}


@pytest.mark.parametrize("act", LEADS_OWN)
def test_what_takes_a_lead_is_shown_to_no_agent_and_refused_to_them(desk, post, cast, clock, act):
    prepare, form, address = LEADS_OWN[act]
    ticket = prepare(cast, clock)
    shown = f'action="/admin/desk/{ticket.reference}{address}"'
    version = Ticket.objects.get(pk=ticket.pk).version

    assert shown not in page_of(desk, ticket)
    assert post(ticket, act, **form).status_code == 403
    assert Ticket.objects.get(pk=ticket.pk).version == version

    desk.force_login(cast.lead)
    assert shown in page_of(desk, ticket)
    assert post(ticket, act, **form).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).version > version


def test_an_agent_is_offered_only_the_higher_severities_of_a_ticket_that_is_nearly_late(desk, cast, clock):
    ticket = make_ticket(cast.owner, impact="reduced", workaround=False)
    assert ticket.severity == "urgent"
    clock.now = ticket.promise.close_at

    assert 'name="severity" value="critical"' in _radios(page_of(desk, ticket))
    assert 'name="severity" value="standard"' not in _radios(page_of(desk, ticket))
    desk.force_login(cast.lead)
    assert 'name="severity" value="standard"' in _radios(page_of(desk, ticket))


def test_what_does_not_fit_is_not_shown_either(desk, cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW, then="resolved")

    page = page_of(desk, ticket)

    for address in ("/send-back/", "/reclassify/", "/resolve/", "/topic/"):
        assert f'action="/admin/desk/{ticket.reference}{address}"' not in page
    assert f'href="/admin/desk/{ticket.reference}/merge/"' not in page


def _radios(page: str) -> str:
    """Return the page with each radio button as name and value, whatever stands between them."""
    return re.sub(r'<input type="radio"[^>]*?(name="\w+")[^>]*?(value="\w+")[^>]*>', r"\1 \2", page)
