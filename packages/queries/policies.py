"""The policy in force at an instant, compiled and cached by version."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from accounts.models import Organisation
from packages.models import PolicyVersion, Subscription
from packages.policy.document import Package, Policy, parse


class NoPolicy(RuntimeError):
    """No version was ever published: `manage.py load_policy` loads the shipped one."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A published version with its compiled policy."""

    id: int
    number: int
    starts_at: datetime
    policy: Policy


@lru_cache(maxsize=32)
def compiled(digest: str, version_id: int) -> Policy:
    """Return the policy of a published version. Its document never changes, so nothing is ever invalidated."""
    return parse(json.loads(PolicyVersion.objects.values_list("document", flat=True).get(pk=version_id)))


# The versions that the request at hand has read; None outside of one, an empty list before it asked.
_read: ContextVar["list[Timeline] | None"] = ContextVar("versions_read", default=None)


@contextmanager
def one_policy() -> Iterator[None]:
    """Read the published versions once, at the first question within the block: a request sees one policy."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


def version(version_id: int) -> InForce:
    """Return a published version by id. One small query; the document is read once a process."""
    if (timeline := _of_request()) is not None and (found := timeline.by_id(version_id)) is not None:
        return found
    row = PolicyVersion.objects.only("id", "number", "starts_at", "digest").get(pk=version_id)
    return _in_force(row)


def version_of(row: PolicyVersion) -> InForce:
    """Return a published version whose row is at hand, its document perhaps deferred: for lists, no query a row."""
    return _in_force(row)


def in_force(at: datetime) -> InForce:
    """Return the version in force at an instant; before the first one, the first.

    Raises: NoPolicy.
    """
    if (timeline := _of_request()) is not None:
        return timeline.at(at)
    published = PolicyVersion.objects.filter(state=PolicyVersion.State.PUBLISHED).only(
        "id", "number", "starts_at", "digest"
    )
    row = published.filter(starts_at__lte=at).order_by("-starts_at").first() or published.order_by("starts_at").first()
    if row is None:
        raise NoPolicy("No support policy is loaded: run manage.py load_policy.")
    return _in_force(row)


def all_in_force() -> "Timeline":
    """Return every published version, to ask for many instants without a query each. Raises: NoPolicy."""
    rows = PolicyVersion.objects.filter(state=PolicyVersion.State.PUBLISHED).order_by("starts_at")
    versions = [_in_force(row) for row in rows.only("id", "number", "starts_at", "digest")]
    if not versions:
        raise NoPolicy("No support policy is loaded: run manage.py load_policy.")
    return Timeline(versions)


class Timeline:
    """Published versions in the order of their start."""

    def __init__(self, versions: Sequence[InForce]) -> None:
        self._versions = versions
        self._starts = [version.starts_at for version in versions]

    def at(self, instant: datetime) -> InForce:
        return self._versions[max(bisect_right(self._starts, instant) - 1, 0)]

    def by_id(self, version_id: int) -> InForce | None:
        return next((one for one in self._versions if one.id == version_id), None)


def forget_read() -> None:
    """Read the versions anew at the next question: this request has published or withdrawn one."""
    if (read := _read.get()) is not None:
        read.clear()


def _of_request() -> Timeline | None:
    read = _read.get()
    if read is None:
        return None
    if not read:
        read.append(all_in_force())
    return read[0]


def package_of(organisation: Organisation | int, *, policy: Policy, at: datetime) -> Package:
    """Return the package that an organisation has at an instant; the policy's default without a subscription.

    Source: support policy, "Packages".
    """
    held = (
        Subscription.objects.filter(organisation=organisation, starts_at__lte=at)
        .order_by("-starts_at")
        .values_list("package__code", flat=True)
        .first()
    )
    return policy.packages.get(held or "") or policy.packages[policy.default_package]


def _in_force(row: PolicyVersion) -> InForce:
    assert row.number is not None and row.starts_at is not None  # the table's check says so
    return InForce(row.pk, row.number, row.starts_at, compiled(row.digest, row.pk))
