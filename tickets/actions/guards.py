"""When sending back, or lowering a severity, needs a support lead.

Source: support policy, "How the promise is counted".
"""

from datetime import datetime

from packages.policy.clock import clock_for
from packages.queries.policies import version
from tickets.actions.promising import running
from tickets.models import Ticket, TicketEvent


def needs_lead(ticket: Ticket, *, now: datetime) -> bool:
    """Is most of the running promise's time used, or was this ticket sent back or lowered before?"""
    promise = running(ticket)
    if promise is not None:
        policy = version(promise.version_id).policy
        clock = clock_for(policy.calendars[promise.calendar].hours)
        share = promise.target * policy.timers.lead_guard / 100
        if now >= clock.deadline(promise.started_at, share):
            return True
    done = TicketEvent.objects.filter(ticket=ticket, kind__in=["sent_back", "reclassified"])
    return any(event.kind == "sent_back" or event.payload.get("lowered") for event in done)
