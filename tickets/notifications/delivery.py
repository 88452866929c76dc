"""Deliver what the outbox holds: claim, send with no transaction open, mark.

Whoever dies between sending and marking leaves a lease that ends; the delivery leaves again, under the same id.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts.actor import actor_for
from accounts.models import User
from accounts.policy.roles import May
from tickets.models import Outbox
from tickets.notifications import outbox
from tickets.notifications.email import compose
from tickets.notifications.outbox import Delivery
from tickets.notifications.recipients import may_be_told

log = structlog.get_logger(__name__)

NOT_ALLOWED = "Not sent: the person may not see the ticket any more."


@dataclass(slots=True)
class DeliveryResult:
    """How many deliveries left, were put off, and were not sent because the person may not see it any more."""

    sent: int = 0
    failed: int = 0
    withheld: int = 0

    @property
    def settled(self) -> int:
        return self.sent + self.failed + self.withheld


def deliver_due(clock: Callable[[], datetime], *, limit: int = 20) -> DeliveryResult:
    """Deliver up to `limit` due rows and what belongs to them. `clock` says the time: sending takes some."""
    result = DeliveryResult()
    began = clock()
    deliveries = outbox.claim(began, limit=limit)
    if not deliveries:
        return result
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:
        # A mail server that is down is asked once, not once a mail.
        log.warning("mail_server_unreachable", error=str(error), waiting=len(deliveries))
        for delivery in deliveries:
            outbox.mark_failed(delivery.rows, _words(error), now=clock())
        result.failed = len(deliveries)
        return result
    try:
        for number, delivery in enumerate(deliveries):
            if clock() - began > outbox.lease() / 2:  # what is left could not be sent within the lease
                outbox.release(row for late in deliveries[number:] for row in late.rows)
                break
            outcome = _deliver(delivery, connection, clock)
            setattr(result, outcome, getattr(result, outcome) + 1)
    finally:
        connection.close()
    return result


def _deliver(delivery: Delivery, connection: BaseEmailBackend, clock: Callable[[], datetime]) -> str:
    """Send one delivery. Return the count of `DeliveryResult` that it belongs to."""
    try:
        rows = _withhold(delivery.rows, now=clock())
        if not rows:
            return "withheld"
        message = compose(delivery.id, rows)
        message.connection = connection
        message.send()
    except Exception as error:
        log.warning("delivery_failed", delivery=str(delivery.id), error=str(error))
        connection.close()  # it may be what failed; the next mail opens another
        outbox.mark_failed(delivery.rows, _words(error), now=clock(), for_good=_is_permanent(error))
        return "failed"
    outbox.mark_sent(rows, now=clock())
    return "sent"


def _withhold(rows: tuple[Outbox, ...], *, now: datetime) -> list[Outbox]:
    """Return the rows whose person may still see the event; the others are not sent."""
    allowed = [row for row in rows if row.user is not None and row.user.is_active and _may_be_told(row.user, row)]
    withheld = [row for row in rows if row not in allowed]
    if withheld:
        outbox.mark_failed(withheld, NOT_ALLOWED, now=now, for_good=True)
    return allowed


def _may_be_told(reader: User, row: Outbox) -> bool:
    if row.event is not None:
        return bool(may_be_told({row.event: [reader]})[row.event])
    if row.incident is not None:
        return True  # it was shown to everybody who files
    # Of an endpoint that was switched off: who manages its organisation, unless it is on again.
    actor, endpoint = actor_for(reader), row.endpoint
    is_theirs = endpoint is not None and not endpoint.is_on and actor.organisation == endpoint.organisation
    return is_theirs and actor.may(May.MANAGE_ORGANISATION)


def _is_permanent(error: Exception) -> bool:
    """Did the mail server refuse the address for good?"""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return False


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
