"""Which package an organisation has: start one, switch, end it. Promises already given stand."""

from datetime import datetime

from django.db import transaction

from accounts.actions import audit
from accounts.models import Organisation, User
from packages.models import Package, Subscription


@transaction.atomic
def subscribe(
    organisation: Organisation, package: Package | None, *, starts_at: datetime, by: User | None, now: datetime
) -> Subscription:
    """Give an organisation a package from an instant on; None ends the one that it has."""
    subscription, _ = Subscription.objects.update_or_create(
        organisation=organisation, starts_at=starts_at, defaults={"package": package}
    )
    audit.record(
        "subscription.changed",
        organisation,
        by=by,
        now=now,
        after={"package": package.code if package else None, "starts_at": starts_at.isoformat()},
    )
    return subscription
