"""Puts the actor on the request and speaks the person's language in their time zone."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from accounts.actor import Actor, actor_for


class ActorMiddleware:
    """Sets `request.actor` (None for a visitor), the language (setting, then cookie, then browser) and the zone.

    The admin is in English: its pages are not translated.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        chosen = user.language if user.is_authenticated else ""
        language = chosen or translation.get_language_from_request(request)
        if request.path.startswith("/admin/"):
            language = "en"
        translation.activate(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
        timezone.activate(_zone(user.timezone if user.is_authenticated else request.COOKIES.get("timezone", "")))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response


def _actor(request: HttpRequest) -> Actor | None:
    return actor_for(request.user) if request.user.is_authenticated else None


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name or "Europe/Berlin")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo("Europe/Berlin")
