"""The list of an organisation's own tickets: views with their counts, search, filters, order, pages.

Everything here reads only what everybody on a ticket may see: public words and `public_activity_at`, so that an
internal note moves no row and finds none.
Source: product description, "The portal", 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from accounts.actor import Actor
from accounts.policy.roles import Role
from packages.policy.severity import Severity
from tickets.models import Escalation, Ticket
from tickets.policy.lifecycle import ENDED, OPEN, Status, Turn, turn
from tickets.queries.promise_state import READ
from tickets.queries.searching import holding

PARTNERS_TURN = sorted(status for status in Status if turn(status) is Turn.PARTNER)
SUPPORTS_TURN = sorted(status for status in Status if turn(status) is Turn.SUPPORT)


# Nothing else is read: most of a page's time would go into columns that no row shows.
SHOWN = (
    "reference", "subject", "severity", "status", "is_escalated", "client_name", "merged_into_id", "filed_at",
    "public_activity_at", "organisation__name", "client__name", "topic__code",
    *(f"promise__{name}" for name in READ),
)  # fmt: skip


class View(StrEnum):
    """The tabs above the list."""

    YOUR_TURN = "your-turn"
    OPEN = "open"
    SUPPORT = "support"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    ALL = "all"


# The states of a view's tickets. Of the escalated ones, only those count that are.
_STATUSES = {
    View.YOUR_TURN: PARTNERS_TURN,
    View.OPEN: sorted(OPEN),
    View.SUPPORT: SUPPORTS_TURN,
    View.ESCALATED: sorted(OPEN),
    View.RESOLVED: sorted(ENDED),
    View.ALL: sorted(Status),
}


class Sort(StrEnum):
    """What the rows are ordered by; a minus in front of it in the address turns it round."""

    TURN = "turn"  # your turn first, then the latest activity
    ACTIVITY = "activity"
    FILED = "filed"
    SEVERITY = "severity"
    STATUS = "status"
    DUE = "due"  # running promises by their deadline


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a person looks for. Empty texts and None filter nothing."""

    view: View = View.OPEN
    text: str = ""
    organisation: int | None = None  # the affected client, or the owner
    topic: str = ""
    severity: str = ""
    status: str = ""
    language: str = ""
    sort: Sort = Sort.TURN
    reverse: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Is there more than a view and an order?"""
        return self != Criteria(view=self.view, sort=self.sort, reverse=self.reverse)

    @property
    def without_filters(self) -> "Criteria":
        return Criteria(view=self.view, sort=self.sort, reverse=self.reverse)

    def seen_as(self, view: View) -> "Criteria":
        return replace(self, view=view)


def listed(actor: Actor, criteria: Criteria, organisations: Sequence[int] | None) -> QuerySet[Ticket]:
    """Return the tickets that an actor may see and that fit, in no order yet.

    `organisations` are the ids of those that the actor may see; None for support, which sees all.
    """
    tickets = _visible(actor, organisations).filter(_in_view(criteria.view, actor))
    if criteria.text:
        tickets = tickets.filter(holding(criteria.text, with_internal=False))
    if criteria.organisation is not None:
        own = Q(client=None, client_name="", organisation=criteria.organisation)
        tickets = tickets.filter(Q(client=criteria.organisation) | own)
    if criteria.topic:
        tickets = tickets.filter(topic__code=criteria.topic)
    for name in ("severity", "status", "language"):
        if value := getattr(criteria, name):
            tickets = tickets.filter(**{name: value})
    return tickets


def counts(actor: Actor, organisations: Sequence[int]) -> dict[View, int]:
    """Return how many tickets each view holds; `organisations` as for `listed`. One query, two for a growth manager."""
    groups = list(_visible(actor, organisations).values_list("status", "is_escalated").annotate(Count("pk")).order_by())
    found = {
        view: sum(n for status, escalated, n in groups if status in held and (escalated or view is not View.ESCALATED))
        for view, held in _STATUSES.items()
    }
    if is_a_managers(actor):
        found[View.YOUR_TURN] = _visible(actor, organisations).filter(_in_view(View.YOUR_TURN, actor)).count()
    return found


def _visible(actor: Actor, organisations: Sequence[int] | None) -> QuerySet[Ticket]:
    """Return what an actor may see, found by index: the ids say nothing new, but spare reading everybody's tickets."""
    if organisations is None:
        return Ticket.objects.visible_to(actor)
    near = Q(organisation_id__in=organisations) | Q(client_id__in=organisations)
    return Ticket.objects.visible_to(actor).filter(near)


def is_a_managers(actor: Actor) -> bool:
    """Does the actor look on as a growth manager? Their turn is a request to decide on."""
    return actor.role is Role.GROWTH_MANAGER


def ordered(tickets: QuerySet[Ticket], criteria: Criteria, actor: Actor) -> QuerySet[Ticket]:
    """Return the tickets in the order asked for; equal ones by their latest activity."""
    keys = _keys(criteria)
    return _annotated(tickets, criteria.sort, actor).order_by(
        *(F(key.name).desc() if key.descends else F(key.name).asc() for key in keys)
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows. `before` and `after` are the places that the pages around continue from; None where the list ends."""

    rows: Sequence[Ticket]
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None


def page(
    tickets: QuerySet[Ticket],
    criteria: Criteria,
    actor: Actor,
    *,
    size: int,
    after: Sequence[object] | None = None,
    before: Sequence[object] | None = None,
) -> Page:
    """Return the rows after (or before) a place in the order; the place need not exist any more.

    Two queries: which ones, and what their rows show, so that nothing is fetched for those that are not shown.

    A place holds a row's values of the order's keys, as `place_of` gives them.
    """
    keys = _keys(criteria)
    rows = _annotated(tickets, criteria.sort, actor)
    backwards = before is not None
    place = before if backwards else after
    if place is not None:
        rows = rows.filter(_beyond(keys, place, backwards=backwards))
    rows = rows.order_by(*(F(k.name).desc() if k.descends is not backwards else F(k.name).asc() for k in keys))
    ids = list(rows.values_list("pk", flat=True)[: size + 1])
    more, ids = len(ids) > size, ids[:size]
    shown = _annotated(Ticket.objects.filter(pk__in=ids), criteria.sort, actor)
    found = sorted(_with_what_rows_show(shown), key=lambda ticket: ids.index(ticket.pk))
    if backwards:
        found.reverse()
    has_earlier = more if backwards else after is not None
    has_later = True if backwards else more
    return Page(
        rows=found,
        before=place_of(found[0], criteria) if found and has_earlier else None,
        after=place_of(found[-1], criteria) if found and has_later else None,
    )


def place_of(ticket: Ticket, criteria: Criteria) -> tuple[str, ...]:
    """Return where a listed ticket stands in the order, as texts."""
    values = (getattr(ticket, key.name) for key in _keys(criteria))
    return tuple(value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values)


def place_from(texts: Sequence[str], criteria: Criteria) -> tuple[object, ...] | None:
    """Return the place that `place_of` wrote down; None when the texts are none of this order."""
    keys = _keys(criteria)
    if len(texts) != len(keys):
        return None
    try:
        return tuple(
            _instant(text) if key.is_instant else int(text[:18]) for key, text in zip(keys, texts, strict=True)
        )
    except (ValueError, OverflowError):  # near the ends of the calendar an offset leads out of it
        return None


def in_rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return the tickets with what a line of the export shows, without a query for each."""
    return tickets.select_related("organisation", "client", "topic", "promise__package", "promise__version").defer(
        "promise__version__document", "description", "answers", "typed"
    )


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant has a zone")
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    descends: bool = False
    is_instant: bool = False


_LATEST = (_Key("public_activity_at", descends=True, is_instant=True), _Key("id", descends=True))
_ORDERS = {
    Sort.TURN: (_Key("turn_rank"), *_LATEST),
    Sort.ACTIVITY: _LATEST,
    Sort.FILED: (_Key("filed_at", descends=True, is_instant=True), _Key("id", descends=True)),
    Sort.SEVERITY: (_Key("severity_rank"), *_LATEST),
    Sort.STATUS: (_Key("status_rank"), *_LATEST),
    Sort.DUE: (_Key("due_rank"), _Key("due_or_filed", is_instant=True), _Key("id")),
}


def _keys(criteria: Criteria) -> tuple[_Key, ...]:
    keys = _ORDERS[criteria.sort]
    if not criteria.reverse:
        return keys
    return tuple(replace(key, descends=not key.descends) for key in keys)


def _annotated(tickets: QuerySet[Ticket], sort: Sort, actor: Actor) -> QuerySet[Ticket]:
    if sort is Sort.TURN:
        mine = _in_view(View.YOUR_TURN, actor)
        ranks = [When(mine, then=Value(0)), When(status__in=sorted(OPEN), then=Value(1))]
        return tickets.annotate(turn_rank=_rank(ranks, other=2))
    if sort is Sort.SEVERITY:
        return tickets.annotate(severity_rank=_rank([When(severity=one, then=Value(one.rank)) for one in Severity]))
    if sort is Sort.STATUS:
        places = [When(status=one, then=Value(place)) for place, one in enumerate(Status)]
        return tickets.annotate(status_rank=_rank(places))
    if sort is Sort.DUE:
        runs = Q(promise__isnull=False, promise__outcome=None)
        return tickets.annotate(
            due_rank=_rank([When(runs, then=Value(0))], other=1),
            due_or_filed=Coalesce(F("promise__due_at"), F("filed_at")),
        )
    return tickets


def _rank(places: list[When], *, other: int = 9) -> Case:
    return Case(*places, default=Value(other), output_field=IntegerField())


def _beyond(keys: Sequence[_Key], place: Sequence[object], *, backwards: bool) -> Q:
    """Say "later in the order than this place": the first key beyond, or equal and the second beyond, and so on."""
    beyond, equal = Q(), Q()
    for key, value in zip(keys, place, strict=True):
        comparison = "lt" if key.descends is not backwards else "gt"
        beyond |= equal & Q(**{f"{key.name}__{comparison}": value})
        equal &= Q(**{key.name: value})
    return beyond


def _in_view(view: View, actor: Actor) -> Q:
    if view is View.YOUR_TURN and is_a_managers(actor):
        asked = Escalation.objects.filter(ticket=OuterRef("pk"), state=Escalation.State.ASKED)
        return Q(Exists(asked))
    if view is View.ALL:
        return Q()
    held = Q(status__in=_STATUSES[view])
    return held & Q(is_escalated=True) if view is View.ESCALATED else held


def _with_what_rows_show(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.select_related("organisation", "client", "topic", "promise").only(*SHOWN)
