"""Time zones as people name them: by their city."""

from functools import cache
from zoneinfo import available_timezones

from django.utils.translation import gettext, gettext_noop

# Names that the database of zones spells without their accents, and those that the policy speaks of.
_NAMES = {
    "Europe/Berlin": gettext_noop("Berlin"),
    "America/Sao_Paulo": gettext_noop("São Paulo"),
    "Europe/Moscow": gettext_noop("Moscow"),
    "Europe/Lisbon": gettext_noop("Lisbon"),
    "Europe/London": gettext_noop("London"),
    "Europe/Madrid": gettext_noop("Madrid"),
    "America/Mexico_City": gettext_noop("Mexico City"),
    "America/Bogota": gettext_noop("Bogotá"),
    "America/New_York": gettext_noop("New York"),
}
_REGIONS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


def city(zone: str) -> str:
    """Return what a zone is called beside a time: "Berlin" for "Europe/Berlin", translated if known."""
    known = _NAMES.get(zone)
    return gettext(known) if known else zone.rsplit("/", 1)[-1].replace("_", " ")


@cache
def zone_names() -> tuple[str, ...]:
    """Return the IANA names that a person can choose, in order: the places, and UTC."""
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.split("/")[0] in _REGIONS))
