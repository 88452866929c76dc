"""Mounts the pages, the API, the admin and the checks."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.web.urls")),
    path("", include("packages.web.urls")),
    path("account/", include("allauth.urls")),
]
handler404 = "accounts.api.errors.not_found"
handler500 = "accounts.api.errors.server_error"
