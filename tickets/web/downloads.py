"""Files of tickets: sent as what they were found to be when they came, and never as something a browser would run."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.web.guards import actor_of, signed_in
from tickets.policy.uploads import INLINE
from tickets.queries.access import attachment_or_404

# Nothing in a file may load, run or submit anything, should a browser show it as a page after all.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
@signed_in
def download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Send a file that the actor may see: a picture to be shown, anything else to be kept."""
    attachment = attachment_or_404(actor_of(request), pk)
    try:
        stored = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    is_shown = attachment.content_type in INLINE and "download" not in request.GET
    response = FileResponse(
        stored,
        as_attachment=not is_shown,
        filename=attachment.name,
        content_type=attachment.content_type if is_shown else _kept_as(attachment.content_type),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # A file never changes, but who may see it can: a browser keeps it for minutes, a shared cache never.
    response["Cache-Control"] = "private, max-age=300"
    return response


def _kept_as(content_type: str) -> str:
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type
