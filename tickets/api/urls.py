"""Routes of the API about tickets, and its description."""

from django.urls import path, register_converter

from tickets.api import docs, escalations, files, incidents, organisations, steps, thread, tickets


class Reference:
    """A reference of a ticket, in capitals or not."""

    regex = "[A-Za-z0-9-]{1,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RowId:
    """The id of a row, which fits into the database's own."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Reference, "api_reference")
register_converter(RowId, "api_row")

TICKET = "api/v1/tickets/<api_reference:reference>"
ESCALATION = f"{TICKET}/escalations/<api_row:pk>"

urlpatterns = [
    path("api/docs/", docs.docs, name="api_docs"),
    path("api/schema/", docs.Schema.as_view(), name="api_schema"),
    path("api/v1/attachments/", files.StagedFiles.as_view(), name="api_attachments"),
    path("api/v1/attachments/<uuid:pk>/", files.File.as_view(), name="api_attachment"),
    path("api/v1/escalations/", escalations.Escalations.as_view(), name="api_escalations"),
    path("api/v1/incidents/", incidents.Incidents.as_view(), name="api_incidents"),
    path("api/v1/organisations/me/", organisations.OwnOrganisation.as_view(), name="api_own_organisation"),
    path("api/v1/promise/", tickets.PromisePreview.as_view(), name="api_promise"),
    path("api/v1/tickets/", tickets.Tickets.as_view(), name="api_tickets"),
    path(f"{TICKET}/", tickets.Ticket.as_view(), name="api_ticket"),
    path(f"{TICKET}/attachments/", files.TicketFiles.as_view(), name="api_ticket_attachments"),
    path(f"{TICKET}/complete/", steps.Complete.as_view(), name="api_complete"),
    path(f"{TICKET}/escalations/", escalations.TicketEscalations.as_view(), name="api_ticket_escalations"),
    path(f"{ESCALATION}/acknowledge/", escalations.Acknowledge.as_view(), name="api_escalation_acknowledge"),
    path(f"{ESCALATION}/conclude/", escalations.Conclude.as_view(), name="api_escalation_conclude"),
    path(f"{ESCALATION}/decline/", escalations.Decline.as_view(), name="api_escalation_decline"),
    path(f"{ESCALATION}/escalate/", escalations.Escalate.as_view(), name="api_escalation_escalate"),
    path(f"{ESCALATION}/withdraw/", escalations.WithdrawRequest.as_view(), name="api_escalation_withdraw"),
    path(f"{TICKET}/events/", thread.Events.as_view(), name="api_events"),
    path(f"{TICKET}/got-worse/", steps.GotWorse.as_view(), name="api_got_worse"),
    path(f"{TICKET}/messages/", thread.Messages.as_view(), name="api_messages"),
    path(f"{TICKET}/reopen/", steps.Reopen.as_view(), name="api_reopen"),
    path(f"{TICKET}/resolve/", steps.Resolve.as_view(), name="api_resolve"),
    path(f"{TICKET}/withdraw/", steps.Withdraw.as_view(), name="api_withdraw"),
]
