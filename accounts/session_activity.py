"""When and from where a session was last seen, exact to five minutes."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

EXACT_TO = timedelta(minutes=5)


class SessionActivityMiddleware:
    """Does what allauth's does at each request, at most once in five minutes: reading a page should write nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and cache.add(f"seen:{key}", True, EXACT_TO.total_seconds()):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)
