"""Erase what people wrote in tickets that ended long ago. What happened when, and how promises were kept, stays."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from tickets.actions.change import add_event, take
from tickets.actions.finding import find_by, forget_words
from tickets.models import Attachment, Escalation, InformationRequest, Message, Retention, Ticket
from tickets.policy.lifecycle import ENDED, Status

NOTHING = "–"  # where the database wants a text
LONGEST = timedelta(days=36_500)  # no ticket is older, and no calendar goes back for ever
_OVER = sorted(ENDED - {Status.RESOLVED})  # what is resolved may still be reopened


def to_erase(*, now: datetime, days: int) -> QuerySet[Ticket]:
    """Return the tickets that ended at least so many days of 24 hours ago and still have their texts."""
    kept = timedelta(days=days) if days < LONGEST.days else LONGEST
    return Ticket.objects.filter(status__in=_OVER, erased_at=None, status_since__lte=now - kept).order_by("pk")


def erase_old(*, now: datetime) -> int:
    """Erase the texts and files that are older than the administrators keep them; return of how many tickets.

    Each ticket is a transaction of its own: a run that is cut off goes on the next time.
    """
    retention = Retention.objects.first()
    if retention is None or retention.days is None:
        return 0
    old = list(to_erase(now=now, days=retention.days).values_list("pk", flat=True))
    return sum(_erase(pk, now=now, days=retention.days) for pk in old)


@transaction.atomic
def _erase(pk: int, *, now: datetime, days: int) -> bool:
    ticket = take(pk)
    if not to_erase(now=now, days=days).filter(pk=pk).exists():
        return False  # another run was here first
    files = Attachment.objects.filter(ticket=ticket)
    for attachment in files:
        # Before the row: a file that outlived it would be found by nobody.
        attachment.file.delete(save=False)
    files.delete()
    Message.objects.filter(ticket=ticket).update(body="")
    for request in InformationRequest.objects.filter(ticket=ticket):
        request.asks = dict.fromkeys(request.asks, "")
        request.save(update_fields=["asks"])
    escalations = Escalation.objects.filter(ticket=ticket)
    escalations.update(reason=NOTHING, outcome="")
    escalations.exclude(decline_reason="").update(decline_reason=NOTHING)
    ticket.subject, ticket.description, ticket.client_name, ticket.platform_case = ticket.reference, "", "", ""
    ticket.answers, ticket.typed = {}, {}
    forget_words(ticket)
    find_by(ticket, ticket.reference)
    ticket.erased_at = now
    lists = ticket.activity_at, ticket.public_activity_at
    add_event(ticket, "erased", by=None, now=now)
    # That it was erased makes it no newer in anybody's list.
    ticket.activity_at, ticket.public_activity_at = lists
    ticket.save()
    return True
