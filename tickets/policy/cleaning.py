"""What is cleaned silently before a value is judged.

Source: field formats, "First clean silently".
"""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # never text, and no database keeps them
_MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")  # zero width, direction
_JOINERS = re.compile("[\u200c\u200d]")  # part of emoji and of some scripts, never of an identifier
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "‘": "’", "`": "`"}


def storable(text: str) -> str:
    """Return the text without what a database can't keep; everything else as typed."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_text(text: str) -> str:
    """Return free text with odd spaces made plain and invisible marks gone. Emoji stay whole."""
    return _SPACES.sub(" ", _MARKS.sub("", storable(text))).strip()


def clean_value(text: str) -> str:
    """Return a value of one line: cleaned text without quotes around it and with plain digits."""
    cleaned = clean_text(text)
    if len(cleaned) > 1 and _QUOTES.get(cleaned[0]) == cleaned[-1]:
        cleaned = cleaned[1:-1].strip()
    return "".join(_plain_digit(character) for character in cleaned)


def clean_identifier(text: str) -> str:
    """Return a value of which invisible joiners can't be a part either."""
    return _JOINERS.sub("", clean_value(text))


def _plain_digit(character: str) -> str:
    if character.isascii() or not character.isdigit() or unicodedata.category(character) != "Nd":
        return character
    return str(unicodedata.digit(character))
