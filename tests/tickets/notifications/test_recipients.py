"""Who is told of what. Each leak test first makes somebody who could be told by mistake."""

from datetime import timedelta

import pytest

from accounts.actor import actor_for
from packages.policy.severity import Severity
from tests.cast import NOW, Cast, answer_ticket, make_ticket
from tests.tickets.escalating import make_ticket as make_row
from tickets.actions import completing, conversation, ending, escalations, following, triage
from tickets.actions.firing import fire_due
from tickets.actions.promising import Cause
from tickets.models import Follower, Outbox, Ticket, Timer, WebhookEndpoint
from tickets.policy.lifecycle import Status
from tickets.policy.webhook_kinds import Group

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[str]:
    """The people told of events of a kind, by the first part of their address."""
    found = Outbox.objects.filter(event__kind=kind).values_list("recipient", flat=True)
    return sorted(address.partition("@")[0] for address in found)


def follow_all(ticket: Ticket, cast: Cast) -> None:
    """Make everybody a follower, by force: following must grant nothing."""
    everybody = [getattr(cast, name) for name in Cast.__slots__]
    Follower.objects.bulk_create(
        (Follower(ticket=ticket, user=who) for who in everybody if hasattr(who, "email")), ignore_conflicts=True
    )


# Nobody who may not see it -----------------------------------------------------------------------------------------


def test_a_message_on_a_partners_ticket_reaches_its_own_people_only(cast):
    ticket = make_ticket(cast.owner)
    follow_all(ticket, cast)

    answer_ticket(ticket, cast.agent, now=NOW)

    assert told("message") == [
        "administrator", "colleague", "deputy", "growth", "lead", "owner", "second-agent",
    ]  # fmt: skip


def test_a_message_on_a_clients_ticket_reaches_client_and_partner_and_no_sibling(cast):
    ticket = make_ticket(cast.nordlicht_member)
    follow_all(ticket, cast)

    answer_ticket(ticket, cast.agent, now=NOW)

    assert told("message") == [
        "administrator", "colleague", "deputy", "growth", "lead", "nordlicht-admin", "nordlicht-member", "owner",
        "second-agent",
    ]  # fmt: skip


def test_a_confidential_ticket_is_kept_from_partner_and_growth_manager(cast):
    ticket = make_ticket(cast.nordlicht_member, "changing_partners")
    follow_all(ticket, cast)

    answer_ticket(ticket, cast.agent, now=NOW)

    assert ticket.is_confidential
    assert told("message") == [
        "administrator", "lead", "nordlicht-admin", "nordlicht-member", "second-agent",
    ]  # fmt: skip


def test_what_a_partner_files_for_a_client_reaches_the_client_only_when_shared(cast):
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))
    Follower.objects.create(ticket=ticket, user=cast.nordlicht_member)

    answer_ticket(ticket, cast.agent, now=NOW)
    assert told("message") == ["owner"]

    following.share(ticket, True, by=actor_for(cast.owner), now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW + timedelta(minutes=1))
    assert told("message") == ["nordlicht-member", "owner", "owner"]


def test_internal_events_reach_support_only(cast):
    ticket = make_ticket(cast.owner)
    follow_all(ticket, cast)

    conversation.add_note(ticket, "Same cause as last week.", by=actor_for(cast.agent), now=NOW)
    fire_due(ticket.promise.close_at)

    assert told("note") == ["administrator", "lead", "second-agent"]
    assert told("promise_warned") == ["administrator", "agent", "lead", "second-agent"]


def test_the_person_who_did_it_is_not_told(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)

    conversation.post_message(ticket, "It works again.", by=actor_for(cast.owner), now=NOW)

    assert told("message") == ["agent", "owner"]  # each of the other's


def test_who_may_not_sign_in_any_more_is_not_told(cast):
    ticket = make_ticket(cast.owner)
    cast.owner.is_active = False
    cast.owner.save()

    answer_ticket(ticket, cast.agent, now=NOW)

    assert told("message") == []


def test_a_growth_manager_who_was_replaced_is_not_told(cast):
    ticket = make_ticket(cast.owner)
    following.follow(ticket, cast.growth, by=actor_for(cast.owner), now=NOW)
    cast.meridian.growth_manager = cast.other_growth
    cast.meridian.save()

    answer_ticket(ticket, cast.agent, now=NOW)

    assert told("message") == ["owner"]


# Who is told of what -----------------------------------------------------------------------------------------------


def test_a_new_ticket_is_told_to_the_desk_only_when_it_is_critical(cast):
    make_ticket(cast.owner)
    assert told("filed") == []

    make_ticket(cast.owner, "messaging_stopped")
    assert told("filed") == ["agent", "lead", "second-agent"]


def test_a_breach_is_told_to_the_assignee_the_leads_and_those_whom_it_was_promised_to(cast):
    ticket = make_ticket(cast.owner)
    triage.assign(ticket, cast.agent, by=actor_for(cast.lead), now=NOW)

    fire_due(ticket.promise.due_at)

    assert told("promise_missed") == ["agent", "colleague", "lead", "owner"]
    assert told("assigned") == ["agent"]


def test_a_breach_of_a_clients_ticket_is_told_to_both_organisations_admins(cast):
    ticket = make_ticket(cast.nordlicht_member)

    fire_due(ticket.promise.due_at)

    assert told("promise_missed") == ["colleague", "lead", "nordlicht-admin", "nordlicht-member"]


def test_a_breach_of_a_confidential_ticket_is_kept_from_the_partners_admins(cast):
    ticket = make_ticket(cast.nordlicht_member, "changing_partners")

    fire_due(ticket.promise.due_at)

    assert told("promise_missed") == ["lead", "nordlicht-admin", "nordlicht-member"]


def test_breaches_that_fire_together_are_told_each_to_its_own(cast):
    open_to_all = make_ticket(cast.nordlicht_member)
    confidential = make_ticket(cast.nordlicht_member, "changing_partners")
    strangers = make_ticket(cast.outsider)
    tickets = (open_to_all, confidential, strangers)
    for organisation in (cast.meridian, cast.nordlicht, cast.silverline):
        WebhookEndpoint.objects.create(
            organisation=organisation, url="https://hooks.example.com/", groups=list(Group), secret="sealed",
            secret_since=NOW, made_at=NOW,
        )  # fmt: skip
    for ticket in tickets:
        follow_all(ticket, cast)
    Timer.objects.exclude(kind="breach").delete()

    fire_due(max(ticket.promise.due_at for ticket in tickets))

    mails, posts = {}, {}
    for row in Outbox.objects.filter(event__kind="promise_missed").select_related("event", "endpoint__organisation"):
        if row.endpoint is not None:
            posts.setdefault(row.event.ticket_id, set()).add(row.endpoint.organisation)
        else:
            mails.setdefault(row.event.ticket_id, set()).add(row.recipient.partition("@")[0])
    outsiders = {"outsider", "outsider-admin", "hafen-member", "direct-member", "azul-member", "other-growth"}
    meridians = {"owner", "colleague", "growth"}
    assert {"nordlicht-member", "owner", "colleague"} <= mails[open_to_all.pk]
    assert "nordlicht-member" in mails[confidential.pk]
    assert "outsider" in mails[strangers.pk]
    assert not mails[open_to_all.pk] & outsiders
    assert not mails[confidential.pk] & (outsiders | meridians)
    assert not mails[strangers.pk] & (meridians | {"nordlicht-member", "nordlicht-admin", "hafen-member"})
    assert posts == {
        open_to_all.pk: {cast.meridian, cast.nordlicht},
        confidential.pk: {cast.nordlicht},
        strangers.pk: {cast.silverline},
    }


def test_half_of_the_time_is_told_to_the_assignee_alone(cast):
    ticket = make_ticket(cast.owner)
    triage.assign(ticket, cast.agent, by=actor_for(cast.lead), now=NOW)

    fire_due(ticket.timers.order_by("due_at").values_list("due_at", flat=True)[0])

    assert told("promise_warned") == ["agent"]


def test_without_a_lead_the_administrators_stand_in(cast):
    ticket = make_ticket(cast.owner)
    cast.lead.is_active = False
    cast.lead.save()

    fire_due(ticket.promise.due_at)

    assert told("promise_missed") == ["administrator", "colleague", "owner"]


def test_the_partner_is_told_of_what_waits_for_them(cast):
    ticket = make_ticket(cast.owner)
    completing.send_back(ticket, {"subject": "Say which message."}, by=actor_for(cast.agent), now=NOW)
    for due_at in ticket.timers.filter(cancelled_at=None).order_by("due_at").values_list("due_at", flat=True):
        fire_due(due_at)

    assert told("sent_back") == ["owner"]
    assert told("information_reminder") == ["owner", "owner"]
    assert told("auto_withdrawn") == ["owner"]


def test_support_is_told_when_the_partner_says_that_it_did_not_answer(cast):
    ticket = make_ticket(cast.owner)
    answer = answer_ticket(ticket, cast.agent, now=NOW)

    conversation.dispute(answer, by=actor_for(cast.owner), now=NOW)

    assert told("answer_disputed") == ["agent", "lead"]


def test_resolving_and_reopening_are_told_to_the_other_side(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW, then=Status.RESOLVED)
    ending.reopen(ticket, by=actor_for(cast.owner), now=NOW)

    assert told("resolved") == ["owner"]
    assert told("reopened") == ["agent"]


def test_a_colleague_who_is_added_is_told_although_that_is_internal(cast):
    ticket = make_ticket(cast.owner)

    following.follow(ticket, cast.colleague, by=actor_for(cast.owner), now=NOW)

    assert told("followed") == ["colleague"]


def test_reclassifying_is_told_to_the_partner(cast):
    ticket = make_ticket(cast.owner)
    triage.reclassify(
        ticket,
        Severity.URGENT,
        cause=Cause.CORRECTED,
        reason="It halts half of the shop.",
        by=actor_for(cast.agent),
        now=NOW,
    )

    assert told("reclassified") == ["owner"]


# Escalations -------------------------------------------------------------------------------------------------------


def test_a_request_goes_to_the_growth_manager_then_to_deputy_and_leads_on_silence(cast):
    ticket = make_row(cast.meridian)
    escalations.ask(ticket, cause="late", reason="The shop is closed.", by=actor_for(cast.owner), now=NOW)

    assert told("escalation_asked") == ["growth"]
    for due_at in ticket.timers.filter(kind="escalation_decide").order_by("due_at").values_list("due_at", flat=True):
        fire_due(due_at)
    assert told("escalation_reminder") == ["deputy", "growth", "lead"]


def test_a_request_on_a_critical_ticket_goes_to_the_leads_at_once(cast):
    ticket = make_row(cast.meridian, severity="critical")

    escalations.ask(ticket, cause="late", reason="The shop is closed.", by=actor_for(cast.owner), now=NOW)

    assert told("escalation_asked") == ["growth", "lead"]


def test_each_step_of_an_escalation_is_told_to_who_asked_and_to_their_admins(cast):
    ticket = make_row(cast.meridian)
    asked = escalations.ask(ticket, cause="late", reason="Closed.", by=actor_for(cast.owner), now=NOW)
    escalated = escalations.escalate(asked, by=actor_for(cast.growth), now=NOW)
    acknowledged = escalations.acknowledge(escalated, by=actor_for(cast.lead), now=NOW)
    escalations.conclude(acknowledged, outcome="It works.", by=actor_for(cast.lead), now=NOW)

    assert told("escalation_escalated") == ["colleague", "lead", "owner"]
    assert told("escalation_acknowledged") == ["colleague", "growth", "owner"]
    assert told("escalation_concluded") == ["colleague", "growth", "owner"]
    assert set(Outbox.objects.filter(event__kind__startswith="escalation").values_list("is_urgent", flat=True)) == {
        True
    }


def test_an_escalation_that_nobody_acknowledges_is_told_to_the_leads(cast):
    ticket = make_row(cast.meridian)
    asked = escalations.ask(ticket, cause="late", reason="Closed.", by=actor_for(cast.owner), now=NOW)
    escalations.escalate(asked, by=actor_for(cast.growth), now=NOW)

    for due_at in (
        ticket.timers.filter(kind="escalation_acknowledge").order_by("due_at").values_list("due_at", flat=True)
    ):
        fire_due(due_at)

    assert told("escalation_reminder") == ["lead", "lead", "lead"]
