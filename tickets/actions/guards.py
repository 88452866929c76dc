"""What more than a right in general it takes: a support lead's word, or to be on the side that filed."""

from collections.abc import Iterable
from datetime import datetime

from accounts.actor import Actor
from accounts.policy.roles import May
from packages.policy.clock import clock_for
from tickets.actions.promising import running
from tickets.models import Ticket, TicketEvent
from tickets.queries.promise_state import promise_terms


def is_filing_side(ticket: Ticket, by: Actor) -> bool:
    """Is the actor of the organisation that filed, or of its partner?

    A client sees what its partner shares with it, and answers and completes it; what becomes of it the partner decides.

    Source: product description, "Who uses it".
    """
    side = (ticket.organisation_id, ticket.organisation.partner_id)
    return by.may(May.FILE) and by.organisation is not None and by.organisation.pk in side


def needs_lead(ticket: Ticket, *, now: datetime, record: Iterable[TicketEvent] | None = None) -> bool:
    """Is most of the running promise's time used, or was this ticket sent back or lowered before?

    `record` holds the ticket's events where they are at hand; None reads them.

    Source: support policy, "How the promise is counted".
    """
    promise = running(ticket)
    if promise is not None:
        policy = promise_terms(promise).policy
        clock = clock_for(policy.calendars[promise.calendar].hours)
        share = promise.target * policy.timers.lead_guard / 100
        if now >= clock.deadline(promise.started_at, share):
            return True
    done = (
        TicketEvent.objects.filter(ticket=ticket, kind__in=["sent_back", "reclassified"]) if record is None else record
    )
    return any(event.kind == "sent_back" or event.payload.get("lowered") for event in done)
