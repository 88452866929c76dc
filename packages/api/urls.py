"""Routes of the API about the policy."""

from django.urls import path

from packages.api import views

urlpatterns = [
    path("api/v1/support-hours/", views.SupportHours.as_view(), name="api_support_hours"),
    path("api/v1/topics/", views.Topics.as_view(), name="api_topics"),
    path("api/v1/topics/<slug:code>/", views.Topic.as_view(), name="api_topic"),
]
