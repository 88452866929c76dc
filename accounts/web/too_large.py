"""A request that is larger than the portal takes: said kindly, for what was typed is still in the browser."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.views import defaults

CHUNK = 64 * 1024
MOST_DRAINED = 64 * 1024 * 1024


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django refuses: 413 with the limit for what is too large, its own 400 for the rest."""
    if not isinstance(exception, RequestDataTooBig):
        return defaults.bad_request(request, exception)
    _drain(request)
    limit = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return render(request, "413.html", {"limit": limit}, status=413)


def _drain(request: HttpRequest) -> None:
    """Read the rest: a browser that still sends would show a broken connection instead of the answer."""
    left = MOST_DRAINED
    try:
        while left > 0 and request.read(CHUNK):
            left -= CHUNK
    except OSError:
        return
