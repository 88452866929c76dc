"""The fixed instant of the tests, and how to name others."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday, 13:00 in Berlin: both packages are open
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # since when the shipped policy is in force
BERLIN = ZoneInfo("Europe/Berlin")


def berlin(*parts: int, fold: int = 0) -> datetime:
    """Return the instant, in UTC, that the wall clock in Berlin shows so."""
    return datetime(*parts, tzinfo=BERLIN, fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]
