"""Which endpoints hear of an event: those that chose its kind, of organisations that may see it."""

from django.db.models import Q

from accounts.actor import actor_for_organisation
from accounts.models import Organisation
from tickets.models import Ticket, TicketEvent, WebhookEndpoint
from tickets.policy.webhook_kinds import group_of


def subscribers(event: TicketEvent, ticket: Ticket) -> list[WebhookEndpoint]:
    """Return the endpoints to post an event to. One query while nobody has any."""
    if not event.is_public:
        return []
    partner = Organisation.objects.filter(pk=ticket.organisation_id).values("partner_id")
    involved = Q(organisation__in=[ticket.organisation_id, ticket.client_id or 0]) | Q(organisation__in=partner)
    endpoints = WebhookEndpoint.objects.filter(involved, off="").select_related("organisation").order_by("pk")
    told, answers = [], {}
    for endpoint in endpoints:
        if group_of(event.kind) not in endpoint.groups:
            continue
        if endpoint.organisation_id not in answers:
            answers[endpoint.organisation_id] = may_be_posted(endpoint, event)
        if answers[endpoint.organisation_id]:
            told.append(endpoint)
    return told


def may_be_posted(endpoint: WebhookEndpoint, event: TicketEvent) -> bool:
    """May the endpoint's organisation see the event now? Internal ones never leave."""
    visible = Ticket.objects.visible_to(actor_for_organisation(endpoint.organisation))
    return event.is_public and visible.filter(pk=event.ticket_id).exists()
