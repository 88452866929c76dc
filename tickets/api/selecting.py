"""Which tickets a list holds: the filters of its address, each checked."""

import re
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from accounts.actor import Actor
from accounts.api.bodies import invalid
from accounts.api.errors import Fault
from accounts.queries.access import visible_organisations
from packages.policy.severity import Severity
from tickets.models import Ticket
from tickets.policy.cleaning import storable
from tickets.policy.lifecycle import Status
from tickets.queries.overview import Criteria, View, in_rows, listed

LONGEST_SEARCH = 200
MOST_ID = 2**63 - 1

FILTERS = [
    OpenApiParameter("status", str, description="One or more, with commas.", many=False),
    OpenApiParameter("severity", str, description="One or more, with commas.", many=False),
    OpenApiParameter("topic", str, description="One or more codes, with commas.", many=False),
    OpenApiParameter("organisation", int, description="The owner, by id."),
    OpenApiParameter("client", int, description="The affected client, by id."),
    OpenApiParameter("updated_since", OpenApiTypes.DATETIME, description="Only those that changed at or after this."),
    OpenApiParameter("search", str, description="Words, all of which stand in the ticket or in what was said on it."),
]


def selected(actor: Actor, request: Request) -> QuerySet[Ticket]:
    """Return the tickets that an actor may see and that the address asks for. Raises: ProblemError."""
    query = request.query_params
    text = storable(query.get("search", ""))[:LONGEST_SEARCH]
    near = None if actor.is_staff else list(visible_organisations(actor).values_list("pk", flat=True))
    tickets = in_rows(listed(actor, Criteria(view=View.ALL, text=text), near))
    tickets = tickets.filter(_among(request, "status", "status", tuple(Status)))
    tickets = tickets.filter(_among(request, "severity", "severity", tuple(Severity)))
    tickets = tickets.filter(_among(request, "topic", "topic__code", None))
    for name in ("organisation", "client"):
        if name in query:
            tickets = tickets.filter(**{f"{name}_id": _id(name, query[name])})
    if "updated_since" in query:
        tickets = tickets.filter(public_activity_at__gte=_instant("updated_since", query["updated_since"]))
    return tickets


def _among(request: Request, name: str, column: str, known: tuple[str, ...] | None) -> Q:
    if name not in request.query_params:
        return Q()
    words = [word.strip() for word in request.query_params[name].split(",") if word.strip()]
    wrong = [word for word in words if (word not in known if known else not re.fullmatch(r"[a-z0-9_]{1,50}", word))]
    if wrong or not words:
        choices = ", ".join(known) if known else _("the codes of topics")
        raise _wrong(name, _("Choose one or more of: %(choices)s.") % {"choices": choices})
    return Q(**{f"{column}__in": words})


def _id(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= MOST_ID):
        raise _wrong(name, _("Give the id, a whole number."))
    return int(text)


def _instant(name: str, text: str) -> datetime:
    try:
        # A plus sign in an address that was not encoded arrives as a space.
        at = datetime.fromisoformat(text.replace(" ", "+"))
        if at.tzinfo is None or not 1900 < at.year < 9000:
            raise ValueError(text)
    except ValueError as error:
        raise _wrong(name, _("Give an instant with its zone, such as 2026-11-24T09:12:00Z.")) from error
    return at


def _wrong(parameter: str, message: str) -> Exception:
    return invalid([Fault("", parameter, "invalid", message)])
