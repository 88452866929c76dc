"""Lists by page: a cursor stands between two rows, so that what is added meanwhile moves none."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import invalid
from accounts.api.errors import Fault

USUAL, MOST = 50, 200


def paged(
    rows: QuerySet[Any], request: Request, represent: Callable[[list[Any]], list[Any]], *, by: str, latest_first: bool
) -> Response:
    """Answer with one page of rows in the order of the instant `by` and their ids.

    `?limit=` is how many, `?cursor=` comes from `next`, which is null on the last page. Raises: ProblemError.
    """
    limit = _limit(request.query_params.get("limit"))
    cursor = request.query_params.get("cursor")
    if cursor:
        rows = rows.filter(_beyond(cursor, by, latest_first))
    sign = "-" if latest_first else ""
    found: list[Model] = list(rows.order_by(f"{sign}{by}", f"{sign}id")[: limit + 1])
    page, following = found[:limit], None
    if len(found) > limit:
        following = _address(request, _cursor(getattr(page[-1], by), page[-1].pk))
    headers = {"Link": f'<{following}>; rel="next"'} if following else None
    return Response({"results": represent(page), "next": following}, headers=headers)


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= MOST):
        raise _wrong("limit", _("Give a number from 1 to %(most)d.") % {"most": MOST})
    return int(text)


def _beyond(cursor: str, by: str, latest_first: bool) -> Q:
    try:
        text, pk = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or type(pk) is not int or not 0 <= pk < 2**63:
            raise ValueError(cursor)
        at = at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise _wrong("cursor", _("This cursor is not one of ours. Take it from next, or leave it out.")) from error
    direction = "lt" if latest_first else "gt"
    return Q(**{f"{by}__{direction}": at}) | Q(**{by: at, f"id__{direction}": pk})


def _cursor(at: datetime, pk: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), pk]).encode()).decode().rstrip("=")


def _address(request: Request, cursor: str) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _wrong(parameter: str, message: str) -> Exception:
    return invalid([Fault("", parameter, "invalid", message)])
