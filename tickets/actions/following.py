"""Who is told about a ticket, and with whom it is shared. Following grants nothing."""

from datetime import datetime

from accounts.actor import Actor, actor_for
from accounts.models import User
from accounts.policy.roles import May
from tickets.actions.change import Forbidden, NotNow, add_event, changing
from tickets.models import Follower, Ticket


def follow(ticket: Ticket, person: User, *, by: Actor, now: datetime) -> None:
    """Add a person who may see the ticket. Raises: NotNow, if they may not: it says the same for nobody at all."""
    if not Ticket.objects.visible_to(actor_for(person)).filter(pk=ticket.pk).exists():
        raise NotNow("not_a_colleague")
    with changing(ticket, now=now) as current:
        _, added = Follower.objects.get_or_create(ticket=current, user=person)
        if added:
            add_event(current, "followed", by=by, now=now, public=False, who=person.pk)


def unfollow(ticket: Ticket, person: User) -> None:
    Follower.objects.filter(ticket=ticket, user=person).delete()


def share(ticket: Ticket, is_shared: bool, *, by: Actor, now: datetime) -> Ticket:
    """Show a ticket to the client that it is about, or hide it. The partner who filed it decides.

    Raises: Forbidden, NotNow.
    """
    if not by.may(May.FILE) or by.organisation is None or by.organisation.pk != ticket.organisation_id:
        raise Forbidden("partner_only")
    with changing(ticket, now=now) as current:
        if current.client_id is None:
            raise NotNow("no_client")
        if current.is_shared != is_shared:
            current.is_shared = is_shared
            current.save(
                update_fields=["is_shared"]
            )  # who is told is asked of the database: the client is, from now on
            add_event(current, "shared", by=by, now=now, is_shared=is_shared)
        return current
