"""Tickets in any state, made directly, for tests of what may be escalated and by whom."""

import hashlib
import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from accounts.actor import actor_for
from accounts.models import Organisation, User
from packages.models import PolicyVersion, Topic
from packages.policy.severity import Severity
from packages.queries.policies import in_force, package_of
from tests.cast import LONG_AGO, NOW, Cast
from tests.shipped_policy import shipped_document
from tickets.actions import escalations
from tickets.actions.promising import give_promise
from tickets.models import Escalation, Promise, Ticket
from tickets.queries.offers import offer_of

_serial = count(1)


def make_ticket(organisation: Organisation, *, now: datetime = NOW, promised: bool = True, **facts: Any) -> Ticket:
    """Make a filed ticket with its promise. `facts` are columns of Ticket."""
    version = in_force(now)
    usual = {
        "reference": f"TK-{next(_serial):06d}",
        "organisation": organisation,
        "topic": Topic.objects.get(code=facts.pop("topic_code", "messaging_delays")),
        "form_version_id": version.id,
        "language": "en",
        "subject": "Messages arrive hours late",
        "description": "Since noon.",
        "environment": "production",
        "impact": "limited",
        "workaround": True,
        "severity": "standard",
        "severity_cause": "default",
        "filed_at": now,
        "status_since": now,
        "activity_at": now,
        "public_activity_at": now,
    }
    ticket = Ticket.objects.create(**{**usual, **facts})
    if promised:
        package = package_of(organisation, policy=version.policy, at=now)
        offer = offer_of(version, package, Severity(ticket.severity), started_at=now)
        give_promise(ticket, offer, cause=Promise.Cause.FILED, by=None, now=now)
        ticket.work_at = offer.due_at
        ticket.save()
    return ticket


def limit_tier(tier: str, monthly_limit: int | None) -> None:
    """Put a policy in force, from the beginning of the year, that gives a tier so many escalations a month."""
    document = json.loads(shipped_document())
    document["tiers"][tier]["monthly_limit"] = monthly_limit
    text = json.dumps(document)
    PolicyVersion.objects.create(
        number=2,
        state=PolicyVersion.State.PUBLISHED,
        starts_at=LONG_AGO + timedelta(days=1),
        document=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        made_at=LONG_AGO,
        published_at=LONG_AGO,
    )


def ask(
    ticket: Ticket, person: User, *, now: datetime = NOW, reason: str = "The shop is closed.", cause: str = "late"
) -> Escalation:
    """Ask for an escalation as a person."""
    return escalations.ask(ticket, cause=cause, reason=reason, by=actor_for(person), now=now)


def initiate(ticket: Ticket, person: User, *, now: datetime = NOW) -> Escalation:
    """Escalate as a growth manager, unasked."""
    reason = "Three days of silence."
    return escalations.initiate(ticket, cause="no_progress", reason=reason, by=actor_for(person), now=now)


def asked(cast: Cast, **facts: Any) -> Escalation:
    """Make a ticket of Meridian for which an escalation was asked."""
    return ask(make_ticket(cast.meridian, **facts), cast.owner)


def escalated(cast: Cast, **facts: Any) -> Escalation:
    """Make a ticket of Meridian that its growth manager escalated on request."""
    return escalations.escalate(asked(cast, **facts), by=actor_for(cast.growth), now=NOW)
