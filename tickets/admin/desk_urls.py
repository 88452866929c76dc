"""The desk's pages in the admin. The site lets only support in; what only a lead may do, the page says."""

from django.urls import path

from tickets.admin import escalations, operations

urlpatterns = [
    path("escalations/", escalations.board, name="escalations"),
    path("escalations/<int:pk>/acknowledge/", escalations.acknowledge, name="acknowledge_escalation"),
    path("escalations/<int:pk>/conclude/", escalations.conclude, name="conclude_escalation"),
    path("escalations/partners/<int:pk>/grant/", escalations.grant, name="grant_escalation"),
    path("timers/", operations.timers_page, name="timers"),
    path("timers/<int:pk>/try/", operations.try_timer, name="try_timer"),
    path("outbox/", operations.outbox_page, name="outbox"),
    path("outbox/<uuid:pk>/again/", operations.send_again, name="send_again"),
]
