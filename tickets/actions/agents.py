"""Say what a person of support works on, and when they are away."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.actor import Actor
from accounts.models import User
from accounts.policy.roles import May
from packages.models import Topic
from tickets.actions.change import Forbidden, NotNow
from tickets.models import AgentProfile


@transaction.atomic
def change_agent(
    person: User,
    *,
    languages: Collection[str],
    topics: Collection[str],
    away_from: date | None,
    away_until: date | None,
    by: Actor,
    now: datetime,
) -> AgentProfile:
    """Replace what is known of an agent; no languages or no topics (codes) means all. Recorded, if anything changed.

    The days of an absence are the person's own, both included.

    Raises: Forbidden, if an agent changes somebody else; NotNow, for an absence without an end, or one that ends first.
    """
    if by.user is None or not (by.may(May.LEAD) or (by.may(May.TRIAGE) and by.user.pk == person.pk)):
        raise Forbidden("support_only")
    if (away_from is None) is not (away_until is None) or (away_from and away_until and away_until < away_from):
        raise NotNow("absence_unclear")
    profile, _ = AgentProfile.objects.select_for_update().get_or_create(user=person)
    before = _facts(profile)
    profile.languages, profile.away_from, profile.away_until = sorted(languages), away_from, away_until
    profile.save()
    profile.topics.set(Topic.objects.filter(code__in=topics))
    after = _facts(profile)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        audit.record(
            "agent.changed", person, by=by.user, now=now,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip
    return profile


def _facts(profile: AgentProfile) -> dict[str, Any]:
    return {
        "languages": list(profile.languages),
        "topics": sorted(profile.topics.values_list("code", flat=True)),
        "away_from": profile.away_from.isoformat() if profile.away_from else None,
        "away_until": profile.away_until.isoformat() if profile.away_until else None,
    }
