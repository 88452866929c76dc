"""A person says what they want to be told of by mail, and how."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actions import audit
from accounts.actor import Actor
from tickets.models import NoticeChoice
from tickets.policy.notices import Kind, Way, bound_to
from tickets.queries.notice_choices import ways_of


class MustBeTold(ValueError):
    """The person's role includes being told of this kind."""


@transaction.atomic
def choose_notices(chosen: Mapping[Kind, Way], *, by: Actor, now: datetime) -> None:
    """Keep a person's choices, and record what really changed. What is not named stays.

    Raises: MustBeTold.
    """
    assert by.user is not None  # choices are a person's
    bound = bound_to(by.role, is_admin=by.is_admin)
    if any(way is Way.NOTHING and kind in bound for kind, way in chosen.items()):
        raise MustBeTold
    before = ways_of(by)
    changed = {kind: way for kind, way in chosen.items() if before.get(kind) is not way}
    for kind, way in changed.items():
        if way is Way.NOW:
            NoticeChoice.objects.filter(user=by.user, kind=kind).delete()
        else:
            NoticeChoice.objects.update_or_create(user=by.user, kind=kind, defaults={"way": way})
    if changed:
        audit.record(
            "person.notices_changed",
            by.user,
            by=by.user,
            now=now,
            before={kind: before.get(kind, Way.NOW) for kind in changed},
            after={kind.value: way.value for kind, way in changed.items()},
        )
