"""What people say on a ticket: public messages, internal notes, and "this didn't answer me".

Source: support policy, "How the promise is counted" (what a first response is); product description.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.policy.roles import May, Role
from tickets.actions.change import Forbidden, NotNow, StaleTicket, add_event, changing, move
from tickets.actions.ending import resolve_locked
from tickets.actions.finding import find_by
from tickets.actions.promising import answer_promise, running
from tickets.models import Attachment, Follower, Message, PreparedAnswer, Ticket
from tickets.policy.cleaning import storable
from tickets.policy.first_response import is_first_response
from tickets.policy.lifecycle import ENDED, Status
from tickets.policy.placeholders import unfilled
from tickets.policy.secrets import masked
from tickets.queries.prepared import is_a_receipt

MOST = 50_000  # characters of a message


class MessageInvalid(Exception):
    """There is nothing to say, too much of it, or a placeholder stands in it. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def post_message(
    ticket: Ticket,
    body: str,
    *,
    by: Actor,
    now: datetime,
    is_answer: bool = True,
    prepared: PreparedAnswer | None = None,
    then: Status | None = None,
    files: Sequence[Attachment] = (),
    nonce: UUID | None = None,
    expected: int | None = None,
    assigns: bool = True,
) -> Message:
    """Say something that everybody on the ticket sees.

    From support it is a first response unless `is_answer` is off or it is a mere receipt; `then` moves the ticket on
    in the same step (waiting for the partner, resolved). From the partner's side it gives the turn back to support, and
    reopens what was done. `prepared` is the prepared answer that was used; `nonce` makes a form that is sent twice one
    message; with `assigns` off, a ticket that nobody has stays nobody's: one answer to many is work on none.

    Raises: MessageInvalid, StaleTicket, NotNow, if the ticket is closed or `then` does not fit.
    """
    text = _read(body, files)
    if prepared is not None and unfilled(text):
        raise MessageInvalid("unfilled")
    said, nonce = _said(ticket, text, Message.Kind.PUBLIC, by=by, nonce=nonce)
    if said is not None:
        return said
    try:
        with changing(ticket, now=now, expected=expected) as current:
            if current.state in (Status.CLOSED, Status.WITHDRAWN):
                raise NotNow("merged" if current.merged_into_id else "closed_for_messages")
            counts = by.is_staff and is_answer and _counts(current, text, prepared, by=by, now=now)
            message = _write(current, text, by=by, now=now, is_answer=counts, prepared=prepared, nonce=nonce)
            _attach(message, files)
            find_by(current, text, *(one.name for one in files))
            first = counts and running(current) is not None
            if counts:
                answer_promise(current, message, now=now)
            add_event(current, "message", by=by, now=now, message=message.pk, first_response=first)
            _turn(current, by=by, now=now, then=then, assigns=assigns)
            return message
    except (IntegrityError, StaleTicket):
        # The same form was sent twice at once: the other request said it, and moved the version on.
        said, _ = _said(ticket, text, Message.Kind.PUBLIC, by=by, nonce=nonce)
        if said is not None:
            return said
        raise


def add_note(
    ticket: Ticket,
    body: str,
    *,
    by: Actor,
    now: datetime,
    files: Sequence[Attachment] = (),
    nonce: UUID | None = None,
    expected: int | None = None,
) -> Message:
    """Write an internal note, which only support sees and which is no answer. Raises: Forbidden, MessageInvalid."""
    if not by.may(May.TRIAGE):
        raise Forbidden("support_only")
    text = _read(body, files)
    said, nonce = _said(ticket, text, Message.Kind.NOTE, by=by, nonce=nonce)
    if said is not None:
        return said
    try:
        with changing(ticket, now=now, expected=expected) as current:
            message = Message.objects.create(
                ticket=current, author=by.user, by_support=True, kind=Message.Kind.NOTE, body=text, nonce=nonce, at=now
            )
            _attach(message, files, is_internal=True)
            find_by(current, text, *(one.name for one in files), internal=True)
            add_event(current, "note", by=by, now=now, public=False, message=message.pk)
            return message
    except (IntegrityError, StaleTicket):
        # As for a public message: the other of two requests said it.
        said, _ = _said(ticket, text, Message.Kind.NOTE, by=by, nonce=nonce)
        if said is not None:
            return said
        raise


@transaction.atomic
def dispute(message: Message, *, by: Actor, now: datetime) -> None:
    """Say that support's message didn't answer: leads see it; the promise stays as it was settled.

    Raises: Forbidden; NotNow, if the message is no answer.
    """
    if not by.may(May.FILE):
        raise Forbidden("partner_only")
    if not message.is_answer:
        raise NotNow("not_an_answer")
    with changing(message.ticket, now=now) as current:
        if Message.objects.filter(pk=message.pk, disputed_at=None).update(disputed_at=now):
            add_event(current, "answer_disputed", by=by, now=now, message=message.pk)


def _read(body: str, files: Sequence[Attachment]) -> str:
    text = masked(storable(body)).strip()
    if not text and not files:
        raise MessageInvalid("empty")
    if len(text) > MOST:
        raise MessageInvalid("too_long")
    return text


def _said(
    ticket: Ticket, text: str, kind: Message.Kind, *, by: Actor, nonce: UUID | None
) -> tuple[Message | None, UUID | None]:
    """Return the message that a form became already, and the nonce under which its words are kept.

    A browser that goes back shows a form that was sent: what is written into it then is a message of its own.
    """
    if nonce is None:
        return None, None
    said = Message.objects.filter(ticket=ticket, nonce=nonce).first()
    author = by.user.pk if by.user else None
    if said is None or (said.body, said.kind, said.author_id) == (text, kind, author):
        return said, nonce
    nonce = uuid5(nonce, f"{kind} {author} {text}")
    return Message.objects.filter(ticket=ticket, nonce=nonce).first(), nonce


def _counts(ticket: Ticket, text: str, prepared: PreparedAnswer | None, *, by: Actor, now: datetime) -> bool:
    """Is what an agent says an answer? Whether it is a receipt is read here, whatever the form said of it."""
    is_receipt = prepared is not None and prepared.is_receipt
    if not is_receipt and running(ticket) is not None:
        is_receipt = is_a_receipt(text, ticket, by=by, now=now)
    is_sent_back = ticket.state is Status.NEEDS_INFORMATION
    return is_first_response(is_answer=True, is_receipt=is_receipt, is_sent_back=is_sent_back)


def _write(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    now: datetime,
    is_answer: bool,
    prepared: PreparedAnswer | None,
    nonce: UUID | None,
) -> Message:
    with transaction.atomic():
        message = Message.objects.create(
            ticket=ticket,
            author=by.user,
            token=by.token,
            by_support=by.is_staff,
            kind=Message.Kind.PUBLIC,
            is_answer=is_answer,
            body=text,
            prepared=prepared,
            nonce=nonce,
            at=now,
        )
    if by.user is not None and not by.is_staff:
        Follower.objects.get_or_create(ticket=ticket, user=by.user)
    return message


def _attach(message: Message, files: Sequence[Attachment], *, is_internal: bool = False) -> None:
    ids = [one.pk for one in files]
    Attachment.objects.filter(pk__in=ids, message=None).update(
        draft=None, ticket=message.ticket_id, message=message, is_internal=is_internal
    )


def _turn(ticket: Ticket, *, by: Actor, now: datetime, then: Status | None, assigns: bool) -> None:
    """Let the state follow from who spoke."""
    if by.is_staff:
        if assigns and ticket.assignee_id is None and ticket.state not in ENDED and by.user is not None:
            ticket.assignee = by.user
            add_event(ticket, "assigned", by=by, now=now, public=False, to=by.user.pk)
        if then is not None:
            _move_on(ticket, Status(then), by=by, now=now)
        elif ticket.state is Status.NEW:
            move(ticket, Status.IN_PROGRESS, now=now)
        return
    if by.role is Role.GROWTH_MANAGER:
        return
    if ticket.state is Status.RESOLVED:
        move(ticket, Status.IN_PROGRESS, now=now)
        add_event(ticket, "reopened", by=by, now=now)
    elif ticket.state in (Status.WAITING_PARTNER, Status.WAITING_PLATFORM):
        move(ticket, Status.IN_PROGRESS, now=now)


def _move_on(ticket: Ticket, then: Status, *, by: Actor, now: datetime) -> None:
    if then is Status.RESOLVED:
        resolve_locked(ticket, by=by, now=now)
    elif then is Status.WAITING_PARTNER:
        if running(ticket) is not None:
            raise NotNow("answer_first")
        move(ticket, Status.WAITING_PARTNER, now=now)
        add_event(ticket, "waiting_partner", by=by, now=now)
    elif then is Status.IN_PROGRESS:
        move(ticket, Status.IN_PROGRESS, now=now)
    else:
        raise NotNow(f"not_from_{ticket.status}", to=then.value)
