"""What an organisation is: its tier, its managers, its partner, and whether a client's partner shares with it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.models import Organisation, User


@transaction.atomic
def set_tier(partner: Organisation, tier: str, *, by: User, now: datetime) -> Organisation:
    """Give a partner a tier; "" takes it away, and with it the growth manager and the deputy."""
    facts: dict[str, Any] = {"tier": tier}
    if not tier:
        facts |= {"growth_manager": None, "deputy": None}
    return _change(partner, "organisation.tier_set", facts, by=by, now=now)


@transaction.atomic
def name_managers(
    partner: Organisation, *, growth_manager: User | None, deputy: User | None, by: User, now: datetime
) -> Organisation:
    """Name who manages a partner in a tier, and who stands in. What they see follows at once."""
    facts = {"growth_manager": growth_manager, "deputy": deputy}
    return _change(partner, "organisation.managers_named", facts, by=by, now=now)


@transaction.atomic
def set_partner(client: Organisation, partner: Organisation | None, *, by: User, now: datetime) -> Organisation:
    """Move a client to another partner, or to none. It takes its own tickets along, not what the old partner filed."""
    return _change(client, "organisation.partner_set", {"partner": partner}, by=by, now=now)


@transaction.atomic
def set_sharing(client: Organisation, *, shares: bool, by: User, now: datetime) -> Organisation:
    """Say whether tickets that its partner files for a client are shared with it unless the partner says otherwise."""
    return _change(client, "organisation.sharing_set", {"shares_with_client": shares}, by=by, now=now)


def _change(organisation: Organisation, verb: str, facts: dict[str, Any], *, by: User, now: datetime) -> Organisation:
    before = {name: _plain(getattr(organisation, name)) for name in facts}
    for name, value in facts.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(facts))
    after = {name: _plain(value) for name, value in facts.items()}
    audit.record(verb, organisation, by=by, now=now, before=before, after=after)
    return organisation


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str) else value.pk
