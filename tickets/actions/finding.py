"""Keep the words that a ticket is found by, in the transaction of what adds them."""

from collections.abc import Iterable
from typing import Any

from tickets.models import Ticket, TicketWords
from tickets.policy.words import words_of

MOST = 200_000  # characters kept of each kind; what is beyond was said long ago


def find_by(ticket: Ticket, *texts: str, internal: bool = False) -> None:
    """Let a locked ticket be found by more texts; by `internal` ones only those find it who may read notes."""
    added = words_of("\n".join(texts))
    kept, _ = TicketWords.objects.get_or_create(ticket=ticket)
    kind = "internal" if internal else "public"
    columns = {kind: added.plain, f"{kind}_identifiers": added.identifiers}
    changed = {name: text for name, words in columns.items() if (text := _with(getattr(kept, name), words)) is not None}
    if changed:
        TicketWords.objects.filter(pk=ticket.pk).update(**changed)


def find_by_filing(ticket: Ticket, files: Iterable[str]) -> None:
    """Let a ticket be found by all that was filed with it; `files` are the names of its attachments."""
    client = ticket.client.name if ticket.client else ticket.client_name
    facts = [ticket.reference, ticket.subject, ticket.description, client, ticket.organisation.name]
    find_by(ticket, *facts, *files, *_texts(ticket.answers))


def forget_words(ticket: Ticket) -> None:
    """Let a locked ticket be found by nothing any more."""
    TicketWords.objects.filter(pk=ticket.pk).delete()


def _with(text: str, words: Iterable[str]) -> str | None:
    """Return the text with words that it lacks; None when there is nothing to add."""
    missing = sorted(set(words).difference(text.split()))
    room = MOST - len(text)
    while missing and sum(map(len, missing)) + len(missing) > room:
        missing.pop()
    return f"{text or ' '}{' '.join(missing)} " if missing else None


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
