"""The desk's pages in the admin. The site lets only support in; what only a lead may do, the page says."""

from django.urls import path

from tickets.admin import escalations

urlpatterns = [
    path("escalations/", escalations.board, name="escalations"),
    path("escalations/<int:pk>/acknowledge/", escalations.acknowledge, name="acknowledge_escalation"),
    path("escalations/<int:pk>/conclude/", escalations.conclude, name="conclude_escalation"),
    path("escalations/partners/<int:pk>/grant/", escalations.grant, name="grant_escalation"),
]
