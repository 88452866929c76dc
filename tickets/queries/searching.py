"""The text that a ticket is found by: two of them, so that an internal note never shows through."""

from collections.abc import Iterable
from typing import Any

from tickets.models import Ticket

MOST = 200_000  # characters kept; what is beyond was said long ago


def first_text(ticket: Ticket, files: Iterable[str]) -> str:
    """Return what a newly filed ticket is found by, in lower case."""
    client = ticket.client.name if ticket.client else ticket.client_name
    parts = [ticket.reference, ticket.subject, ticket.description, client, ticket.organisation.name, *files]
    return "\n".join([*parts, *_values(ticket.answers)]).lower()[:MOST]


def with_words(text: str, words: str) -> str:
    """Return the search text with what was said since."""
    return f"{text}\n{words.lower()}"[:MOST]


def _values(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _values(one)
    elif isinstance(value, list):
        for one in value:
            yield from _values(one)
    elif isinstance(value, str):
        yield value
