"""What a person says about themselves, and the end of what they can come in with."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.actions import audit
from accounts.models import ApiToken, User

PROFILE = ("name", "language", "timezone", "theme", "phone")


@transaction.atomic
def change_profile(person: User, *, by: User, now: datetime, **facts: str) -> User:
    """Change name, language, time zone, theme or phone number; record what really changed."""
    changed = {name: value for name, value in facts.items() if name in PROFILE and getattr(person, name) != value}
    if not changed:
        return person
    before = {name: getattr(person, name) for name in changed}
    for name, value in changed.items():
        setattr(person, name, value)
    person.save(update_fields=list(changed))
    audit.record("person.profile_changed", person, by=by, now=now, before=before, after=changed)
    return person


def end_access(person: User, *, now: datetime) -> None:
    """End a person's tokens and sessions, so that none lives again when they are switched on."""
    ApiToken.objects.filter(user=person, ends_at__gt=now).update(ends_at=now)
    for session in UserSession.objects.filter(user=person):
        session.end()
