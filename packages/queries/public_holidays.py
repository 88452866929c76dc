"""What a country and its regions have off, from the `holidays` library: offered for a choice, never added by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays
from babel import Locale

ENGLISH = ("en_US", "en_GB", "en")


class NoSuchPlace(LookupError):
    """The library knows no such country, or no such region of it."""


@dataclass(frozen=True, slots=True, order=True)
class PublicHoliday:
    """A day that a country, or a region of it, has off."""

    on: date
    name: str


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Return the countries as ISO code and English name, by name."""
    names = Locale("en").territories
    return tuple(
        sorted(
            ((code, str(names.get(code, code))) for code in holidays.list_supported_countries()), key=lambda one: one[1]
        )
    )


def regions(country: str) -> tuple[str, ...]:
    """Return the codes of a country's regions that have days of their own. Raises: NoSuchPlace."""
    known = holidays.list_supported_countries()
    if country not in known:
        raise NoSuchPlace(country)
    return tuple(known[country])


def public_holidays(country: str, region: str, years: Sequence[int]) -> tuple[PublicHoliday, ...]:
    """Return the days off of some years in order, named in English where the library can. `region` "": everywhere.

    Raises: NoSuchPlace.
    """
    if region and region not in regions(country):
        raise NoSuchPlace(f"{country}, {region}")
    regions(country)
    spoken = getattr(holidays, country).supported_languages
    language = next((one for one in ENGLISH if one in spoken), None)
    found = holidays.country_holidays(country, subdiv=region or None, years=years, language=language)
    return tuple(sorted(PublicHoliday(on, name) for on, name in found.items()))
