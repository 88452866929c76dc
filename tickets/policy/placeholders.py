"""What a prepared answer leaves open: a small closed set of names in single braces, such as {reference}.

Double braces are the platform's own (a message template's variables) and stay as they are.
"""

import re
from collections.abc import Mapping

PLACEHOLDERS = {
    "person": "who filed the ticket",
    "organisation": "whose ticket it is",
    "reference": "the ticket's reference",
    "subject": "the ticket's subject",
    "topic": "the topic, in the language of the text",
    "deadline": "until when the first response is promised, while the clock runs",
    "next_update": "the date of the next check, while it lies ahead",
    "agent": "who sends the message",
}
_PLACED = re.compile(r"(?<![{\\])\{[ ]*([A-Za-z_][A-Za-z_ ]*?)[ ]*\}(?!\})")
_MARKUP = re.compile(r"([\\`*_\[\]<>{}~|#])")


def unknown_names(text: str) -> list[str]:
    """Return the placeholders of a text that do not exist, as written, each once."""
    return [name for name in _names(text) if name not in PLACEHOLDERS]


def unfilled(text: str) -> list[str]:
    """Return the placeholders that still stand in a text, each once."""
    return [name for name in _names(text) if name in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders replaced; one that has no value stays, so that it is seen.

    Values are shown as they are: what would be Markdown, or another placeholder, in them is escaped.
    """
    return _PLACED.sub(lambda found: _plain(values.get(found[1], "")) or found[0], text)


def _plain(value: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(value.split()))


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(found[1] for found in _PLACED.finditer(text)))
