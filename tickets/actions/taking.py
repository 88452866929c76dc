"""Give the agent who asks for it the ticket that should be worked next. However many ask at once, each gets another."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.actor import Actor
from accounts.policy.roles import May
from tickets.actions.change import Forbidden
from tickets.actions.triage import assign
from tickets.models import Ticket
from tickets.policy.lifecycle import Status


@transaction.atomic
def take_next(*, by: Actor, now: datetime) -> Ticket | None:
    """Assign the first ticket in working order that nobody has, while it is support's turn; None when there is none.

    Raises: Forbidden.
    """
    if not by.may(May.TRIAGE) or by.user is None:
        raise Forbidden("support_only")
    waiting = Q(status__in=[Status.NEW, Status.IN_PROGRESS]) | Q(status=Status.WAITING_PLATFORM, check_at__lte=now)
    free = Ticket.objects.visible_to(by).open().filter(waiting, assignee=None, work_at__isnull=False)
    # Rows that others are taking at this moment are stepped over: PostgreSQL reads a row again once it has its lock, so
    # one that was assigned meanwhile does not match any more. On SQLite the transaction is immediate, one at a time.
    first = free.in_working_order().select_for_update(skip_locked=True, no_key=True).only("pk").first()
    return assign(first, by.user, by=by, now=now) if first is not None else None
