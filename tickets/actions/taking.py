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
from tickets.policy.skills import away
from tickets.queries.agents import team, worked_by


@transaction.atomic
def take_next(*, by: Actor, now: datetime) -> Ticket | None:
    """Assign the first ticket in working order that this person should be given; None when there is none.

    It is support's turn on it; nobody has it, or somebody who is away; and it is in the person's languages and topics,
    or in those of nobody who is there.

    Raises: Forbidden.
    """
    if not by.may(May.TRIAGE) or by.user is None:
        raise Forbidden("support_only")
    waiting = Q(status__in=[Status.NEW, Status.IN_PROGRESS]) | Q(status=Status.WAITING_PLATFORM, check_at__lte=now)
    people = team()
    unattended = Q(assignee=None) | Q(assignee__in=[pk for pk in away(people, now) if pk != by.user.pk])
    mine = worked_by(by.user, people, now=now)
    free = Ticket.objects.visible_to(by).open().filter(waiting, unattended, mine, work_at__isnull=False)
    # Rows that others are taking at this moment are stepped over: PostgreSQL reads a row again once it has its lock, so
    # one that was assigned meanwhile does not match any more. On SQLite the transaction is immediate, one at a time.
    first = free.in_working_order().select_for_update(skip_locked=True, no_key=True).only("pk").first()
    return assign(first, by.user, by=by, now=now) if first is not None else None
