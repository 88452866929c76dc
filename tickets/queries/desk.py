"""Support's queue: its views with their counts, its filters, its search, and one page of it at a time.

Source: data model, "Working order"; product description, "The admin".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_datetime

from accounts.actor import Actor
from accounts.models import Organisation
from tickets.models import Heartbeat, Promise, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.policy.cleaning import storable
from tickets.policy.lifecycle import OPEN, Status
from tickets.queries.promise_state import READ
from tickets.queries.searching import holding, newest_of

PAGE = 25  # rows: more than a screen holds
SHOWN = (
    "reference", "version", "severity", "subject", "is_escalated", "status", "client_name", "language", "work_at",
    "merged_into_id", "activity_at", "organisation__name", "organisation__kind", "organisation__tier",
    "organisation__partner__kind", "organisation__partner__tier", "client__name", "promise__package_id",
    "assignee__name", "assignee__email", *(f"promise__{name}" for name in READ),
)  # fmt: skip
OPEN_VIEWS = ("open", "mine", "nobody", "close", "late", "escalated", "information")
VIEWS = (*OPEN_VIEWS, "ended")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the queue is narrowed to; an empty word narrows nothing. Values that nobody knows find nothing.

    `assignee` is a user's id, "me" or "nobody"; `state` one of running, close, late, kept, missed, stopped;
    `organisation` is part of a name, the owner's or the affected client's.
    """

    view: str = "open"
    q: str = ""
    package: str = ""
    tier: str = ""
    severity: str = ""
    topic: str = ""
    language: str = ""
    organisation: str = ""
    assignee: str = ""
    state: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Narrowing":
        """Read the address's parameters; only the known names count, so that no other column can be asked."""
        known = {one.name: storable(str(given.get(one.name, ""))).strip()[:200] for one in fields(cls)}
        if known["view"] not in VIEWS:
            known["view"] = "open"
        return cls(**known)

    def parameters(self, **changes: str) -> dict[str, str]:
        """Return the address's parameters for this narrowing with changes, without what says nothing."""
        said = {one.name: getattr(self, one.name) for one in fields(self)} | changes
        return {name: value for name, value in said.items() if value and (name, value) != ("view", "open")}

    @property
    def is_search(self) -> bool:
        return bool(self.q)

    @property
    def by_activity(self) -> bool:
        """Is the newest activity first? So it is where the working order says nothing: ended ones, a search."""
        return self.is_search or self.view == "ended"


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in order; `after` continues with the next ones, "" when these are the last."""

    tickets: Sequence[Ticket]
    after: str


def narrowed(actor: Actor, narrowing: Narrowing, *, now: datetime) -> TicketQuerySet:
    """Return the tickets of a view, filtered and searched. A search looks at ended ones as well, unless in a view."""
    tickets = Ticket.objects.visible_to(actor)
    if narrowing.view == "ended":
        tickets = tickets.exclude(status__in=sorted(OPEN))
    elif not narrowing.is_search or narrowing.view != "open":
        tickets = tickets.open().filter(_view(narrowing.view, actor, now))
    if narrowing.is_search:
        tickets = tickets.filter(holding(narrowing.q, with_internal=True))
    return tickets.filter(_filters(narrowing, actor, now))


def page_of(tickets: TicketQuerySet, narrowing: Narrowing, *, after: str = "") -> Page:
    """Return the rows that follow `after`, with all that a row shows. Six queries at most, never an offset.

    First which they are, then what they show: the one is found in an index, and the other is no matter of how many.
    """
    if narrowing.is_search:
        at, pk = _position(after)
        place = (at, pk) if at is not None and pk is not None else None
        ids = newest_of(tickets, holding(narrowing.q, with_internal=True, at=""), PAGE + 1, after=place)
    elif narrowing.by_activity:
        ids = _newest(tickets, after, PAGE)
    else:
        ids = _in_order(tickets, after, PAGE)
    found = _rows(ids[:PAGE])
    return Page(found, _cursor(found[-1], narrowing) if ids[PAGE:] and found else "")


def _rows(ids: Sequence[int]) -> list[Ticket]:
    """Read what rows show and nothing else: most of a page's time would go into columns that nobody sees."""
    shown = Ticket.objects.select_related("organisation__partner", "client", "promise", "assignee").only(*SHOWN)
    # There are two or three packages: a join would cost more than asking for them.
    found = shown.prefetch_related("promise__package").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def counts(actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Return how many open tickets each view and language has.

    Two queries, each of an index alone: of what is open, and of what is late or close among the promises that run.
    """
    groups = (
        Ticket.objects.visible_to(actor)
        .open()
        .values("language")
        .annotate(
            open=Count("status"),
            mine=Count("status", filter=Q(assignee=actor.user)),
            nobody=Count("status", filter=Q(assignee=None)),
            escalated=Count("status", filter=Q(is_escalated=True)),
            information=Count("status", filter=Q(status=Status.NEEDS_INFORMATION)),
        )
        .order_by("language")
    )
    rows = list(groups)
    views = {name: sum(row[name] for row in rows) for name in ("open", "mine", "nobody", "escalated", "information")}
    # A promise runs only while its ticket is open, and support sees every one.
    pressing = Promise.objects.filter(outcome=None, close_at__lte=now)
    views |= pressing.aggregate(
        late=Count("close_at", filter=Q(due_at__lte=now)), close=Count("close_at", filter=Q(due_at__gt=now))
    )
    return {"views": views, "languages": {row["language"]: row["open"] for row in rows}}


def kept_share(*, since: datetime) -> float | None:
    """Return the share of promises kept among those answered or missed since then, in per cent; None without any."""
    settled = (Promise.Outcome.KEPT, Promise.Outcome.MISSED)
    ended = Promise.objects.filter(ended_at__gte=since, outcome__in=settled)
    found = ended.aggregate(
        kept=Count("pk", filter=Q(outcome=Promise.Outcome.KEPT)),
        missed=Count("pk", filter=Q(outcome=Promise.Outcome.MISSED)),
    )
    total = found["kept"] + found["missed"]
    return 100 * found["kept"] / total if total else None


def last_run(job: str = "timers") -> datetime | None:
    """Return when a recurring job last ran; None if it never did."""
    return Heartbeat.objects.filter(job=job).values_list("at", flat=True).first()


def _view(view: str, actor: Actor, now: datetime) -> Q:
    return {
        "open": Q(),
        "mine": Q(assignee=actor.user),
        "nobody": Q(assignee=None),
        "close": _STATES["close"](now),
        "late": _STATES["late"](now),
        "escalated": Q(is_escalated=True),
        "information": Q(status=Status.NEEDS_INFORMATION),
    }[view]


# Whether a promise is close or late is never stored: it follows from its instants when it is read.
_STATES: dict[str, Any] = {
    "running": lambda now: Q(promise__outcome=None, promise__close_at__gt=now),
    "close": lambda now: Q(promise__outcome=None, promise__due_at__gt=now, promise__close_at__lte=now),
    "late": lambda now: Q(promise__outcome=None, promise__due_at__lte=now),
    "kept": lambda now: Q(promise__outcome=Promise.Outcome.KEPT),
    "missed": lambda now: Q(promise__outcome=Promise.Outcome.MISSED),
    "stopped": lambda now: Q(status=Status.NEEDS_INFORMATION),
}
STATES = tuple(_STATES)


def _filters(narrowing: Narrowing, actor: Actor, now: datetime) -> Q:
    wanted = Q()
    if narrowing.package:
        wanted &= Q(promise__package__code=narrowing.package)
    if narrowing.tier:
        wanted &= Q(organisation__in=_of_tier("" if narrowing.tier == "none" else narrowing.tier))
    if narrowing.severity:
        wanted &= Q(severity=narrowing.severity)
    if narrowing.topic:
        wanted &= Q(topic__code=narrowing.topic)
    if narrowing.language:
        wanted &= Q(language=narrowing.language)
    if narrowing.organisation:
        name = narrowing.organisation
        named = Organisation.objects.filter(name__icontains=name).values("pk")
        wanted &= Q(organisation__in=named) | Q(client__in=named) | Q(client_name__icontains=name)
    if narrowing.state:
        wanted &= _STATES[narrowing.state](now) if narrowing.state in _STATES else Q(pk=None)
    return wanted & _assigned(narrowing.assignee, actor)


def _of_tier(tier: str) -> QuerySet[Any]:
    """Return the partners of a tier and their clients; without a tier, those of no partner as well."""
    partners = Organisation.objects.filter(kind="partner", tier=tier).values("pk")
    clients = Q(partner__in=partners) | (Q() if tier else Q(partner=None))
    return Organisation.objects.filter(Q(pk__in=partners) | Q(kind="client") & clients).values("pk")


def _assigned(assignee: str, actor: Actor) -> Q:
    if not assignee:
        return Q()
    if assignee == "nobody":
        return Q(assignee=None)
    if assignee == "me":
        return Q(assignee=actor.user)
    return (
        Q(assignee_id=int(assignee)) if assignee.isascii() and assignee.isdigit() and len(assignee) < 16 else Q(pk=None)
    )


def _in_order(rows: TicketQuerySet, after: str, size: int) -> list[int]:
    """Read on in working order. Those without a place come last, by a second question: the index has them so."""
    at, pk = _position(after)
    ids = rows.in_working_order().values_list("pk", flat=True)
    if pk is None:
        return list(ids[: size + 1])
    if at is None:
        return list(ids.filter(work_at=None, pk__gt=pk)[: size + 1])
    # The first condition is what the index can begin at.
    found = list(ids.filter(work_at__gte=at).filter(Q(work_at__gt=at) | Q(pk__gt=pk))[: size + 1])
    return found + list(ids.filter(work_at=None)[: size + 1 - len(found)]) if len(found) <= size else found


def _newest(rows: TicketQuerySet, after: str, size: int) -> list[int]:
    at, pk = _position(after)
    if at is not None:
        rows = rows.filter(activity_at__lte=at).filter(Q(activity_at__lt=at) | Q(pk__lt=pk))
    return list(rows.order_by("-activity_at", "-id").values_list("pk", flat=True)[: size + 1])


def _cursor(last: Ticket, narrowing: Narrowing) -> str:
    at = last.activity_at if narrowing.by_activity else last.work_at
    return f"{at.isoformat() if at else ''}~{last.pk}"


def _position(after: str) -> tuple[datetime | None, int | None]:
    """Read a cursor; one that can't be read begins anew."""
    text, _, number = after.partition("~")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None, None
    try:
        at = parse_datetime(text) if text else None
        if text and (at is None or at.tzinfo is None):
            return None, None
        return at.astimezone(UTC) if at is not None else None, int(number)
    except (ValueError, OverflowError):  # near the ends of the calendar an offset leads out of it
        return None, None
