"""What the composer shows of prepared answers: those that fit, and the one that a message is written with."""

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from packages.policy.wording import wording
from tickets.models import PreparedAnswer, Ticket
from tickets.queries.prepared import answers_for, said_on


def prepared_of(value: str) -> PreparedAnswer | None:
    """Return the prepared answer that a form names; what was in use when it was inserted may not be any more."""
    is_number = value.isascii() and value.isdigit() and len(value) < 16
    return PreparedAnswer.objects.filter(pk=int(value)).first() if is_number else None


def used_answer(ticket: Ticket, value: str, *, by: Actor, now: datetime) -> dict[str, Any] | None:
    """Return what the composer says of the prepared answer that is used; None for none."""
    answer = prepared_of(value) if value else None
    if answer is None:
        return None
    said = said_on(answer, ticket, by=by, now=now)
    return {
        "id": answer.pk,
        "name": answer.name,
        "text": said.text,
        "missing": [f"{{{name}}}" for name in said.missing],
        "is_receipt": answer.is_receipt,
    }


def prepared_answers(ticket: Ticket) -> list[dict[str, Any]]:
    """Return the rows of the list, those that fit first. One query."""
    return [_listed(one, ticket) for one in answers_for(ticket)]


def _listed(answer: PreparedAnswer, ticket: Ticket) -> dict[str, Any]:
    is_spoken = bool(answer.texts.get(ticket.language))
    text = " ".join(wording(answer.texts, ticket.language).split())
    return {
        "id": answer.pk,
        "name": answer.name,
        "start": text[:140],
        "words": f"{answer.name} {text[:600]}".casefold(),
        "is_receipt": answer.is_receipt,
        "is_foreign": not is_spoken,
        "is_near": answer.nearness == 0,  # type: ignore[attr-defined]
    }
