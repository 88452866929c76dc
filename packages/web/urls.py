"""Routes of the pages about packages."""

from django.urls import path

from packages.web import views

urlpatterns = [
    path("support-hours/", views.support_hours, name="support_hours"),
    path("support-hours.json", views.support_hours_json, name="support_hours_json"),
]
