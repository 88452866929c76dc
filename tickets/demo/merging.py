"""Files one ticket of the demonstration twice, by somebody who did not look, and merges the second into the first."""

import random
from datetime import datetime, timedelta

from tickets.actions.filing import Filing, file_ticket
from tickets.actions.merging import merge
from tickets.demo.people import World
from tickets.demo.phrases import phrase
from tickets.models import Ticket

FILED, MERGED = timedelta(minutes=25), timedelta(minutes=16)  # ago


def play_merge(world: World, *, now: datetime, dice: random.Random) -> None:
    own = Ticket.objects.open().filter(organisation=world.organisations["meridian"], client=None)
    first = own.filter(topic__code="messaging_stopped").latest("filed_at")
    answers = {
        **{code: getattr(first, code) for code in ("language", "environment", "impact", "workaround")},
        **first.answers,
        "subject": phrase(first.language, "twice_subject", dice),
        "description": phrase(first.language, "twice", dice),
    }
    filing = Filing(topic="messaging_stopped", answers=answers)
    second = file_ticket(filing, by=world.actors["greta"], now=now - FILED)
    reason = phrase(first.language, "twice_reason", dice)
    merge(second, first, by=world.actors["agent"], now=now - MERGED, reason=reason)
