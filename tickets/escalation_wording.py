"""The words of escalations: why not and what to do, where one stands, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.actor import Actor
from accounts.models import User
from tickets.models import Escalation, Ticket
from tickets.policy.escalation import Refusal
from tickets.wording import short_moment

State = Escalation.State


@dataclass(frozen=True, slots=True)
class Wording:
    """A refusal as people read it: the sentence, and where to go instead."""

    sentence: str
    action_label: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain, as `components/_steps.html` shows it."""

    text: str
    state: str  # done, now, next or stopped
    note: str = ""


def refusal(code: str, params: Mapping[str, Any], *, ticket: Ticket | None, now: datetime) -> Wording:
    """Return why an escalation is not possible and what to do instead, for a code of the rule or of the chain."""
    if code == Refusal.ENDED:
        return _ended(ticket)
    if code == Refusal.ALREADY_OPEN:
        return Wording(_stands(params["state"], params["since"], now=now))
    if code == Refusal.LIMIT_REACHED:
        return _limit(params, now=now)
    if code == Refusal.NO_TICKET:
        return Wording(
            _("There is no ticket yet. Support can only help with a filed ticket: file one first, then escalate it."),
            _("File a ticket"),
            reverse("new_ticket"),
        )
    if code == Refusal.NEEDS_INFORMATION:
        return Wording(
            _("This ticket waits for your information. Complete it: its clock starts then, and it can be escalated."),
            _("Complete the ticket"),
            reverse("ticket", args=[ticket.reference]) if ticket else "",
        )
    if code in ("not_asked", "not_escalated", "not_acknowledged"):
        return Wording(_no_longer(params["state"], params["since"], now=now))
    return Wording(str(_SENTENCES[code]()))


def steps(escalation: Escalation, *, reader: Actor, now: datetime, with_texts: bool) -> list[Step]:
    """Return the steps of an escalation in order, each with its time; `with_texts` adds what people wrote."""
    found = [_asked(escalation, reader, now), _decided(escalation, now, with_texts), _acknowledged(escalation, now)]
    found.append(_ended_step(escalation, now, with_texts))
    return [step for step in found if step is not None]


def state_word(state: str) -> str:
    """Return the word for a state, as a tag shows it."""
    words = {
        State.ASKED: pgettext("escalation", "Waiting for a decision"),
        State.ESCALATED: pgettext("escalation", "Escalated"),
        State.ACKNOWLEDGED: pgettext("escalation", "Acknowledged"),
        State.CONCLUDED: pgettext("escalation", "Concluded"),
        State.DECLINED: pgettext("escalation", "Declined"),
        State.WITHDRAWN: pgettext("escalation", "Withdrawn"),
        State.LAPSED: pgettext("escalation", "Ended with the ticket"),
    }
    return words[State(state)]


def waiting_note(escalation: Escalation, *, now: datetime) -> str:
    """Return in a line what an escalation waits for, or how and when it ended."""
    if escalation.state == State.ASKED:
        return _by(escalation.decide_by, now)
    if escalation.state == State.ESCALATED:
        return _by(escalation.acknowledge_by, now)
    if escalation.state == State.ACKNOWLEDGED and escalation.acknowledged_at:
        at = short_moment(escalation.acknowledged_at, now=now)
        return _("%(name)s, %(at)s") % {"name": escalation.acknowledged_by, "at": at}
    return short_moment(escalation.ended_at, now=now) if escalation.ended_at else ""


_SENTENCES: dict[str, Any] = {
    Refusal.NOT_YOURS: lambda: _(
        "Only the partner that this ticket belongs to, or its growth manager, can escalate it."
    ),
    Refusal.NOT_PARTNER: lambda: _(
        "Your partner can ask for it. Tell them what changed, and write it on the ticket: support reads it."
    ),
    Refusal.NO_PARTNER: lambda: _(
        "Escalations go through a partner's growth manager, and your organisation belongs to no partner. Write on the "
        "ticket what changed: support reads it."
    ),
    Refusal.CONFIDENTIAL: lambda: _(
        "This ticket is confidential from your partner, so nobody can ask for it. Write on the ticket what changed: "
        "support reads it."
    ),
    Refusal.ASK_INSTEAD: lambda: _("You can ask for an escalation; your growth manager makes it."),
    Refusal.INITIATE_INSTEAD: lambda: _("You are the growth manager: escalate it yourself, without asking."),
    Refusal.NO_TIER: lambda: _(
        "Escalations come with a partner tier, and your organisation is in none. Write on the ticket what changed: "
        "support reads it."
    ),
    Refusal.NO_MANAGER: lambda: _(
        "No growth manager is named for your organisation yet. Write on the ticket what changed, and that you need "
        "one: support reads it."
    ),
    "reason_missing": lambda: _("Write a reason: it is what the decision is based on."),
    "cause_unknown": lambda: _("Choose why it is needed now."),
    "too_long": lambda: _("Shorten the text: up to 5,000 characters fit."),
    "outcome_missing": lambda: _("Write how it ended: the partner reads it."),
    "lead_only": lambda: _("Only a support lead can do this."),
}


def _ended(ticket: Ticket | None) -> Wording:
    if ticket is not None and ticket.status == Ticket.Status.RESOLVED:
        return Wording(
            _("This ticket is resolved. If it isn't, reopen it: then it can be escalated."),
            _("Go to the ticket"),
            reverse("ticket", args=[ticket.reference]),
        )
    if ticket is not None and ticket.merged_into is not None:
        return Wording(
            _("This ticket was merged into another one: it is that one that can be escalated."),
            _("Go to the ticket"),
            reverse("ticket", args=[ticket.merged_into.reference]),
        )
    return Wording(
        _("This ticket has ended. File a new one, and escalate that if you need to."),
        _("File a ticket"),
        reverse("new_ticket"),
    )


def _limit(params: Mapping[str, Any], *, now: datetime) -> Wording:
    return Wording(
        _(
            "All escalations of this month are used: %(used)s of %(limit)s. The next one is possible from %(next)s; "
            "until then a support lead may grant one more. Write on the ticket what changed: support reads it."
        )
        % {"used": params["used"], "limit": params["limit"], "next": short_moment(params["next_at"], now=now)}
    )


def _stands(state: str, since: datetime, *, now: datetime) -> str:
    at = {"at": short_moment(since, now=now)}
    if state == State.ASKED:
        return _("An escalation was asked for at %(at)s. The growth manager decides.") % at
    if state == State.ESCALATED:
        return _("Escalated already, at %(at)s. A support lead will acknowledge it.") % at
    return _("Escalated already, acknowledged at %(at)s. A support lead is on it.") % at


def _no_longer(state: str, since: datetime, *, now: datetime) -> str:
    return _("Nothing was changed: meanwhile it is “%(state)s”, since %(at)s.") % {
        "state": state_word(state),
        "at": short_moment(since, now=now),
    }


def _asked(escalation: Escalation, reader: Actor, now: datetime) -> Step | None:
    if escalation.asked_at is None:
        return None
    note = short_moment(escalation.asked_at, now=now)
    if reader.user is not None and reader.user == escalation.asked_by:
        text = _("You asked %(manager)s, your growth manager") % {"manager": escalation.manager}
    elif escalation.asked_by is None:
        text = _("%(partner)s asked the growth manager") % {"partner": escalation.partner}
    else:
        text = _("%(name)s asked %(manager)s, the growth manager") % {
            "name": escalation.asked_by,
            "manager": escalation.manager,
        }
    return Step(text, "done", note)


def _decided(escalation: Escalation, now: datetime, with_texts: bool) -> Step | None:
    name = {"name": escalation.decided_by}
    if escalation.state == State.ASKED:
        return Step(_("%(name)s decides") % {"name": _decider(escalation)}, "now", _by(escalation.decide_by, now))
    if escalation.state == State.DECLINED:
        note = short_moment(escalation.ended_at, now=now) if escalation.ended_at else ""
        if with_texts:
            note = f"{note}: {escalation.decline_reason}"
        return Step(_("%(name)s declined") % name, "stopped", note)
    if escalation.escalated_at is None:
        return None
    words = _("%(name)s escalated") if escalation.asked_at else _("%(name)s, the growth manager, escalated")
    return Step(words % name, "done", short_moment(escalation.escalated_at, now=now))


def _acknowledged(escalation: Escalation, now: datetime) -> Step | None:
    if escalation.acknowledged_at is not None:
        words = _("%(name)s acknowledged, for support") % {"name": escalation.acknowledged_by}
        return Step(words, "done", short_moment(escalation.acknowledged_at, now=now))
    if escalation.state == State.ESCALATED:
        return Step(_("A support lead acknowledges"), "now", _by(escalation.acknowledge_by, now))
    return Step(_("A support lead acknowledges"), "next") if escalation.state == State.ASKED else None


def _ended_step(escalation: Escalation, now: datetime, with_texts: bool) -> Step | None:
    at = short_moment(escalation.ended_at, now=now) if escalation.ended_at else ""
    if escalation.state == State.CONCLUDED:
        note = f"{at}: {escalation.outcome}" if with_texts else at
        return Step(_("%(name)s concluded it") % {"name": _name(escalation.concluded_by)}, "done", note)
    if escalation.state == State.WITHDRAWN:
        return Step(_("The request was withdrawn"), "stopped", at)
    if escalation.state == State.LAPSED:
        return Step(_("Ended, as the ticket moved on"), "stopped", at)
    if escalation.state == State.DECLINED:
        return None
    state = "now" if escalation.state == State.ACKNOWLEDGED else "next"
    return Step(_("A support lead says how it ended"), state)


def _by(due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return ""
    words = _("by %(at)s") if now < due_at else _("was expected by %(at)s")
    return words % {"at": short_moment(due_at, now=now)}


def _decider(escalation: Escalation) -> User:
    """Return who decides now: the growth manager may have changed since the request."""
    return escalation.partner.growth_manager or escalation.partner.deputy or escalation.manager


def _name(user: User | None) -> str:
    return str(user) if user else ""
