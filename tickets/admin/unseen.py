"""What changed on a ticket since an agent saw it, and whether it matters to what they are doing."""

from tickets.models import Ticket, TicketEvent

# What the portal does by itself and what changes nothing that an agent decides on.
QUIET = frozenset(
    {
        "promise_warned", "promise_missed", "information_reminder", "partner_reminder", "escalation_reminder",
        "followed", "rated", "shared",
    }
)  # fmt: skip


def changes_since(ticket: Ticket, seq: int) -> list[TicketEvent]:
    """Return the record after an event that a person has seen, in order."""
    later = TicketEvent.objects.filter(ticket=ticket, seq__gt=seq)
    return list(later.select_related("actor", "token__organisation").order_by("seq"))


def changed_visibly(ticket: Ticket, seq: int) -> bool:
    """Did anything happen since then that an agent should have seen before acting?"""
    return TicketEvent.objects.filter(ticket=ticket, seq__gt=seq).exclude(kind__in=sorted(QUIET)).exists()
