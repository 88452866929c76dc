"""The chain of an escalation: asked, decided by the growth manager, acknowledged and concluded by a lead.

Each step takes the ticket's row first and moves the escalation only from the state that it expects, so that of two
people at once one succeeds and the other is told what is. Neither severity nor deadline of the ticket is touched.
Source: support policy, "Tiers and escalation".
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actions import audit
from accounts.actor import Actor
from accounts.models import Organisation
from accounts.policy.roles import May
from packages.queries.policies import in_force
from tickets.actions.change import Forbidden, NotNow, add_event, changing, settle
from tickets.actions.finding import find_by
from tickets.models import Escalation, EscalationGrant, Follower, Ticket
from tickets.policy.cleaning import storable
from tickets.policy.escalation import RIGHTS, Act, Refusal
from tickets.policy.secrets import masked
from tickets.queries import escalations as queries

State = Escalation.State
MOST = 5_000  # characters of a reason or an outcome


def ask(ticket: Ticket, *, cause: str, reason: str, by: Actor, now: datetime) -> Escalation:
    """Ask the partner's growth manager to escalate a ticket. A Critical one is shown to the leads at once.

    Raises: Forbidden or NotNow, with a code of `tickets.policy.escalation.Refusal`.
    """
    with changing(ticket, now=now) as current:
        partner = _judge(current, act=Act.ASK, by=by, now=now)
        decide_by = queries.step_due_at(current, now=now)
        made = _make(
            current, partner, cause=cause, reason=reason, now=now,
            state=State.ASKED, manager=partner.growth_manager, asked_by=by.user, asked_at=now, decide_by=decide_by,
        )  # fmt: skip
        at_once = current.severity == Ticket.Severity.CRITICAL
        _record(made, current, "escalation_asked", by=by, now=now, decide_by=decide_by.isoformat(), leads=at_once)
    return made


def initiate(ticket: Ticket, *, cause: str, reason: str, by: Actor, now: datetime) -> Escalation:
    """Escalate a ticket on the growth manager's own initiative.

    Raises: Forbidden or NotNow, with a code of `tickets.policy.escalation.Refusal`.
    """
    with changing(ticket, now=now) as current:
        partner = _judge(current, act=Act.INITIATE, by=by, now=now)
        acknowledge_by = queries.step_due_at(current, now=now)
        made = _make(
            current, partner, cause=cause, reason=reason, now=now,
            state=State.ESCALATED, manager=by.user, decided_by=by.user, escalated_at=now, acknowledge_by=acknowledge_by,
        )  # fmt: skip
        _record(
            made, current, "escalation_escalated", by=by, now=now,
            acknowledge_by=acknowledge_by.isoformat(), initiated=True,
        )  # fmt: skip
    return made


def escalate(escalation: Escalation, *, by: Actor, now: datetime) -> Escalation:
    """Decide yes. Whoever is the partner's growth manager or deputy now decides.

    Raises: Forbidden or NotNow, with a code of the rule, or `not_asked` if it no longer waits for a decision.
    """
    with changing(escalation.ticket, now=now) as current:
        _expect(escalation, State.ASKED, code="not_asked")
        _judge(current, act=Act.DECIDE, by=by, now=now, partner=escalation.partner)
        acknowledge_by = queries.step_due_at(current, now=now)
        moved = _move(
            escalation, State.ASKED, code="not_asked", state=State.ESCALATED, manager=by.user, decided_by=by.user,
            escalated_at=now, acknowledge_by=acknowledge_by,
        )  # fmt: skip
        _record(
            moved, current, "escalation_escalated", by=by, now=now,
            acknowledge_by=acknowledge_by.isoformat(), initiated=False,
        )  # fmt: skip
    return moved


def decline(escalation: Escalation, *, reason: str, by: Actor, now: datetime) -> Escalation:
    """Decide no, with a reason that the partner reads.

    Raises: Forbidden; NotNow, with `reason_missing`, or `not_asked` if it no longer waits for a decision.
    """
    with changing(escalation.ticket, now=now) as current:
        _expect(escalation, State.ASKED, code="not_asked")
        partner = queries.partner_of(current)
        if partner != escalation.partner or not queries.manages(by, partner):
            raise Forbidden(Refusal.NOT_YOURS)
        moved = _move(
            escalation, State.ASKED, code="not_asked", state=State.DECLINED, manager=by.user, decided_by=by.user,
            decline_reason=_written(reason, "reason_missing"), ended_at=now,
        )  # fmt: skip
        _find_by(moved, moved.decline_reason)
        _record(moved, current, "escalation_declined", by=by, now=now)
    return moved


def withdraw(escalation: Escalation, *, by: Actor, now: datetime) -> Escalation:
    """Take a request back before it is decided: the partner's that asked.

    Raises: Forbidden; NotNow, with `not_asked` if it no longer waits for a decision.
    """
    with changing(escalation.ticket, now=now) as current:
        if by.organisation != escalation.partner or not by.may(May.ASK_ESCALATION):
            raise Forbidden(Refusal.NOT_YOURS)
        moved = _move(escalation, State.ASKED, code="not_asked", state=State.WITHDRAWN, ended_at=now)
        _record(moved, current, "escalation_withdrawn", by=by, now=now)
    return moved


def acknowledge(escalation: Escalation, *, by: Actor, now: datetime) -> Escalation:
    """Take an escalation on as a support lead.

    Raises: Forbidden; NotNow, with `not_escalated` if it does not wait for that.
    """
    _leads_only(by)
    with changing(escalation.ticket, now=now) as current:
        moved = _move(
            escalation, State.ESCALATED, code="not_escalated", state=State.ACKNOWLEDGED, acknowledged_by=by.user,
            acknowledged_at=now,
        )  # fmt: skip
        _record(moved, current, "escalation_acknowledged", by=by, now=now)
    return moved


def conclude(escalation: Escalation, *, outcome: str, by: Actor, now: datetime) -> Escalation:
    """Say how an acknowledged escalation ended.

    Raises: Forbidden; NotNow, with `outcome_missing`, or `not_acknowledged`.
    """
    _leads_only(by)
    outcome = _written(outcome, "outcome_missing")
    with changing(escalation.ticket, now=now) as current:
        moved = _move(
            escalation, State.ACKNOWLEDGED, code="not_acknowledged", state=State.CONCLUDED, concluded_by=by.user,
            outcome=outcome, ended_at=now,
        )  # fmt: skip
        _find_by(moved, outcome)
        _record(moved, current, "escalation_concluded", by=by, now=now)
    return moved


def lapse(ticket: Ticket, *, now: datetime, by: Actor | None = None) -> Escalation | None:
    """End the open escalation of a ticket that is sent back, merged, resolved, closed or withdrawn.

    Part of the action that does it: `ticket` is what `changing` yielded, and settles at its end.
    """
    opened = queries.open_escalation(ticket)
    if opened is None:
        return None
    moved = _move(opened, opened.state, code="not_open", state=State.LAPSED, ended_at=now)
    ticket.is_escalated = False
    add_event(ticket, "escalation_lapsed", by=by, now=now, escalation=moved.pk)
    return moved


def grant_one_more(partner: Organisation, *, reason: str, by: Actor, now: datetime) -> EscalationGrant:
    """Allow a partner one escalation beyond its limit in this month.

    Raises: Forbidden; NotNow, with `reason_missing`.
    """
    _leads_only(by)
    assert by.user is not None  # an organisation's token is no lead
    reason = _written(reason, "reason_missing")
    month = queries.month_at(partner, now).first
    with transaction.atomic():
        grant = EscalationGrant.objects.create(partner=partner, month=month, by=by.user, reason=reason, at=now)
        after = {"month": month.isoformat(), "reason": reason}
        audit.record("escalation.granted", partner, by=by.user, now=now, after=after)
    return grant


def remind(escalation: Escalation, step: str, *, ticket: Ticket, now: datetime) -> str:
    """Tell the next person that a step of the chain waits; part of a timer, on the ticket that it has taken.

    `step` is the timer's key: reminder, deputy or leads. Returns "" when it had its effect, otherwise why it was
    skipped. A request that nobody may decide any more, as the partner left the tiers or the client its partner, lapses.
    """
    escalation.refresh_from_db()
    if escalation.state not in (State.ASKED, State.ESCALATED):
        return f"the escalation is {escalation.state}"
    if queries.is_left_behind(escalation, queries.partner_of(ticket)):
        lapse(ticket, by=None, now=now)
        settle(ticket, now=now)
        return ""
    deciding = escalation.state == State.ASKED
    if deciding and escalation.partner.growth_manager_id not in (None, escalation.manager_id):
        # Another one was named meanwhile: it is theirs to decide.
        Escalation.objects.filter(pk=escalation.pk).update(manager=escalation.partner.growth_manager)
    add_event(
        ticket, "escalation_reminder", by=None, now=now, escalation=escalation.pk,
        step="decide" if deciding else "acknowledge",
        to=_whom(step, escalation.partner) if deciding else "leads",
    )  # fmt: skip
    return ""


def _whom(step: str, partner: Organisation) -> str:
    """Return who is told next; without a deputy the leads are."""
    if step == "reminder":
        return "manager"
    return "deputy" if step == "deputy" and partner.deputy_id else "leads"


def _judge(ticket: Ticket, *, act: Act, by: Actor, now: datetime, partner: Organisation | None = None) -> Organisation:
    """Return the partner that may escalate the ticket now, its row taken. Raises: NotNow.

    The partner's row is taken so that its tier and managers stay, and two tickets cannot share the last of a month.
    """
    owner = queries.partner_of(ticket)
    if owner is not None:
        owner = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
        _take_over(ticket, owner)
    if partner is not None and owner != partner:
        raise Forbidden(Refusal.NOT_YOURS)
    answer = queries.may(by, ticket, act=act, now=now)
    if owner is None or answer.code in RIGHTS:
        raise Forbidden(answer.code or Refusal.NO_PARTNER)
    if not answer.allowed:
        raise NotNow(answer.code, **answer.params)
    return owner


def _take_over(ticket: Ticket, partner: Organisation) -> None:
    """Let the ticket speak of the partner as it stands now."""
    if ticket.organisation_id == partner.pk:
        ticket.organisation = partner
    else:
        ticket.organisation.partner = partner


def _make(ticket: Ticket, partner: Organisation, *, cause: str, reason: str, now: datetime, **facts: Any) -> Escalation:
    if cause not in in_force(now).policy.escalation_causes:
        raise NotNow("cause_unknown")
    reason = _written(reason, "reason_missing")
    facts |= {"ticket": ticket, "partner": partner, "cause": cause, "reason": reason, "made_at": now}
    opened = queries.open_escalation(ticket)
    if opened is not None and queries.is_left_behind(opened, partner):
        lapse(ticket, by=None, now=now)
    try:
        with transaction.atomic():
            made = Escalation.objects.create(**facts)
    except IntegrityError as error:
        # The ticket's row is taken, so this is a second one by a way that takes no locks; the table knows better.
        opened = queries.open_escalation(ticket)
        if opened is None:
            raise
        raise NotNow(Refusal.ALREADY_OPEN, state=opened.state, since=queries.since(opened)) from error
    _find_by(made, reason)
    return made


def _find_by(escalation: Escalation, text: str) -> None:
    """Let support find the ticket by what was written: others who read the ticket may not read this."""
    find_by(escalation.ticket, text, internal=True)


def _expect(escalation: Escalation, state: str, *, code: str) -> None:
    escalation.refresh_from_db()
    if escalation.state != state:
        raise NotNow(code, state=escalation.state, since=queries.since(escalation))


def _move(escalation: Escalation, expected: str, *, code: str, **facts: Any) -> Escalation:
    """Move an escalation on from the state expected, or not at all. Raises: NotNow, with the state that it has."""
    moved = Escalation.objects.filter(pk=escalation.pk, state=expected).update(**facts)
    current = Escalation.objects.select_related("partner", "manager").get(pk=escalation.pk)
    if not moved:
        raise NotNow(code, state=current.state, since=queries.since(current))
    return current


def _record(escalation: Escalation, ticket: Ticket, kind: str, *, by: Actor, now: datetime, **payload: Any) -> None:
    """Write the step, and let the ticket's place and timers follow it. The texts stay in the escalation's own row.

    Who asked and who escalated are told of the ticket from then on.
    """
    escalation.ticket = ticket
    if by.user is not None and not by.is_staff:
        Follower.objects.get_or_create(ticket=ticket, user=by.user)
    ticket.is_escalated = escalation.state in (State.ESCALATED, State.ACKNOWLEDGED)
    add_event(ticket, kind, by=by, now=now, escalation=escalation.pk, cause=escalation.cause, **payload)


def _leads_only(by: Actor) -> None:
    if not by.may(May.LEAD):
        raise Forbidden("lead_only")


def _written(text: str, missing: str) -> str:
    """Return what a person wrote, fit to be stored and without keys and tokens. Raises: NotNow, if it is nothing."""
    written = masked(storable(text)).strip()
    if not written:
        raise NotNow(missing)
    if len(written) > MOST:
        raise NotNow("too_long", most=MOST)
    return written
