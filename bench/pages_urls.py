"""The product's routes, and two pages with nothing in them: what a page costs before it says anything."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from accounts.web.guards import signed_in
from config.urls import urlpatterns as product


def empty_desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string('{% extends "admin/desk/base.html" %}').render({}, request))


@signed_in
def empty_portal(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string('{% extends "base.html" %}').render({}, request))


urlpatterns = [
    path("admin/empty/", admin.site.desk_view(empty_desk)),  # type: ignore[attr-defined]
    path("empty/", empty_portal),
    *product,
]
