"""The only way from a request to a ticket, a file or a draft: found, or 404."""

from collections.abc import Collection
from uuid import UUID

from django.http import Http404

from accounts.actor import Actor
from accounts.policy.roles import May
from tickets.models import Attachment, Draft, Message, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.policy.cleaning import storable


def ticket_or_404(actor: Actor | None, reference: str, *also: str) -> Ticket:
    """Return a ticket with what every page of it shows, and with `also`, further relations. One query.

    Raises: Http404, if there is none or the actor may not see it; the answer is the same.
    """
    if actor is None:
        raise Http404
    ticket = (
        tickets_named(actor, reference)
        .select_related(
            "organisation__partner", "client", "topic", "promise__package", "assignee", "filed_by",
            "token", *also,
        )
        .first()
    )  # fmt: skip
    if ticket is None:
        raise Http404
    return ticket


def tickets_named(actor: Actor, reference: str) -> TicketQuerySet:
    """Return the ticket of a reference, in capitals or not; none if the actor may not see it."""
    return Ticket.objects.visible_to(actor).filter(reference=storable(reference.upper()))


def seen_by(actor: Actor, ids: Collection[int]) -> set[int]:
    """Return the ids of those among some tickets that an actor may see. One query, none for who sees every ticket."""
    visible = Ticket.objects.visible_to(actor)
    return set(visible.filter(pk__in=ids).values_list("pk", flat=True)) if visible.query.has_filters() else set(ids)


def visible_ticket(actor: Actor, reference: str) -> Ticket | None:
    """Return a ticket that a person names by its reference; None if there is none or the actor may not see it."""
    return tickets_named(actor, reference.strip()).select_related("organisation", "promise").first()


def attachment_or_404(actor: Actor | None, pk: UUID) -> Attachment:
    """Return a file of a ticket that the actor may see, or of their own draft. Raises: Http404."""
    if actor is None:
        raise Http404
    attachment = Attachment.objects.select_related("ticket", "draft").filter(pk=pk).first()
    if attachment is None or not _may_see(actor, attachment):
        raise Http404
    return attachment


def draft_or_404(actor: Actor | None, pk: UUID) -> Draft:
    """Return a draft of the person themself: nobody else sees it. Raises: Http404."""
    if actor is None or actor.user is None:
        raise Http404
    draft = Draft.objects.select_related("topic", "organisation").filter(pk=pk, user=actor.user).first()
    if draft is None:
        raise Http404
    return draft


def _may_see(actor: Actor, attachment: Attachment) -> bool:
    if attachment.ticket_id is None:
        return actor.user is not None and attachment.uploaded_by_id == actor.user.pk
    if attachment.is_internal and not actor.may(May.TRIAGE):
        return False
    return Ticket.objects.visible_to(actor).filter(pk=attachment.ticket_id).exists()


def public_seq_or_404(actor: Actor | None, reference: str) -> int:
    """Return the number of a ticket's last event that everybody on it may see: what a page that waits asks for.

    One small query. Raises: Http404, as `ticket_or_404`.
    """
    if actor is None:
        raise Http404
    seq = tickets_named(actor, reference).values_list("public_seq", flat=True).first()
    if seq is None:
        raise Http404
    return seq


def public_message_or_404(ticket: Ticket, pk: int) -> Message:
    """Return a public message of a ticket that the actor may see. Raises: Http404."""
    message = Message.objects.select_related("ticket").filter(ticket=ticket, pk=pk, kind=Message.Kind.PUBLIC).first()
    if message is None:
        raise Http404
    return message
