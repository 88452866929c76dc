"""Numbers and IDs that an organisation gave before, offered at the fields that ask for one."""

from collections.abc import Iterable
from typing import Any

from accounts.actor import Actor
from packages.policy.fields import Field, Kind
from tickets.models import Ticket

LOOKED_AT = 200  # the latest tickets
OFFERED = 20
_SINGLE = (Kind.PHONE, Kind.DIGITS)


def known_values(actor: Actor, fields: Iterable[Field]) -> dict[str, list[str]]:
    """Return, by field code, the values given on tickets that the actor sees, the latest first. One query."""
    codes = [field.code for field in fields if field.identifies and field.kind in _SINGLE]
    if not codes or actor.organisation is None:
        return {}
    rows = (
        Ticket.objects.visible_to(actor)
        .filter(organisation=actor.organisation)
        .order_by("-public_activity_at")
        .values(*(f"answers__{code}" for code in codes))[:LOOKED_AT]
    )
    found: dict[str, dict[str, Any]] = {code: {} for code in codes}
    for row in rows:
        for code in codes:
            value = row[f"answers__{code}"]
            if isinstance(value, str) and len(found[code]) < OFFERED:
                found[code].setdefault(value)
    return {code: list(values) for code, values in found.items() if values}
