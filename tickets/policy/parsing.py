"""One value to its type, by the kind of its field. Values come from a form (text) or from the API (JSON).

Every function returns a value that JSON can hold, or raises Refused.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from packages.policy.fields import Field, Kind
from tickets.policy.cleaning import clean_identifier, clean_text, clean_value
from tickets.policy.countries import COUNTRIES
from tickets.policy.remarks import Refused
from tickets.policy.secrets import has_secret, masked

AHEAD = timedelta(minutes=10)  # clocks differ
LONG_AGO = timedelta(days=90)
LAST_YEAR = 9000  # from there on nothing is meant, and a reader's zone could lead out of the calendar
MOST_TEXT = 20_000

_MOST_PLACES = 15  # of a number, before and after the point

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]{2,}")
_HOST = re.compile(r"(?:[^\s./?#@:\[\]]+\.)+[^\s./?#@:\[\]]{2,}|localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]")
_CLOCK_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where the answers are judged. `zone` None: an instant needs its own offset (the API)."""

    now: datetime
    zone: tzinfo | None
    files: frozenset[str] = frozenset()
    clock_date: datetime | None = None  # gives clock times without a date theirs


def parse_value(field: Field, value: Any, moment: Moment) -> Any:
    """Return the typed value of one field that is not a list and not records. Raises: Refused."""
    return _PARSERS[field.kind](field, value, moment)


def as_text(value: Any) -> str:
    """Return a scalar as text. Raises: Refused, for an object or a list."""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        raise Refused("wrong_type")
    return str(value)


def _text(field: Field, value: Any, moment: Moment) -> str:
    raw = as_text(value)
    long = field.kind is Kind.LONG_TEXT
    text = clean_text(raw) if long else clean_value(" ".join(raw.splitlines()) if "\n" in raw else raw)
    if field.no_spaces:
        text = clean_identifier(text)
        if re.search(r"\s", text):
            raise Refused("spaces", field.refuse)
    text = _in_case(field.case, text)
    most = field.max_length or MOST_TEXT
    if len(text) > most:
        raise Refused("too_long", most=most, length=len(text))
    if field.min_length and len(text) < field.min_length:
        raise Refused("too_short", field.refuse, least=field.min_length)
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise Refused("invalid", field.refuse)
    if has_secret(text):
        raise Refused("secret")
    return text


def _in_case(case: str, text: str) -> str:
    """Put a value into the case that its field has: lower, upper, or a locale's ("pt-br" → "pt_BR")."""
    if case == "locale":
        language, _, region = text.replace("-", "_").partition("_")
        return f"{language.lower()}_{region.upper()}" if region else language.lower()
    return {"lower": text.lower(), "upper": text.upper()}.get(case, text)


def _choice(field: Field, value: Any, moment: Moment) -> str:
    code = clean_value(as_text(value))
    for choice in field.choices:
        if code == choice.code or (field.any_case and code.lower() == choice.code.lower()):
            return choice.code
    if field.open and len(code) <= 200:
        if has_secret(code):
            raise Refused("secret")
        return code
    raise Refused("not_a_choice", field.refuse, choices=", ".join(choice.code for choice in field.choices))


def _yes_no(field: Field, value: Any, moment: Moment) -> bool:
    if isinstance(value, bool):
        return value
    word = clean_value(as_text(value)).lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise Refused("not_yes_no", field.refuse)


def _must_be_yes(field: Field, value: Any, moment: Moment) -> bool:
    if not _yes_no(field, value, moment):
        raise Refused("must_be_yes", field.refuse)
    return True


def _email(field: Field, value: Any, moment: Moment) -> str:
    address = clean_identifier(as_text(value))
    if len(address) > 254 or ".." in address or not _EMAIL.fullmatch(address):
        raise Refused("invalid", field.refuse)
    return address


def _url(field: Field, value: Any, moment: Moment) -> str:
    link = clean_identifier(as_text(value))
    if link and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", link):
        link = f"https://{link}"
    if len(link) > 2048:
        raise Refused("too_long", most=2048, length=len(link))
    try:
        parts = urlsplit(link)
        host = parts.netloc.rpartition("@")[2].rsplit(":", 1)[0] if not parts.netloc.endswith("]") else parts.netloc
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError as error:
        raise Refused("invalid", field.refuse) from error
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host) or re.search(r"\s", link):
        raise Refused("invalid", field.refuse)
    return masked(link)


def _phone(field: Field, value: Any, moment: Moment) -> str:
    number = re.sub(r"[\s\-–.()/]", "", clean_identifier(as_text(value)))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not _PHONE.fullmatch(number):
        raise Refused("invalid", field.refuse)
    return number


def _digits(field: Field, value: Any, moment: Moment) -> str:
    digits = re.sub(r"\s", "", clean_identifier(as_text(value)))
    if not re.fullmatch(r"[0-9]+", digits):
        raise Refused("invalid", field.refuse)
    if not (field.min_length or 1) <= len(digits) <= (field.max_length or 64):
        raise Refused("invalid", field.refuse)
    return digits


def _number(field: Field, value: Any, moment: Moment) -> int | float:
    text = re.sub(r"\s", "", clean_value(as_text(value))).replace(",", ".")
    if field.percent_sign:
        text = text.removesuffix("%")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Refused("not_a_number", field.refuse) from error
    if not number.is_finite():
        raise Refused("not_a_number", field.refuse)
    if number and not -_MOST_PLACES <= number.adjusted() <= _MOST_PLACES:
        raise Refused("out_of_range", field.refuse)  # 1e999999 would be a number of a million digits
    too_low = (field.minimum is not None and number < field.minimum) or (
        field.above is not None and number <= field.above
    )
    if too_low or (field.maximum is not None and number > field.maximum):
        raise Refused("out_of_range", field.refuse)
    if not field.decimals and number != number.to_integral_value():
        raise Refused("not_whole", field.refuse)
    return int(number) if number == number.to_integral_value() else float(number)


def _instant(field: Field, value: Any, moment: Moment) -> str:
    text = clean_value(as_text(value))
    at = _clock_time(text, moment) or _iso_instant(field, text, moment)
    if field.time == "past" and at > moment.now + AHEAD:
        raise Refused("future")
    if not 2000 <= at.year < LAST_YEAR:
        raise Refused("invalid", field.refuse)
    return at.isoformat()


def _clock_time(text: str, moment: Moment) -> datetime | None:
    match = _CLOCK_TIME.fullmatch(text)
    if match is None or moment.clock_date is None:
        return None
    zone = moment.zone or UTC
    day = moment.clock_date.astimezone(zone).date()
    return datetime.combine(day, time(int(match[1]), int(match[2]), int(match[3] or 0)), zone).astimezone(UTC)


def _iso_instant(field: Field, text: str, moment: Moment) -> datetime:
    if not re.search(r"[T: ]", text):
        raise Refused("invalid", field.refuse)  # a day alone is no point in time
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("invalid", field.refuse) from error
    if at.tzinfo is None and moment.zone is None:
        raise Refused("no_zone", field.refuse)
    try:
        if at.tzinfo is None:
            local = at.replace(tzinfo=moment.zone)
            # A wall-clock time that the clocks skip does not come back from UTC as itself.
            if local.astimezone(UTC).astimezone(moment.zone).replace(tzinfo=None) != at:
                raise Refused("no_such_time")
            at = local
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Refused("invalid", field.refuse) from error


def _date(field: Field, value: Any, moment: Moment) -> str:
    try:
        day = date.fromisoformat(clean_value(as_text(value)))
    except ValueError as error:
        raise Refused("invalid", field.refuse) from error
    if field.time == "past" and day > moment.now.date() + timedelta(days=1):
        raise Refused("future")
    if not 1900 <= day.year < LAST_YEAR:
        raise Refused("invalid", field.refuse)
    return day.isoformat()


def _country(field: Field, value: Any, moment: Moment) -> str:
    code = clean_identifier(as_text(value)).upper()
    if code not in COUNTRIES:
        raise Refused("not_a_country", field.refuse)
    return code


def _file(field: Field, value: Any, moment: Moment) -> list[str]:
    given = value if isinstance(value, list) else [value]
    ids = [clean_identifier(as_text(item)) for item in given if item not in ("", None)]
    if any(one not in moment.files for one in ids):
        raise Refused("no_such_file")
    if len(ids) > (field.max_items or 10):
        raise Refused("too_many", most=field.max_items or 10)
    return ids


def is_inner_address(text: str) -> bool:
    """Is this an address that nobody outside can call from: private, loopback, link-local?"""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return not network.is_global and network.network_address not in _DOCUMENTATION


class _Documentation:
    """The ranges of RFC 5737 and 3849: examples in texts and tests, which nobody calls from either way."""

    ranges = tuple(
        ipaddress.ip_network(one) for one in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    )

    def __contains__(self, address: Any) -> bool:
        return any(address.version == one.version and address in one for one in self.ranges)


_DOCUMENTATION = _Documentation()

_PARSERS: dict[Kind, Callable[[Field, Any, Moment], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.MUST_BE_YES: _must_be_yes,
    Kind.EMAIL: _email,
    Kind.URL: _url,
    Kind.PHONE: _phone,
    Kind.DIGITS: _digits,
    Kind.NUMBER: _number,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.COUNTRY: _country,
    Kind.FILE: _file,
}
