"""Mounts the pages, the API, the admin and the checks."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config.health import healthz, readyz
from config.metrics import metrics

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("", include("accounts.web.urls")),
    path("", include("packages.web.urls")),
    path("", include("tickets.web.urls")),
    path("", include("packages.api.urls")),
    path("", include("tickets.api.urls")),
    path("account/", include("allauth.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))
handler400 = "accounts.web.too_large.bad_request"
handler404 = "accounts.api.errors.not_found"
handler500 = "accounts.api.errors.server_error"
