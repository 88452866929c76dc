"""How a route is described: its words, its shapes and its refusals. The description itself is in English."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

CODES = [code for code, _name in settings.LANGUAGES]
LANGUAGE = OpenApiParameter(
    "language", str, enum=CODES, description="The language of names and messages; `Accept-Language` otherwise."
)
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="1 to 255 characters of your own. Sent again with the same key, the request happens once.",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER,
    description="The `ETag` that you read. If the ticket changed since, nothing happens and it is 412.",
)  # fmt: skip
PAGE = [
    OpenApiParameter("cursor", str, description="From `next` of the page before."),
    OpenApiParameter("limit", int, description="Rows a page: 1 to 200, 50 unless told."),
]
REFUSALS = {
    400: "Something is missing or wrong: `errors` has an entry for each.",
    401: "No token, or one that is not valid.",
    403: "It may be seen, but not done by this token.",
    404: "There is nothing at this address, or it may not be seen: the answer is the same.",
    405: "This can't be done here.",
    409: "It does not fit how things stand now.",
    412: "The ticket changed since it was read.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken here.",
    422: "The `Idempotency-Key` was used for another request.",
    429: "Too many requests; `Retry-After` says when to ask again.",
}


class FaultShape(serializers.Serializer):
    """What is wrong with one part of the body."""

    pointer = serializers.CharField(help_text="A JSON pointer into the body; empty: the body as a whole.")
    field = serializers.CharField(help_text="The code of the field, or the name of the member or parameter.")
    code = serializers.CharField(help_text="The rule, for programs.")
    message = serializers.CharField(help_text="What is wrong and what would be right, for people.")


class Problem(serializers.Serializer):
    """A refusal (RFC 9457). Some codes have further members."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FaultShape(many=True, required=False)  # type: ignore[assignment]


def described(
    summary: str,
    answer: Any,
    *,
    tag: str,
    status: int = 200,
    body: Any = None,
    parameters: Iterable[OpenApiParameter] = (),
    refusals: Iterable[int] = (),
    media: str = "application/json",
    said: str = "",
) -> Callable[[Any], Any]:
    """Describe one method of a view. `refusals` are those beyond 401, 403 and 429; with a body there are more.

    `media` is of the answer; `said` describes it where there is no shape to show.
    """
    codes = {400, 401, 403, 429, *refusals}
    if body is not None:
        codes |= {413, 415, 422}
    given = [*parameters, KEY] if body is not None else list(parameters)
    content = answer if answer is not None else OpenApiTypes.BINARY
    responses: dict[Any, Any] = {(status, media): OpenApiResponse(content, said) if said else content}
    for code in sorted(codes):
        responses[(code, "application/problem+json")] = OpenApiResponse(Problem, REFUSALS[code])
    return extend_schema(
        operation_id=slugify(summary).replace("-", "_"),
        summary=summary,
        tags=[tag],
        request=body,
        responses=responses,
        parameters=given,
    )
