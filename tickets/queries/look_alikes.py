"""Open tickets of the same organisation that look like the one being written."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from accounts.actor import Actor
from packages.policy.document import Topic
from packages.policy.fields import Kind
from tickets.models import Ticket

SHOWN = 3


def look_alikes(actor: Actor, topic: Topic, values: Mapping[str, Any]) -> list[Ticket]:
    """Return open tickets with the same number or ID first, then those of the same topic. One query.

    `values` are typed answers, as the validator read them.
    """
    if actor.organisation is None:
        return []
    same = Q(pk__in=[])
    for field in topic.fields:
        value = values.get(field.code)
        if field.identifies and field.kind in (Kind.PHONE, Kind.DIGITS) and isinstance(value, str):
            same |= Q(**{f"answers__{field.code}": value})
    return list(
        Ticket.objects.visible_to(actor)
        .open()
        .filter(Q(organisation=actor.organisation) | Q(client=actor.organisation))
        .filter(same | Q(topic__code=topic.code))
        .annotate(nearness=Case(When(same, then=Value(0)), default=Value(1), output_field=IntegerField()))
        .select_related("filed_by", "topic")
        .order_by("nearness", "-filed_at")[:SHOWN]
    )
