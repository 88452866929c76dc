"""The tickets that have to do with one: what it follows, what follows it, where it was merged, what is linked to it."""

from dataclasses import dataclass

from accounts.actor import Actor
from tickets.models import Ticket, TicketLink

MOST = 50
_SHOWN = (
    "reference", "subject", "severity", "status", "filed_at", "follows", "merged_into", "description", "client",
    "is_shared", "is_confidential", "erased_at", "organisation__name", "filed_by", "token",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Related:
    """Only tickets that the reader may see; each list by id."""

    before: Ticket | None = None  # this one follows it
    after: tuple[Ticket, ...] = ()  # they follow this one
    merged_into: Ticket | None = None
    merged: tuple[Ticket, ...] = ()  # into this one
    linked: tuple[Ticket, ...] = ()


def related_to(actor: Actor, ticket: Ticket) -> Related:
    """Return what has to do with a ticket, as far as the actor may see it. One query, on indexes."""
    linked = TicketLink.objects.filter(first=ticket).values_list("second")
    linked = linked.union(TicketLink.objects.filter(second=ticket).values_list("first"))
    named = [pk for pk in (ticket.follows_id, ticket.merged_into_id) if pk]
    ids = linked.union(
        Ticket.objects.filter(follows=ticket).values_list("pk"),
        Ticket.objects.filter(merged_into=ticket).values_list("pk"),
        Ticket.objects.filter(pk__in=named).values_list("pk"),
    )
    found = Ticket.objects.visible_to(actor).filter(pk__in=ids).select_related("organisation", "filed_by", "token")
    # Sorted here: asked for in order, PostgreSQL walks all tickets for the few.
    rows = sorted(found.only(*_SHOWN)[:MOST], key=lambda one: one.pk)
    return Related(
        before=_by_id(rows, ticket.follows_id),
        after=tuple(one for one in rows if one.follows_id == ticket.pk),
        merged_into=_by_id(rows, ticket.merged_into_id),
        merged=tuple(one for one in rows if one.merged_into_id == ticket.pk),
        linked=tuple(one for one in rows if not _is_kin(one, ticket)),
    )


def merge_target(actor: Actor, ticket: Ticket) -> Ticket | None:
    """Return the ticket that this one was merged into, None where the actor sees none. One query at most."""
    if ticket.merged_into_id is None:
        return None
    return Ticket.objects.visible_to(actor).only("reference", "subject").filter(pk=ticket.merged_into_id).first()


def _by_id(rows: list[Ticket], pk: int | None) -> Ticket | None:
    return next((one for one in rows if one.pk == pk), None)


def _is_kin(one: Ticket, ticket: Ticket) -> bool:
    """Is it here for more than a link, so that the link would say it twice?"""
    return ticket.pk in (one.follows_id, one.merged_into_id) or one.pk in (ticket.follows_id, ticket.merged_into_id)
