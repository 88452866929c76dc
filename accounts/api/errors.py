"""The one shape of an error: `application/problem+json`, with one entry for each field that is wrong.

Source: RFC 9457; product description, "API".
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one part of the body: where (a JSON pointer, and the field's name), which rule, and words."""

    pointer: str
    field: str
    code: str
    message: str


class ProblemError(exceptions.APIException):
    """A refusal with a code that programs can read; `facts` are further members of the problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.code = code
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.facts = facts


def problem(
    status: int, code: str, detail: str, *, errors: Iterable[Fault] = (), facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the body of a problem. `type` leads to the page that explains the API."""
    body: dict[str, Any] = {
        "type": f"{settings.SITE_URL}/api/docs/#problem-{code.replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **(facts or {}),
    }
    faults = [asdict(fault) for fault in errors]
    if faults:
        body["errors"] = faults
    return body


def problem_details(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Word any refusal as a problem; an exception that nobody foresaw stays one, for the log and `server_error`."""
    known = _known(exc)
    if known is None:
        return None
    set_rollback()
    response = Response(_body(known), status=known.status_code, headers=_headers(known))
    # Set on the response, not by a renderer: what the client said it accepts must not turn a refusal into a 406.
    response.content_type = CONTENT_TYPE
    return response


def faults_of(details: Any, pointer: str = "") -> list[Fault]:
    """Return a serializer's errors as faults, in their order: `{"fields": {"waba_id": [...]}}` is `/fields/waba_id`."""
    found: list[Fault] = []
    if _is_message(details):
        return [Fault(pointer, _field(pointer), str(details["code"]), str(details["message"]))]
    if isinstance(details, Mapping):
        for name, inner in details.items():
            found += faults_of(inner, pointer if name == "non_field_errors" else pointer + pointer_to(name))
        return found
    for index, inner in enumerate(details):
        # A list of messages belongs to the field itself; a list of mappings is one of the field's items each.
        found += faults_of(inner, pointer if _is_message(inner) else f"{pointer}/{index}")
    return found


def pointer_to(*path: object) -> str:
    """Return the JSON pointer of a path: ("fields", "samples", 0) is "/fields/samples/0" (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: as a problem below /api/, as a page elsewhere."""
    if not request.path.startswith("/api/"):
        return defaults.page_not_found(request, exception)
    return _response(problem(404, "not_found", _("There is nothing at this address, or you may not see it.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500: as a problem below /api/, as a page elsewhere. The log has the cause under the request's id."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    return _response(problem(500, "server_error", _("Something went wrong on our side. Please try again in a moment.")))


def _is_message(details: Any) -> bool:
    """Tell one message from a mapping of fields, of which one may be called "message"."""
    return isinstance(details, Mapping) and set(details) == {"message", "code"} and isinstance(details["message"], str)


def _known(exc: Exception) -> exceptions.APIException | None:
    if isinstance(exc, Http404):
        return exceptions.NotFound(_("There is nothing at this address, or you may not see it."))
    if isinstance(exc, DjangoPermissionDenied):
        return exceptions.PermissionDenied(str(exc) or None)
    return exc if isinstance(exc, exceptions.APIException) else None


def _body(exc: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exc, ProblemError):
        return problem(exc.status_code, exc.code, str(exc.detail), errors=exc.errors, facts=exc.facts)
    if isinstance(exc, exceptions.ValidationError):
        detail = _("Some things are missing or wrong. Each is listed in errors.")
        return problem(exc.status_code, "invalid", detail, errors=faults_of(exc.get_full_details()))
    return problem(exc.status_code, str(exc.get_codes()), str(exc.detail))


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = dict(getattr(exc, "headers", {}))
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
    wait = getattr(exc, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(max(math.ceil(wait), 1))
    return headers


def _response(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(body), status=body["status"], content_type=CONTENT_TYPE)


def _field(pointer: str) -> str:
    """Return the name that a form would call it by: the code of a topic's field, or the part of the body."""
    parts = pointer.strip("/").split("/")
    return parts[1] if len(parts) > 1 and parts[0] == "fields" else parts[0]
