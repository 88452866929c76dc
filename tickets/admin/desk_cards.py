"""The cards beside a ticket's conversation: promise, organisation, neighbours, escalation, the ledger of promises."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.policy.roles import May
from packages.policy.severity import Reason
from packages.policy.wording import wording
from packages.queries.policies import InForce, package_of
from tickets.admin.desk_frame import ticket_url
from tickets.escalation_wording import state_word, steps
from tickets.models import Escalation, Promise, Ticket
from tickets.queries.escalations import partner_of
from tickets.queries.promise_state import PromiseState, promise_calendar, promise_clock, state_of
from tickets.web.meters import due, meter, track
from tickets.web.promise_card import counted
from tickets.wording import (
    ago,
    day_and_time,
    short_moment,
    status_word,
    zone_city,
)

_WHY = {
    Reason.IMPACT: "The answers on impact and workaround make it so.",
    Reason.TOPIC: "The topic is listed so in the package.",
    Reason.BOTH: "The answers make it so, and the topic is listed so in the package.",
    Reason.TEST_ENVIRONMENT: "A test environment is always Standard.",
    Reason.DEFAULT: "Neither the answers nor the topic make it more severe.",
}
SET_BY_SUPPORT = "Support set it, with a reason that stands in the record."


def promise_card(ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Return the promise in large words, as a bar, and how its deadline was counted. No query with its version."""
    promise = ticket.promise
    state = state_of(promise, ticket, now=now)
    card: dict[str, Any] = {"meter": meter(state, now=now), "look": state.code.value, "due": None, "why": _why(ticket)}
    if state.is_counting and not state.late_by:
        card["due"] = due(state)
    if promise is None:
        return card
    zone = ZoneInfo(promise_calendar(promise).zone)
    card |= {
        "by": _by(promise, zone),
        "pause": _pause(state, zone, now),
        "track": track(
            started_at=promise.started_at, due_at=promise.due_at, target=promise.target, clock=promise_clock(promise),
            zone=zone.key, now=promise.ended_at or now, state=state.code.value,
        ),
        "counted": counted(promise, ticket),
    }  # fmt: skip
    return card


def organisation_card(ticket: Ticket, terms: InForce, *, now: datetime) -> dict[str, Any]:
    """Return who is behind a ticket: package, tier, partner, and whom to call. At most two queries."""
    organisation = ticket.organisation
    partner = partner_of(ticket)
    package = package_of(organisation, policy=terms.policy, at=now)
    return {
        "name": organisation.name,
        "kind": organisation.get_kind_display(),
        "url": f"{reverse('admin:queue')}?{urlencode({'organisation': organisation.name})}",
        "package": wording(package.name, "en"),
        "tier": partner.get_tier_display() if partner is not None and partner.tier else "none",
        "partner": partner.name if partner is not None and partner.pk != organisation.pk else "",
        "client": ticket.client.name if ticket.client else ticket.client_name,
        "client_sees": ticket.client is not None and ticket.is_shared,
        "is_confidential": ticket.is_confidential,
        "manager": str(partner.growth_manager) if partner is not None and partner.growth_manager else "",
        "deputy": str(partner.deputy) if partner is not None and partner.deputy else "",
    }


def neighbours(tickets: Sequence[Ticket], *, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "url": ticket_url(one.reference),
            "reference": one.reference,
            "subject": one.subject,
            "severity": one.severity,
            "organisation": one.organisation.name,
            "status": status_word(one, is_staff=True)[0],
            "at": ago(one.filed_at, now=now),
        }
        for one in tickets
    ]


def escalation_card(escalation: Escalation | None, actor: Actor, *, now: datetime) -> dict[str, Any] | None:
    """Return where the escalation stands, and what a lead can do about it; None when there never was one."""
    if escalation is None:
        return None
    is_lead = actor.may(May.LEAD)
    return {
        "state": state_word(escalation.state),
        "is_open": escalation.is_open,
        "steps": steps(escalation, reader=actor, now=now, with_texts=True),
        "reason": escalation.reason,
        "may_acknowledge": is_lead and escalation.state == Escalation.State.ESCALATED,
        "may_conclude": is_lead and escalation.state == Escalation.State.ACKNOWLEDGED,
        "needs_lead": not is_lead and escalation.state in (Escalation.State.ESCALATED, Escalation.State.ACKNOWLEDGED),
    }


def ledger(promises: Sequence[Promise], *, now: datetime) -> list[dict[str, Any]]:
    """Return every promise that was given, in order: the record of the deadline's moves."""
    return [
        {
            "number": one.number,
            "severity": one.severity,
            "cause": one.get_cause_display(),
            "due": short_moment(one.due_at, now=now),
            "outcome": one.get_outcome_display() if one.outcome else "Running",
            "tone": {"kept": "kept", "missed": "late"}.get(one.outcome or "", ""),
        }
        for one in promises
    ]


def _why(ticket: Ticket) -> str:
    return _WHY.get(ticket.severity_cause, SET_BY_SUPPORT)  # type: ignore[call-overload]


def _by(promise: Promise, zone: ZoneInfo) -> str:
    theirs = promise.due_at.astimezone(zone)
    own = timezone.localtime(promise.due_at)
    text = f"by {day_and_time(theirs)} {zone_city(zone.key)}"
    return text if own.utcoffset() == theirs.utcoffset() else f"{text} · {day_and_time(own)} your time"


def _pause(state: PromiseState, zone: ZoneInfo, now: datetime) -> str:
    if state.due_at is None or state.answered_at is not None or state.is_open_now or state.resumes_at is None:
        return ""
    return f"Support is closed: the clock stands still until {short_moment(state.resumes_at, now=now)}."
