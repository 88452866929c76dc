"""The demonstration's 404 is the portal's own: Django's would show its routes to whoever mistypes an address."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from accounts.api.errors import not_found


class NotFoundMiddleware:
    """Answers for Django, which shows its own page wherever DEBUG is on. It is the innermost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_unrouted = response.status_code == 404 and request.resolver_match is None
        return not_found(request, Http404()) if is_unrouted else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what a view did not find."""
        return not_found(request, exception) if isinstance(exception, Http404) else None
