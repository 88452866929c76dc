"""What a merge would do, before it is done, and what was said on the tickets that were merged into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.actor import Actor
from accounts.models import User
from tickets.models import Attachment, Escalation, Follower, Message, Promise, Ticket, Timer
from tickets.models.timer import PENDING
from tickets.policy.merging import Side, merge_refusal

SHOWN = 5
_BRIEF = (
    "reference", "subject", "severity", "status", "filed_at", "organisation__name", "client", "is_shared",
    "is_confidential", "merged_into",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging `source` would do. `refusal` is a code, "" when nothing stands against it; the rest counts then.

    `people` will follow the target, whom `following` it already not counted; `promise` ends with `outcome`.
    """

    source: Ticket
    refusal: str
    people: tuple[User, ...] = ()
    following: int = 0
    promise: Promise | None = None
    outcome: str = ""
    timers: int = 0
    messages: int = 0
    notes: int = 0
    lapses: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """A ticket that was merged into another, with what was said on it, in order, and its files."""

    ticket: Ticket
    messages: tuple[Message, ...]
    files: tuple[Attachment, ...]


def side(ticket: Ticket) -> Side:
    """Return what the rule looks at of a ticket. No query."""
    return Side(
        id=ticket.pk,
        owner=ticket.organisation_id,
        client=ticket.client_id,
        is_shared=ticket.is_shared,
        is_confidential=ticket.is_confidential,
        status=ticket.state,
        is_merged=ticket.merged_into_id is not None,
    )


def people_of(ticket: Ticket) -> set[int]:
    """Return the ids of the people who go along with a ticket: who filed it and who follows it. One query."""
    following = set(Follower.objects.filter(ticket=ticket).values_list("user_id", flat=True))
    return following | ({ticket.filed_by_id} if ticket.filed_by_id else set())


def preview(source: Ticket, target: Ticket, *, now: datetime) -> Preview:
    """Return what merging the one into the other would do at this moment. At most six queries."""
    code = merge_refusal(side(source), side(target))
    if code is not None:
        return Preview(source, code)
    people, there = people_of(source), people_of(target)
    promise = source.promise if source.promise is not None and source.promise.outcome is None else None
    outcome = (Promise.Outcome.VOID if now < promise.due_at else Promise.Outcome.MISSED) if promise else ""
    said = Message.objects.filter(ticket=source).aggregate(
        messages=Count("pk", filter=Q(kind=Message.Kind.PUBLIC)), notes=Count("pk", filter=Q(kind=Message.Kind.NOTE))
    )
    return Preview(
        source,
        "",
        people=tuple(User.objects.filter(pk__in=people - there, is_active=True).order_by("name", "pk")),
        following=len(people & there),
        promise=promise,
        outcome=outcome,
        timers=Timer.objects.filter(PENDING, ticket=source).count(),
        lapses=Escalation.objects.filter(ticket=source, state__in=Escalation.OPEN_STATES).exists(),
        **said,
    )


def candidates(actor: Actor, ticket: Ticket) -> list[Ticket]:
    """Return the latest tickets into which this one may be merged. One query on the owner's index."""
    alike = Ticket.objects.visible_to(actor).filter(
        organisation=ticket.organisation_id,
        client=ticket.client_id,
        is_shared=ticket.is_shared,
        is_confidential=ticket.is_confidential,
        merged_into=None,
    )
    alive = alike.exclude(pk=ticket.pk).exclude(status__in=[Ticket.Status.CLOSED, Ticket.Status.WITHDRAWN])
    return list(alive.select_related("organisation").only(*_BRIEF).order_by("-public_activity_at")[:SHOWN])


def merged_conversations(tickets: Sequence[Ticket], *, with_internal: bool) -> list[Merged]:
    """Return what was said on tickets that the reader may see. Two queries for any number of them, none for none.

    `with_internal` is for support only.
    """
    if not tickets:
        return []
    kinds = [Message.Kind.PUBLIC, Message.Kind.NOTE] if with_internal else [Message.Kind.PUBLIC]
    messages = Message.objects.filter(ticket__in=tickets, kind__in=kinds).select_related(
        "author__membership__organisation", "token__organisation"
    )
    files = Attachment.objects.filter(ticket__in=tickets)
    if not with_internal:
        files = files.filter(is_internal=False)
    said, attached = list(messages.order_by("at", "pk")), list(files.order_by("at", "id"))
    return [
        Merged(
            ticket,
            tuple(one for one in said if one.ticket_id == ticket.pk),
            tuple(one for one in attached if one.ticket_id == ticket.pk),
        )
        for ticket in tickets
    ]
