"""Which version of a ticket a reader saw: the ETag that answers carry and changes can ask for."""

from rest_framework.request import Request

from tickets.actions.change import StaleTicket
from tickets.models import Ticket


def tag_of(ticket: Ticket, *, is_staff: bool) -> str:
    """Return the ETag. Support's moves with internal notes too; others' does not give away that there are any."""
    return f'"s{ticket.version}"' if is_staff else f'"p{ticket.public_seq}"'


def expected(ticket: Ticket, request: Request, *, is_staff: bool) -> int | None:
    """Return the version that a change expects; None without `If-Match`. Raises: StaleTicket.

    The action compares it once more with the row that it has taken.
    """
    given = request.headers.get("If-Match")
    if given is None:
        return None
    tags = {tag.strip() for tag in given.split(",")}
    if "*" not in tags and tag_of(ticket, is_staff=is_staff) not in tags:
        raise StaleTicket(ticket)
    return ticket.version
