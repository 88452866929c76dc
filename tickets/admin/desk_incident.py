"""A ticket's incident at the desk: its card, and marking the ticket as part of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from tickets.actions.change import NotNow
from tickets.actions.incidents import mark
from tickets.admin.desk_frame import actor_of
from tickets.admin.desk_ticket import Trouble, ticket_for, ticket_page
from tickets.models import Incident
from tickets.web.incidents import OVER


@require_POST
def mark_incident(request: HttpRequest, reference: str) -> HttpResponse:
    """Make the ticket a part of the chosen incident, or of none."""
    ticket, chosen = ticket_for(request, reference), request.POST.get("incident", "")
    incident = chosen_incident(chosen)
    if incident is None and chosen:
        return ticket_page(request, ticket, Trouble("Choose an incident that goes on.", request.POST, status=400))
    try:
        # It contradicts nobody, whatever happened meanwhile.
        mark(ticket, incident, by=actor_of(request), now=timezone.now())
    except NotNow:
        return ticket_page(request, ticket_for(request, reference), Trouble(str(OVER), request.POST))
    return redirect("admin:desk_ticket", ticket.reference)


def chosen_incident(value: str) -> Incident | None:
    """Return the incident that a form names; None, where it names none."""
    is_number = value.isascii() and value.isdigit() and len(value) < 16
    return Incident.objects.filter(pk=int(value)).first() if is_number else None
