"""When sending back, or lowering a severity, needs a support lead.

Source: support policy, "How the promise is counted".
"""

from collections.abc import Iterable
from datetime import datetime

from packages.policy.clock import clock_for
from tickets.actions.promising import running
from tickets.models import Ticket, TicketEvent
from tickets.queries.promise_state import promise_terms


def needs_lead(ticket: Ticket, *, now: datetime, record: Iterable[TicketEvent] | None = None) -> bool:
    """Is most of the running promise's time used, or was this ticket sent back or lowered before?

    `record` holds the ticket's events where they are at hand; None reads them.
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
