"""Routes of an organisation's webhooks."""

from django.urls import path

from tickets.web import webhooks

urlpatterns = [
    path("organisation/webhooks/new/", webhooks.new, name="new_webhook"),
    path("organisation/webhooks/<int:pk>/", webhooks.endpoint, name="webhook"),
    path("organisation/webhooks/<int:pk>/change/", webhooks.change, name="change_webhook"),
    path("organisation/webhooks/<int:pk>/remove/", webhooks.remove, name="remove_webhook"),
    path("organisation/webhooks/<int:pk>/secret/", webhooks.secret, name="webhook_secret"),
    path("organisation/webhooks/<int:pk>/deliveries/<uuid:delivery>/", webhooks.again, name="webhook_again"),
]
