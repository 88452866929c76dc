"""How people want to be told: the only reader of their choices."""

from collections.abc import Collection

from accounts.actor import Actor
from accounts.policy.roles import Role
from tickets.models import NoticeChoice
from tickets.policy.notices import Kind, Way, bound_to, kinds_for, way_of


def ways_of(actor: Actor) -> dict[Kind, Way]:
    """Return how a person is told of each kind that they are ever told of, in the order to show. One query."""
    found = NoticeChoice.objects.filter(user=actor.user).values_list("kind", "way")
    chosen = {Kind(kind): Way(way) for kind, way in found}
    bound = bound_to(actor.role, is_admin=actor.is_admin)
    return {kind: way_of(chosen.get(kind, Way.NOW), is_bound=kind in bound) for kind in kinds_for(actor.role)}


def ways_for(people: Collection[int], kinds: Collection[Kind]) -> dict[tuple[int, Kind], Way]:
    """Return how some people, by their id, are told of some kinds; who is missing is told `NOW`. One query."""
    rows = NoticeChoice.objects.filter(user__in=people, kind__in=kinds).select_related("user__membership")
    return {(row.user_id, Kind(row.kind)): _way(row) for row in rows}


def _way(row: NoticeChoice) -> Way:
    membership = getattr(row.user, "membership", None)
    bound = bound_to(Role(row.user.role), is_admin=membership is not None and membership.is_admin)
    return way_of(Way(row.way), is_bound=Kind(row.kind) in bound)
