"""Publish and withdraw versions of the policy. A published document never changes."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.models import User
from packages.models import Package, PolicyVersion, Topic
from packages.policy.document import parse
from packages.queries.policies import forget_read


class NotPublishable(ValueError):
    """The version can't be published now; the message says why, in English for the admin."""


class Stale(ValueError):
    """The draft is not as the person saw it: somebody else changed, published or removed it meanwhile."""


class NotWithdrawable(ValueError):
    """The version has started, or was never published."""


def make_draft(document: Any, *, by: User | None, now: datetime, reason: str = "") -> PolicyVersion:
    """Keep a document as a draft. It need not be valid yet; publishing checks it."""
    return PolicyVersion.objects.create(
        document=json.dumps(document, ensure_ascii=False), by=by, reason=reason, made_at=now
    )


@transaction.atomic
def edit_draft(draft: PolicyVersion, document: Any, *, by: User, now: datetime, expected: int) -> PolicyVersion:
    """Put another document into a draft that is still as the person saw it, at lock version `expected`.

    Raises: Stale.
    """
    edited = PolicyVersion.objects.filter(pk=draft.pk, state=PolicyVersion.State.DRAFT, lock_version=expected).update(
        document=json.dumps(document, ensure_ascii=False), by=by, made_at=now, lock_version=expected + 1
    )
    if not edited:
        raise Stale("Somebody else changed, published or removed this draft meanwhile.")
    audit.record("policy.draft_edited", draft, by=by, now=now, after={"lock_version": expected + 1})
    draft.refresh_from_db()
    return draft


@transaction.atomic
def discard_draft(draft: PolicyVersion, *, by: User, now: datetime, expected: int) -> None:
    """Remove a draft that is still as the person saw it. Raises: Stale."""
    audit.record("policy.draft_discarded", draft, by=by, now=now)
    seen = PolicyVersion.objects.filter(pk=draft.pk, state=PolicyVersion.State.DRAFT, lock_version=expected)
    if not seen.delete()[0]:
        raise Stale("Somebody else changed, published or removed this draft meanwhile.")


@transaction.atomic
def publish(
    draft: PolicyVersion,
    *,
    starts_at: datetime,
    by: User | None,
    now: datetime,
    reason: str,
    after: int | None = None,
) -> PolicyVersion:
    """Publish a draft from an instant on: never back-dated, always after every other published version.

    The very first version may start in the past: there is nothing that it could rewrite. `after` is the number of the
    last version that the person knew of when they decided; another one since then refuses.

    Raises: DocumentInvalid; NotPublishable, if it is no draft any more, or another version starts then or later or
    was published meanwhile.
    """
    others = PolicyVersion.objects.exclude(state=PolicyVersion.State.DRAFT)
    list(others.select_for_update().order_by("pk").values_list("pk", flat=True))
    # Read again: who waited for the lock does not find in it what was published while they waited.
    published = list(others.only("state", "number", "starts_at"))
    parse(json.loads(draft.document))
    last = max((version.number or 0 for version in published), default=0)
    if after is not None and last != after:
        raise NotPublishable(f"Policy {last} was published meanwhile: look at the comparison again.")
    standing = [version for version in published if version.state == PolicyVersion.State.PUBLISHED]
    if published and starts_at < now:
        raise NotPublishable("A version can't start in the past: promises were made under the one in force then.")
    if any(version.starts_at and version.starts_at >= starts_at for version in standing):
        raise NotPublishable("Another version starts at that moment or later: withdraw it, or start after it.")
    moved = PolicyVersion.objects.filter(
        pk=draft.pk, state=PolicyVersion.State.DRAFT, lock_version=draft.lock_version
    ).update(
        state=PolicyVersion.State.PUBLISHED,
        number=last + 1,
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
