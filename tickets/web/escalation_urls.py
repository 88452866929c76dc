"""Routes of escalations and of the growth manager's desk."""

from django.urls import path

from tickets.web import escalating_without_ticket, escalations, manager_desk

urlpatterns = [
    path("desk/", manager_desk.manager_desk, name="manager_desk"),
    path("escalate/", escalating_without_ticket.escalate_without_ticket, name="escalate_without_ticket"),
    path("escalations/<int:pk>/decide/", escalations.decide, name="decide_escalation"),
    path("escalations/<int:pk>/withdraw/", escalations.withdraw, name="withdraw_escalation"),
    path("tickets/<str:reference>/escalate/", escalations.escalate, name="escalate"),
]
