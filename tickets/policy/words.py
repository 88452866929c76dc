"""The words that a text is found by and that a search asks for: one reading for both, on every database.

Case, accents and the two ways to write an umlaut make no difference. A word is found by its beginning; a number or an
identifier by any part of it, however it was spaced.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 60  # characters of a word that count
SHORTEST_BEGINNING = 3  # characters; a shorter word must be there as a whole, or half of everything would be found
SHORTEST_IDENTIFIER = 5  # characters, a digit among them
SHORTEST_PART = 4  # characters of an identifier, a digit among them: the last four of a phone number
TERMS_MOST = 6  # of a search; what is beyond narrows nothing that a person would notice

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d(?:[ ()./-]{0,3}\d){5,}")  # at least six digits as people space them
_TRUNK = "(0)"  # of +49 (0) 30: dialled within the country only
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a text is found by: `plain` by their beginnings, `identifiers` by any part."""

    plain: frozenset[str]
    identifiers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a search: begins (or, where `is_whole`, is) one of `beginnings`, or is a part of an identifier.

    `part` is "" where no identifier is meant. All are letters and digits only.
    """

    beginnings: tuple[str, ...]
    part: str = ""
    is_whole: bool = False


def words_of(text: str) -> Words:
    """Return what a text is found by."""
    plain: set[str] = set()
    identifiers: set[str] = set()
    for word in _read(text):
        if _is_identifier(word):
            identifiers.add(_folded(word))
        else:
            plain.update(_spellings(word))
    return Words(frozenset(plain), frozenset(identifiers))


def terms_of(text: str) -> list[Term]:
    """Return what a search asks for, all of which must be there; nothing when it holds neither letter nor digit."""
    return [_term(word) for word in dict.fromkeys(_read(text))][:TERMS_MOST]


def _term(word: str) -> Term:
    if _has_digit(word) and len(word) >= SHORTEST_PART:
        # A national number has a zero where the international form has the country. Too little left finds everything.
        whole = _folded(word)
        part = whole.lstrip("0")
        return Term(() if _is_identifier(word) else (whole,), part if len(part) >= SHORTEST_PART else whole)
    return Term(_spellings(word), is_whole=len(word) < SHORTEST_BEGINNING)


def _read(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace(_TRUNK, "")
    joined = _NUMBER.sub(lambda number: re.sub(r"\D", "", number[0]), plain)
    return [word[:LONGEST] for word in _WORD.findall(joined)]


def _is_identifier(word: str) -> bool:
    return len(word) >= SHORTEST_IDENTIFIER and _has_digit(word)


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _spellings(word: str) -> tuple[str, ...]:
    """Return a word without accents and, if it has an umlaut, also as it is written without one: muller, mueller."""
    return tuple(dict.fromkeys((_folded(word), _folded(word.translate(_UMLAUTS)))))


def _folded(word: str) -> str:
    if word.isascii():
        return word
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))[:LONGEST]
