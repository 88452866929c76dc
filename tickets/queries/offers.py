"""What would be promised: severity with its reason, package, target and deadline, at an instant.

The page before filing, the API's preview and filing itself ask the same function, so that they can't differ.
Source: support policy, "How the promise is counted", "How a severity is found".
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Organisation
from packages.policy.clock import Clock, clock_for
from packages.policy.document import Package
from packages.policy.severity import Environment, Finding, Impact, Severity, find
from packages.queries.policies import InForce, in_force, package_of, version
from tickets.models import Promise, Ticket


@dataclass(frozen=True, slots=True)
class Offer:
    """A promise not yet given. `close_at` is when the last warning's share of the open time is used."""

    version: InForce
    package: Package
    severity: Severity
    finding: Finding | None  # None: support set the severity
    target: timedelta
    started_at: datetime
    close_at: datetime
    due_at: datetime

    @property
    def clock(self) -> Clock:
        return clock_for(self.version.policy.calendar_of(self.package.code))

    @property
    def basis(self) -> str:
        """What the preview stands on, as one word; the deadline itself moves with time and is no part of it."""
        parts = (self.severity, self.package.code, str(self.version.id), str(self.target))
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def found_severity(
    version: InForce, package: Package, topic: str, *, impact: str, workaround: bool, environment: str
) -> Finding:
    """Return the severity of answers under a version of the policy; a topic that it doesn't know is listed nowhere."""
    facts = version.policy.topics.get(topic)
    listed = facts.listed.get(package.code) if facts else None
    return find(Impact(impact), workaround, Environment(environment), listed)


def offer_for(
    organisation: Organisation,
    topic: str,
    *,
    impact: str,
    workaround: bool,
    environment: str,
    now: datetime,
    version: InForce | None = None,
) -> Offer:
    """Return what an organisation would be promised if it filed now. Raises: NoPolicy."""
    version = version or in_force(now)
    package = package_of(organisation, policy=version.policy, at=now)
    finding = found_severity(version, package, topic, impact=impact, workaround=workaround, environment=environment)
    return offer_of(version, package, finding.severity, started_at=now, finding=finding)


def offer_of(
    version: InForce,
    package: Package,
    severity: Severity,
    *,
    started_at: datetime,
    finding: Finding | None = None,
) -> Offer:
    """Return the offer of a known severity, counted from an instant."""
    clock = clock_for(version.policy.calendar_of(package.code))
    target = package.targets[severity]
    return Offer(
        version=version,
        package=package,
        severity=severity,
        finding=finding,
        target=target,
        started_at=started_at,
        close_at=clock.deadline(started_at, target * close_share(version) / 100),
        due_at=clock.deadline(started_at, target),
    )


def close_share(version: InForce) -> int:
    """Return the share of the time, in per cent, from which a promise counts as close to its deadline."""
    return max(version.policy.timers.warnings, default=version.policy.timers.lead_guard)


@dataclass(frozen=True, slots=True)
class TicketHours:
    """The version, package and clock that count for a ticket's times."""

    version: InForce
    package: Package
    clock: Clock


def hours_of(ticket: Ticket, *, now: datetime) -> TicketHours:
    """Return what counts for a ticket: its latest promise's terms; without one, what is in force for its owner now."""
    promise = ticket.promise or Promise.objects.filter(ticket=ticket).order_by("-number").first()
    if promise is not None:
        terms = version(promise.version_id)
        package = terms.policy.packages[promise.package.code]
    else:
        terms = in_force(now)
        package = package_of(ticket.organisation_id, policy=terms.policy, at=now)
    return TicketHours(terms, package, clock_for(terms.policy.calendar_of(package.code)))
