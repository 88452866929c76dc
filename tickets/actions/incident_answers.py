"""One answer to all the tickets of an incident: whom it goes to is written down first, then it is said on each.

Each ticket is its own transaction under its own lock, and settles its row with its message: whoever dies in the middle
has doubled nothing, and whoever goes on knows what is left.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from accounts.actions import audit
from accounts.actor import Actor, actor_for
from packages.policy.wording import Text, wording
from tickets.actions.change import NotNow, take
from tickets.actions.conversation import MOST, MessageInvalid, post_message
from tickets.actions.incidents import seen, support
from tickets.models import Incident, IncidentAnswer, IncidentReply, Message, Ticket
from tickets.policy.cleaning import storable
from tickets.policy.incident import why_skipped
from tickets.policy.lifecycle import Status
from tickets.policy.secrets import masked

log = structlog.get_logger(__name__)


def answer_all(
    incident: Incident,
    texts: Text,
    *,
    id: UUID,
    by: Actor,
    now: datetime,
    expected: int,
    is_answer: bool = True,
    then: Status | None = None,
) -> IncidentAnswer:
    """Write down an answer and the tickets that it goes to: those that are linked now. `send_pending` says it there.

    The same `id` again is the same answer.

    Raises: Forbidden; MessageInvalid; StaleIncident, if somebody else answered or changed it meanwhile; NotNow.
    """
    person = support(by)
    said = {language: masked(storable(text)).strip() for language, text in texts.items()}
    if not said.get("en"):
        raise MessageInvalid("empty")
    if any(len(text) > MOST for text in said.values()):
        raise MessageInvalid("too_long")
    if (made := IncidentAnswer.objects.filter(pk=id, incident=incident).first()) is not None:
        return made
    try:
        with seen(incident, expected) as current:
            answer = IncidentAnswer.objects.create(
                pk=id, incident=current, by=person, is_answer=is_answer, then=then or "", at=now,
                texts={language: text for language, text in said.items() if text},
            )  # fmt: skip
            tickets = Ticket.objects.filter(incident=current).order_by("pk").values_list("pk", flat=True)
            IncidentReply.objects.bulk_create(IncidentReply(answer=answer, ticket_id=pk) for pk in tickets)
            audit.record("incident.answered", current, by=person, now=now, after={"texts": answer.texts, "then": then})
            return answer
    except IntegrityError:
        if (made := IncidentAnswer.objects.filter(pk=id, incident=incident).first()) is not None:
            return made
        raise


def send_pending(
    clock: Callable[[], datetime], *, answer: IncidentAnswer | None = None, until: datetime | None = None
) -> int:
    """Say what is pending, of one answer or of all, the oldest first, and stop at `until`. Return how many are left."""
    pending = IncidentReply.objects.filter(settled_at=None)
    if answer is not None:
        pending = pending.filter(answer=answer)
    for reply in list(pending.select_related("answer__by").order_by("answer__at", "pk")):
        now = clock()
        if until is not None and now >= until:
            break
        try:
            _send(reply, now=now)
        except Exception:
            # One ticket that can't be answered keeps no other from its answer; it is tried again.
            log.exception("incident_reply_failed", reply=reply.pk, ticket=reply.ticket_id)
    return pending.count()


@transaction.atomic
def _send(reply: IncidentReply, *, now: datetime) -> None:
    """Say it on one ticket, or note why not; nothing, when somebody else did meanwhile."""
    ticket = take(reply.ticket_id)
    if not IncidentReply.objects.filter(pk=reply.pk, settled_at=None).exists():
        return
    answer = reply.answer
    is_linked = ticket.incident_id == answer.incident_id
    skipped = why_skipped(ticket.state, is_linked=is_linked, is_merged=ticket.merged_into_id is not None)
    message: Message | None = None
    if not skipped:
        try:
            message = post_message(
                ticket, wording(answer.texts, ticket.language), by=actor_for(answer.by), now=now,
                is_answer=answer.is_answer, then=Status(answer.then) if answer.then else None, assigns=False,
            )  # fmt: skip
        except NotNow as refused:
            skipped = refused.code
    IncidentReply.objects.filter(pk=reply.pk).update(message=message, skipped=skipped, settled_at=now)
