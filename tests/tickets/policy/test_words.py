"""What a text is found by, and what a search asks for."""

import pytest

from tickets.policy.words import Term, terms_of, words_of


def found(search: str, text: str) -> bool:
    """Does every term of a search stand in a text's words, as the database looks?"""
    words = words_of(text)
    return all(_holds(term, words) for term in terms_of(search))


def _holds(term: Term, words) -> bool:
    whole = any(word in words.plain for word in term.beginnings)
    begins = not term.is_whole and any(one.startswith(term.beginnings) for one in words.plain)
    return whole or begins or bool(term.part) and any(term.part in one for one in words.identifiers)


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("GATEWAY", "The gateway answers slowly"),
        ("gate slow", "The gateway answers slowly"),
        ("Müller", "Herr Mueller"),
        ("mueller", "Herr Müller"),
        ("muller", "Herr MÜLLER"),
        ("café", "Cafe Nordlicht"),
        ("cafe", "CAFÉ"),
        ("Straße", "STRASSE"),
        ("тикет", "Тикеты не доходят"),
        ("ещё", "еще раз"),
        ("integracao", "A integração parou"),
        ("+49 30 1234567", "call +49301234567"),
        ("030 1234567", "call +49301234567"),
        ("+49 (0)30 123-4567", "call +49 30 1234567"),
        ("4567", "+49 30 123-4567"),
        ("1234567", "+49 30 123 45 67"),
        ("102290129340398", "WABA 102290129340398"),
        ("9012934", "WABA 102290129340398"),
        ("2026-11-24", "since 2026-11-24 09:12"),
        ("203.0.113.7", "from 203.0.113.7:443"),
        ("7f3k", "TK-7F3K9Q"),
        ("TK-7F3K9Q", "tk-7f3k9q"),
        ("131026", "error 131026: undeliverable"),
        ("v2", "API v2"),
        ("500", "HTTP 500"),
        ("report.pdf", "report.pdf"),
    ],
)
def test_search_finds(search, text):
    assert found(search, text)


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("way", "gateway"),
        ("te", "templates"),
        ("gateway down", "The gateway answers"),
        ("queue", "question"),
        ("1234568", "+49 30 1234567"),
        ("500", "wamid.A5001234"),
        ("0001", "+49 30 1234567"),
        ("00493", "error 493211"),
    ],
)
def test_search_does_not_find(search, text):
    assert not found(search, text)


@pytest.mark.parametrize("nothing", ["", "   ", "%", "'", "&|!():*", "\x00", "𝄞", "_"])
def test_a_search_without_letter_or_digit_asks_for_nothing(nothing):
    assert terms_of(nothing) == []


def test_terms_hold_letters_and_digits_alone_whatever_was_typed():
    hostile = "a'b \\x:* & !c | (d) <-> \"e\" %_f½ ﬁx ͺ ①２ 'drop table"

    for term in terms_of(hostile) + terms_of(hostile[20:]):
        assert all(word.isalnum() for word in (*term.beginnings, term.part or "x"))


def test_a_long_word_is_cut_alike_on_both_sides():
    assert found("x" * 500, "x" * 400)
