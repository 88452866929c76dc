"""What happens next on a ticket, who has to act, and by when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.policy.roles import May
from tickets.models import Ticket, Timer
from tickets.models.timer import PENDING
from tickets.policy.lifecycle import Status
from tickets.queries.promise_state import PromiseState, State
from tickets.wording import short_moment

_ENDS = ("information_withdraw", "auto_resolve", "auto_close")


@dataclass(frozen=True, slots=True)
class NextStep:
    """`who` acts, in a short sentence; `text` says what happens, and by when."""

    who: str
    text: str
    is_readers_turn: bool = False


def next_step(
    ticket: Ticket, state: PromiseState, *, actor: Actor, now: datetime, merged_into: Ticket | None = None
) -> NextStep:
    """Return what comes next, in the reader's words. One query at most.

    `merged_into` is where a merged ticket goes on, None where the reader doesn't see it.
    """
    acts = actor.may(May.FILE)
    if ticket.merged_into_id is not None:
        return NextStep(_("It goes on in another ticket"), _merged(merged_into))
    match ticket.state:
        case Status.NEW | Status.IN_PROGRESS:
            return NextStep(_("Support has to act"), _support(ticket, state, now))
        case Status.NEEDS_INFORMATION:
            text = _("Support asked for information. The clock starts when it is there.")
            return NextStep(
                _you(acts), text + _unless(ticket, now, _("Without it the ticket is withdrawn %(moment)s.")), acts
            )
        case Status.WAITING_PARTNER:
            text = _("Support asked something: the answer goes below.")
            return NextStep(
                _you(acts), text + _unless(ticket, now, _("Without one the ticket is resolved %(moment)s.")), acts
            )
        case Status.WAITING_PLATFORM:
            return NextStep(_("The platform has to act"), _platform(ticket, now))
        case Status.RESOLVED:
            text = _("It is resolved. An answer below reopens it.")
            return NextStep(_("Nobody has to act"), text + _unless(ticket, now, _("Otherwise it closes %(moment)s.")))
        case Status.CLOSED:
            return NextStep(
                _("Nobody has to act"), _("It is closed. What comes up again is a new ticket, linked to this one.")
            )
    return NextStep(
        _("Nobody has to act"), _("It was withdrawn. What comes up again is a new ticket, linked to this one.")
    )


def _merged(into: Ticket | None) -> str:
    if into is None:
        return _("Support merged this ticket. What was written here can still be read.")
    return _(
        "Support merged this ticket into %(reference)s and answers there; who was on this one follows it. What was "
        "written here can still be read."
    ) % {"reference": into.reference}


def _you(acts: bool) -> str:
    return _("You have to act") if acts else _("The partner has to act")


def _support(ticket: Ticket, state: PromiseState, now: datetime) -> str:
    if state.code in (State.RUNNING, State.CLOSE) and state.due_at is not None:
        return _("Support answers by %(moment)s.") % {"moment": short_moment(state.due_at, now=now)}
    if state.code is State.LATE:
        return _("The first response is late. The support leads have been told.")
    if ticket.check_at is not None and ticket.check_at > now:
        return _("Support works on it. Next update by %(moment)s.") % {"moment": short_moment(ticket.check_at, now=now)}
    return _("Support works on it and writes here.")


def _platform(ticket: Ticket, now: datetime) -> str:
    if ticket.check_at is None:
        return _("Support waits for the platform and writes here.")
    return _("Support waits for the platform, case %(case)s. Next update by %(moment)s.") % {
        "case": ticket.platform_case,
        "moment": short_moment(ticket.check_at, now=now),
    }


def _unless(ticket: Ticket, now: datetime, sentence: str) -> str:
    """Return what the portal does by itself when nobody acts, and when; "" when it does nothing."""
    at = (
        Timer.objects.filter(PENDING, ticket=ticket, kind__in=_ENDS)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return " " + sentence % {"moment": short_moment(at, now=now)} if at is not None else ""
