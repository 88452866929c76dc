"""The only writer of the audit record."""

from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import AuditEntry, User


def record(
    verb: str,
    subject: models.Model,
    *,
    by: User | None,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write who did what to which object, in the caller's transaction. `by` None is the system."""
    return AuditEntry.objects.create(
        actor=by,
        verb=verb,
        object_type=subject._meta.label_lower,
        object_id=str(subject.pk),
        object_name=str(subject)[:200],
        before=before or {},
        after=after or {},
        at=now,
    )
