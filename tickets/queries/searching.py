"""Searching: which tickets hold all the words of a search, and the newest of them.

Source: product description, "The admin"; an internal note is found by who may read it alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, Value

from tickets.models import Ticket, TicketWords
from tickets.models.ticket import TicketQuerySet
from tickets.policy.words import Term, terms_of

NEWEST = 2_500  # tickets that are read before the index of words is asked: a word in one of fifty fills a page
COMMON = 200  # tickets that name a value
FEW = 5_000  # tickets of which all can be sorted
# By what is no column, so that the index of activity is not walked to its end.
_SORTED_NEWEST_FIRST = ((F("activity_at") + timedelta(0)).desc(), "-id")


def holding(text: str, *, with_internal: bool, at: str = "words__") -> Q:
    """Say "holds each of these words"; nothing does when there is neither letter nor digit in the text.

    `at` is the way to the words from what is filtered: from a ticket, or "" from the words themselves.
    """
    wanted = Q()
    for term in terms_of(text):
        found = _in(f"{at}public", term)
        wanted &= found | _in(f"{at}internal", term) if with_internal else found
    return wanted or Q(pk__in=[])


def newest_of(found: TicketQuerySet, asked: Q, size: int, *, after: tuple[datetime, int] | None = None) -> list[int]:
    """Return the ids of the `size` tickets with the newest activity among those of a search, after a place.

    `asked` says of the words what `found` is filtered by. A common word is found by reading the newest tickets, a rare
    one by the index of words. Which of the two it is, is tried and not guessed: the database's guess for the beginning
    of a word can be a hundred times wrong.
    """
    newest = _from(after, Ticket.objects.all()).order_by("-activity_at", "-id")
    bound = list(newest.values_list("activity_at", flat=True)[NEWEST : NEWEST + 1])
    found = _from(after, found).order_by("-activity_at", "-id")
    if not bound:
        return _ids(found, size)
    recent = _ids(found.filter(activity_at__gte=bound[0]), size)
    if len(recent) == size:
        return recent
    few = _ids_holding(asked, most=FEW + 1)
    return _ids(found, size) if len(few) > FEW else _ids(found.filter(pk__in=few).order_by(*_SORTED_NEWEST_FIRST), size)


def naming_any(values: Sequence[str], *, except_for: Ticket) -> list[int]:
    """Return the ids of other tickets that name one of these values, in internal notes as well. One query.

    A value that more than `COMMON` of them name, as a large partner's account, tells nothing and counts for nothing.
    """
    named = [_naming(value, place, except_for) for place, value in enumerate(values)]
    if not named:
        return []
    found: dict[int, list[int]] = {}
    for place, pk in named[0].union(*named[1:], all=True):
        found.setdefault(place, []).append(pk)
    return sorted({pk for ids in found.values() if len(ids) <= COMMON for pk in ids})


def _naming(value: str, place: int, except_for: Ticket) -> Any:
    holders = TicketWords.objects.filter(holding(value, with_internal=True, at="")).exclude(pk=except_for.pk)
    # SQLite takes no limit in the parts of a union, but it does below them.
    few = TicketWords.objects.filter(pk__in=holders.values("pk")[: COMMON + 1])
    return few.annotate(place=Value(place)).values_list("place", "pk")


def _ids_holding(asked: Q, *, most: int) -> list[int]:
    return list(TicketWords.objects.filter(asked).values_list("pk", flat=True)[:most])


def _ids(tickets: TicketQuerySet, size: int) -> list[int]:
    return list(tickets.values_list("pk", flat=True)[:size])


def _from(after: tuple[datetime, int] | None, tickets: TicketQuerySet) -> TicketQuerySet:
    if after is None:
        return tickets
    at, pk = after
    # The first condition is what the index can begin at.
    return tickets.filter(activity_at__lte=at).filter(Q(activity_at__lt=at) | Q(pk__lt=pk))


def _in(kind: str, term: Term) -> Q:
    wanted = Q(**{f"{kind}__holds": term}) if term.beginnings else Q()
    return wanted | Q(**{f"{kind}_identifiers__contains": term.part}) if term.part else wanted
