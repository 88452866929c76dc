"""The ledger of deadlines: give a promise, answer it, end it. Nothing else moves a deadline.

Source: support policy, "How the promise is counted".
"""

from datetime import datetime

from accounts.actor import Actor
from packages.models import Package
from packages.policy.clock import clock_for
from packages.policy.severity import Severity
from packages.queries.policies import version as policy_version
from tickets.models import Message, Promise, Ticket
from tickets.queries.offers import Offer, offer_of

Cause = Promise.Cause
Outcome = Promise.Outcome


def give_promise(ticket: Ticket, offer: Offer, *, cause: Cause, by: Actor | None, now: datetime) -> Promise:
    """Write a promise and make it the ticket's; the one before must have ended."""
    last = ticket.promises.order_by("-number").values_list("number", flat=True).first() or 0
    promise = Promise.objects.create(
        ticket=ticket,
        number=last + 1,
        version_id=offer.version.id,
        package=Package.objects.get(code=offer.package.code),
        calendar=offer.package.calendar,
        severity=offer.severity,
        target=offer.target,
        started_at=offer.started_at,
        close_at=offer.close_at,
        due_at=offer.due_at,
        cause=cause,
        by=by.user if by else None,
        made_at=now,
    )
    ticket.promise = promise
    ticket.severity = offer.severity
    return promise


def answer_promise(ticket: Ticket, message: Message, *, now: datetime) -> None:
    """Settle the running promise by a first response; at the deadline itself it is late."""
    promise = running(ticket)
    if promise is None:
        return
    promise.answered_at = now
    promise.message = message
    _end(promise, Outcome.KEPT if now < promise.due_at else Outcome.MISSED, now=now)


def void_promise(ticket: Ticket, *, now: datetime) -> None:
    """End the running promise without a response: void before its deadline, missed from then on."""
    promise = running(ticket)
    if promise is not None:
        _end(promise, Outcome.VOID if now < promise.due_at else Outcome.MISSED, now=now)


def replace_promise(
    ticket: Ticket, severity: Severity, *, cause: Cause, by: Actor | None, now: datetime
) -> Promise | None:
    """Give the running promise's successor for another severity, under the same package and policy version.

    *Corrected* (and a changed topic) counts from the start of the running promise; *got worse* gives the earlier of the
    old deadline and now plus the new target. None when no promise runs: then only the severity changes.
    """
    old = running(ticket)
    if old is None:
        ticket.severity = severity
        return None
    offer = replacement(old, severity, cause=cause, now=now)
    _end(old, Outcome.REPLACED if now < old.due_at else Outcome.MISSED, now=now)
    return give_promise(ticket, offer, cause=cause, by=by, now=now)


def replacement(old: Promise, severity: Severity, *, cause: Cause, now: datetime) -> Offer:
    """Return what would replace a running promise: what the page shows before, and what is then written."""
    terms = policy_version(old.version_id)
    package = terms.policy.packages[old.package.code]
    if cause != Cause.WORSE:
        return offer_of(terms, package, severity, started_at=old.started_at)
    fresh = offer_of(terms, package, severity, started_at=now)
    if fresh.due_at < old.due_at:
        return fresh
    # The old deadline is the earlier one: it stays, with the time that it counted.
    return _same_deadline(old, severity)


def give_again(ticket: Ticket, ended: Promise, *, by: Actor | None, now: datetime) -> Promise:
    """Promise again what a merge had ended, to the same deadline; one that has passed is late at once.

    The clock counts on as if there had been no merge: an agent's mistake costs the partner no minute, and merging and
    undoing gives support none. What was ended stays settled, as it does when a late ticket is reclassified.
    """
    return give_promise(ticket, _same_deadline(ended, Severity(ended.severity)), cause=Cause.UNMERGED, by=by, now=now)


def _same_deadline(old: Promise, severity: Severity) -> Offer:
    terms = policy_version(old.version_id)
    return Offer(
        version=terms,
        package=terms.policy.packages[old.package.code],
        severity=severity,
        finding=None,
        target=old.target,
        started_at=old.started_at,
        close_at=old.close_at,
        due_at=old.due_at,
    )


def running(ticket: Ticket) -> Promise | None:
    """Return the promise that runs; None when it was answered or ended, or none was given."""
    promise = ticket.promise
    return promise if promise is not None and promise.outcome is None else None


def _end(promise: Promise, outcome: Outcome, *, now: datetime) -> None:
    terms = policy_version(promise.version_id)
    clock = clock_for(terms.policy.calendars[promise.calendar].hours)
    promise.used = clock.open_time_between(promise.started_at, max(now, promise.started_at))
    promise.outcome = outcome
    promise.ended_at = now
    promise.save(update_fields=["answered_at", "message", "used", "outcome", "ended_at"])
