"""Publish and withdraw versions of the policy. A published document never changes."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.actions import audit
from accounts.models import User
from packages.models import Package, PolicyVersion, Topic
from packages.policy.document import parse
from packages.queries.policies import forget_read


class NotPublishable(ValueError):
    """The version can't be published now; the message says why, in English for the admin."""


class NotWithdrawable(ValueError):
    """The version has started, or was never published."""


def make_draft(document: Any, *, by: User | None, now: datetime, reason: str = "") -> PolicyVersion:
    """Keep a document as a draft. It need not be valid yet; publishing checks it."""
    return PolicyVersion.objects.create(
        document=json.dumps(document, ensure_ascii=False), by=by, reason=reason, made_at=now
    )


@transaction.atomic
def publish(draft: PolicyVersion, *, starts_at: datetime, by: User | None, now: datetime, reason: str) -> PolicyVersion:
    """Publish a draft from an instant on: never back-dated, always after every other published version.

    The very first version may start in the past: there is nothing that it could rewrite.

    Raises: DocumentInvalid; NotPublishable, if it is no draft any more or another version starts then or later.
    """
    published = list(PolicyVersion.objects.select_for_update().exclude(state=PolicyVersion.State.DRAFT))
    parse(json.loads(draft.document))
    standing = [version for version in published if version.state == PolicyVersion.State.PUBLISHED]
    if published and starts_at < now:
        raise NotPublishable("A version can't start in the past: promises were made under the one in force then.")
    if any(version.starts_at and version.starts_at >= starts_at for version in standing):
        raise NotPublishable("Another version starts at that moment or later: withdraw it, or start after it.")
    number = (PolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    moved = PolicyVersion.objects.filter(
        pk=draft.pk, state=PolicyVersion.State.DRAFT, lock_version=draft.lock_version
    ).update(
        state=PolicyVersion.State.PUBLISHED,
        number=number,
        starts_at=starts_at,
        published_at=now,
        by=by,
        reason=reason,
        digest=hashlib.sha256(draft.document.encode()).hexdigest(),
    )
    if not moved:
        raise NotPublishable("Somebody else changed or published this draft: look at it again.")
    version = PolicyVersion.objects.get(pk=draft.pk)
    _know_identities(version)
    forget_read()
    audit.record(
        "policy.published", version, by=by, now=now, after={"starts_at": starts_at.isoformat(), "reason": reason}
    )
    return version


@transaction.atomic
def withdraw(version: PolicyVersion, *, by: User, now: datetime, reason: str) -> None:
    """Withdraw a published version that has not started. Raises: NotWithdrawable."""
    moved = PolicyVersion.objects.filter(pk=version.pk, state=PolicyVersion.State.PUBLISHED, starts_at__gt=now).update(
        state=PolicyVersion.State.WITHDRAWN
    )
    if not moved:
        raise NotWithdrawable("Only a published version that has not started yet can be withdrawn.")
    forget_read()
    audit.record("policy.withdrawn", version, by=by, now=now, after={"reason": reason})


def _know_identities(version: PolicyVersion) -> None:
    """Make the rows that foreign keys point to, for each package and topic that the version names."""
    policy = parse(json.loads(version.document))
    Package.objects.bulk_create([Package(code=code) for code in policy.packages], ignore_conflicts=True)
    Topic.objects.bulk_create([Topic(code=code) for code in policy.topics], ignore_conflicts=True)
