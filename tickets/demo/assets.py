"""What organisations have on the platform: numbers, accounts, portfolios. Each keeps its own from ticket to ticket."""

import base64
import random
from collections.abc import Mapping

# Numbers that are kept free for stories, or that no provider gives out.
_NUMBERS = {
    "us": ("+1202555{:04d}", (100, 199), lambda n: f"+1 202 555 {n:04d}"),
    "gb": ("+442079460{:03d}", (100, 999), lambda n: f"+44 20 7946 0{n:03d}"),
    "br": ("+5511900000{:03d}", (100, 999), lambda n: f"+55 11 90000-0{n:03d}"),
    "de": ("+493023125{:03d}", (15, 99), lambda n: f"+49 30 23125 {n:03d}"),
    "es": ("+34910000{:03d}", (10, 999), lambda n: f"+34 910 000 {n:03d}"),
    "mx": ("+525550000{:03d}", (100, 999), lambda n: f"+52 55 5000 0{n:03d}"),
    "ru": ("+7900000{:04d}", (100, 999), lambda n: f"+7 900 000-{n // 100:02d}-{n % 100:02d}"),
}
_EACH = 3  # numbers of one organisation in one country


def facts_for(company: str, country: str, dice: random.Random) -> Mapping[str, str]:
    """Return the facts of one ticket about an organisation: one of its own numbers, and messages of the day."""
    pattern, (first, last), spoken = _NUMBERS[country]
    own = random.Random(f"{company} {country}")  # noqa: S311  the same at each ticket, and nothing secret
    numbers = own.sample(range(first, last + 1), _EACH)
    wabas = [str(own.randrange(10**14, 2 * 10**14)) for _ in range(2)]
    portfolio = str(own.randrange(10**15, 3 * 10**15))
    phone_ids = [str(own.randrange(10**14, 2 * 10**14)) for _ in range(_EACH)]
    place = dice.randrange(_EACH)
    digits = pattern.format(numbers[place])
    return {
        "number": digits,
        "number_text": spoken(numbers[place]),
        "other_number": pattern.format(numbers[place - 1]),
        "other_number_text": spoken(numbers[place - 1]),
        "waba": wabas[place % 2],
        "business": portfolio,
        "phone_id": phone_ids[place],
        "trace": "A" + "".join(dice.choices("abcdefghkmnpqrstuvwxyzABCDEFGHKMNPRSTUVWXYZ23456789", k=22)),
        "case": f"{dice.randrange(60, 99)} {dice.randrange(100, 999)} {dice.randrange(100, 999)}",
        **{f"message_{one}": _message_id(digits, dice) for one in range(1, 4)},
    }


def _message_id(number: str, dice: random.Random) -> str:
    """Return an id as the platform gives them: the other party's number and a random part, in Base64."""
    other = number[1:-3] + f"{dice.randrange(1000):03d}"
    serial = f"{dice.getrandbits(72):018X}"
    raw = b"\x1d\x05" + bytes([len(other)]) + other.encode() + b"\x15\x02\x00\x11\x18\x12" + serial.encode() + b"\x00"
    return "wamid." + base64.b64encode(raw).decode()
