"""Merge a ticket into another, and undo it within the record.

Its people follow the target, its messages stay on it and are read from the target's page too, its promise is settled,
its timers are cancelled: one transaction. What a merge did stands in its event, so that undoing needs no table of its
own.

Source: product description, "The life of a ticket".
"""

from datetime import datetime

from accounts.actor import Actor
from accounts.policy.roles import May
from tickets.actions.change import Forbidden, NotNow, add_event, changing_both, move
from tickets.actions.escalations import lapse
from tickets.actions.promising import give_again, running, void_promise
from tickets.models import Follower, InformationRequest, Message, Promise, Ticket, TicketEvent
from tickets.policy.lifecycle import Status
from tickets.policy.merging import merge_refusal, undo_refusal
from tickets.queries.merging import people_of, side


def merge(
    source: Ticket, target: Ticket, *, by: Actor, now: datetime, reason: str = "", expected: int | None = None
) -> Ticket:
    """Merge `source` into `target`: it is closed, and leads there. `reason` is read by its people.

    Raises: Forbidden; NotNow, with a code of `merge_refusal`; StaleTicket, of the source.
    """
    _require_triage(by)
    if source.pk == target.pk:
        raise NotNow("merge_itself")
    with changing_both(source, target, now=now, expected=expected) as (current, into):
        code = merge_refusal(side(current), side(into))
        if code is not None:
            raise NotNow(code)
        before, promise, request = current.status, running(current), _end_request(current, now=now)
        void_promise(current, now=now)
        move(current, Status.CLOSED, now=now)
        current.merged_into = into
        lapse(current, now=now, by=by)
        added = _take_along(current, into)
        add_event(
            current,
            "merged",
            by=by,
            now=now,
            reason=reason.strip(),
            reference=into.reference,
            before=before,
            promise=promise.pk if promise else None,
            request=request.pk if request else None,
            people=added,
        )
        add_event(into, "took_in", by=by, now=now, reference=current.reference)
        return current


def unmerge(ticket: Ticket, *, by: Actor, now: datetime, expected: int | None = None) -> Ticket:
    """Undo a merge: the ticket stands again where it stood, on its own.

    A promise that the merge ended stays settled and is given again to the same deadline (`give_again`); what it was
    asked for waits anew, with fresh reminders; an escalation that lapsed stays so and can be asked for again. Those who
    follow the target only through the merge follow it no longer, unless they wrote on it.

    Raises: Forbidden; NotNow, with a code of `undo_refusal`; StaleTicket.
    """
    _require_triage(by)
    target = ticket.merged_into
    if target is None:
        raise NotNow("not_merged")
    with changing_both(ticket, target, now=now, expected=expected) as (current, from_):
        code = undo_refusal(side(current), side(from_))
        if code is not None or current.merged_into_id != from_.pk:
            raise NotNow(code or "not_merged")
        done = TicketEvent.objects.filter(ticket=current, kind="merged").order_by("-seq")[0].payload
        current.merged_into = None
        # The one way back from closed: it is no move of the ticket's life, but the end of a mistake.
        current.status, current.status_since = done["before"], now
        if done["request"]:
            InformationRequest.objects.filter(ticket=current, pk=done["request"]).update(ended_at=None)
        promise = _promise_again(current, done["promise"], by=by, now=now)
        _leave_behind(from_, done["people"])
        add_event(
            current, "unmerged", by=by, now=now, reference=from_.reference, promise=promise.pk if promise else None
        )
        add_event(from_, "gave_back", by=by, now=now, reference=current.reference)
        return current


def _end_request(ticket: Ticket, *, now: datetime) -> InformationRequest | None:
    request = InformationRequest.objects.filter(ticket=ticket, ended_at=None).first()
    if request is not None:
        request.ended_at = now
        request.save(update_fields=["ended_at"])
    return request


def _take_along(ticket: Ticket, into: Ticket) -> list[int]:
    """Let a ticket's people follow another. Return the ids of those who did not yet."""
    added = sorted(people_of(ticket) - people_of(into))
    Follower.objects.bulk_create((Follower(ticket=into, user_id=pk) for pk in added), ignore_conflicts=True)
    return added


def _leave_behind(target: Ticket, added: list[int]) -> None:
    spoke = Message.objects.filter(ticket=target, author__in=added).values("author")
    Follower.objects.filter(ticket=target, user__in=added).exclude(user__in=spoke).delete()


def _promise_again(ticket: Ticket, ended: int | None, *, by: Actor, now: datetime) -> Promise | None:
    if ended is None:
        return None
    promise = Promise.objects.select_related("package").get(ticket=ticket, pk=ended)
    return give_again(ticket, promise, by=by, now=now)


def _require_triage(by: Actor) -> None:
    if not by.may(May.TRIAGE):
        raise Forbidden("support_only")
