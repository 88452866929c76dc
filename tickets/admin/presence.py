"""Who else has a ticket open, and who is writing: kept for a minute in the cache, refreshed by the page itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from accounts.models import User
from tickets.models import Ticket

GONE_AFTER = timedelta(seconds=35)  # the page says that it is open every ten seconds
KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Present:
    name: str
    is_writing: bool


def note(ticket: Ticket, user: User, *, is_writing: bool, now: datetime) -> list[Present]:
    """Note that a person has a ticket open; return who else has.

    Two that note at the same moment may lose one of the two until the next time: nothing depends on it.
    """
    key = f"desk-presence-{ticket.pk}"
    seen = {who: entry for who, entry in cache.get(key, {}).items() if now - entry[1] < GONE_AFTER}
    seen[user.pk] = (str(user), now, is_writing)
    cache.set(key, seen, KEPT_SECONDS)
    return [Present(name, writing) for who, (name, _, writing) in seen.items() if who != user.pk]
