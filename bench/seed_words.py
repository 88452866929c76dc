"""What the seeded tickets say: sentences of invented words in five alphabets, each with the words it is found by."""

from dataclasses import dataclass
from functools import cache
from random import Random

from tickets.policy.words import words_of

# Of every language: how its syllables begin and go on. Nobody reads it; a search meets words as many and as long.
_SOUNDS = {
    "en": ("b br c d f g l m n p r s st t th w", "a e i o u ea oo er in"),
    "pt-br": ("b c d f g l m n nh p r s t v", "a e i o u ão á ê or al"),
    "de": ("b d f g h k l m n r s sch st z", "a e i o u ä ö ü ei er en"),
    "es": ("b c d f g l ll m n ñ p r s t", "a e i o u á ó ía ar os"),
    "ru": ("б в г д ж з к л м н п р с т", "а е и о у ы я ё ой ать"),
}
VOCABULARY = 4_000  # words a language
SENTENCES = 1_500
COMMON, RARE = "gateway", "zanzibar"  # in 5 % and in 0.01 % of the tickets
COMMON_EVERY, RARE_EVERY = 20, 10_000


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    words: frozenset[str]


def sentences(language: str, chance: Random) -> list[Sentence]:
    """Return sentences whose words are as unevenly frequent as in a language."""
    first, then = (sounds.split() for sounds in _SOUNDS[language])
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        length = chance.choice((1, 2, 2, 3, 3, 4))
        words["".join(chance.choice(first) + chance.choice(then) for _ in range(length))] = None
    ranks = [1 / rank for rank in range(3, VOCABULARY + 3)]
    return [sentence(" ".join(chance.choices([*words], ranks, k=chance.randint(6, 16)))) for _ in range(SENTENCES)]


@cache
def sentence(text: str) -> Sentence:
    return Sentence(f"{text.capitalize()}.", words_of(text).plain)


def planted(number: int) -> list[Sentence]:
    """Return what a ticket says besides, so that it is known how many a search must find."""
    said = []
    if number % COMMON_EVERY == 7:
        said.append(sentence(f"the {COMMON} is slow"))
    if number % RARE_EVERY == 4_321:
        said.append(sentence(f"as in {RARE}"))
    return said
