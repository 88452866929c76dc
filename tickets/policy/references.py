"""References of tickets: short, random, easy to read aloud."""

from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, 1 I L
LENGTH = 6


def make_reference(choose: Callable[[str], str]) -> str:
    """Return a reference such as TK-7F3K9Q; `choose` picks one of the letters at random."""
    return "TK-" + "".join(choose(ALPHABET) for _ in range(LENGTH))
