"""The API's description, for programs and as a page. Both are public and in English; the page needs no script."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView

from accounts.api.description import REFUSALS
from accounts.api.throttling import TokenThrottle
from tickets.api.reference import sections
from tickets.policy.escalation import Refusal
from tickets.wording import refusal, refusal_codes


@dataclass(frozen=True, slots=True)
class Code:
    """A code that a problem can have, as `type` links to it."""

    anchor: str
    code: str
    text: str


class Schema(SpectacularAPIView):
    """OpenAPI 3.1: YAML, or JSON with `?format=json`."""

    authentication_classes = []


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show how to use the API, each route, and what each code of a problem means."""
    context = {
        "sections": sections(),
        "statuses": [(status, HTTPStatus(status).phrase, text) for status, text in REFUSALS.items()],
        "codes": codes(),
        "site": settings.SITE_URL,
        "rate": TokenThrottle().get_rate(),
        "file_bytes": settings.ATTACHMENT_MAX_BYTES,
        "files": settings.ATTACHMENTS_MAX,
        "body_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    }
    return render(request, "api/docs.html", context)


def codes() -> list[Code]:
    """Return every code that a problem of the API can have, by name."""
    with translation.override("en"):
        known = {code: refusal(code) for code in refusal_codes() if "%(" not in refusal(code)}
    known |= {refusal_code.value: _ESCALATION for refusal_code in Refusal} | _GENERAL
    return [Code(code.replace("_", "-"), code, text) for code, text in sorted(known.items())]


_ESCALATION = "An escalation is not possible, or not now; the detail says why and what to do."
_GENERAL = {
    "authentication_failed": "The token is not valid.",
    "body_too_large": "The body is larger than the limit; most has it, in bytes.",
    "idempotency_key_invalid": "An Idempotency-Key has 1 to 255 characters.",
    "idempotency_key_reused": "The key was used for another request. Use a new one for each new request.",
    "invalid": "Some things are missing or wrong; errors has an entry for each.",
    "method_not_allowed": "This can't be done at this address.",
    "no_organisation": "The token belongs to no organisation.",
    "not_acceptable": "The answer can't be given in the type that Accept asks for.",
    "not_authenticated": "Send a token.",
    "not_found": "There is nothing at this address, or it may not be seen.",
    "parse_error": "The body can't be read.",
    "permission_denied": "This may not be done.",
    "scope_missing": "The token lacks the scope for this.",
    "server_error": "Something went wrong on our side. Try again in a moment.",
    "throttled": "Too many requests; Retry-After says in how many seconds to ask again.",
    "token_ended": "The token has ended. Issue a new one under Organisation.",
    "token_malformed": "Send the token as “Authorization: Bearer psp_…”.",
    "token_unknown": "The token is not known.",
    "unsupported_media_type": "The body is of a kind that is not taken here.",
}
