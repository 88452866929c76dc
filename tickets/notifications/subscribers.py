"""Which endpoints hear of an event: those that chose its kind, of organisations that may see it."""

from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet

from accounts.actor import actor_for_organisation
from accounts.models import Organisation
from tickets.models import Ticket, TicketEvent, WebhookEndpoint
from tickets.notifications.events import News
from tickets.policy.webhook_kinds import group_of
from tickets.queries.access import seen_by


def subscribers(news: Sequence[News]) -> list[tuple[News, WebhookEndpoint]]:
    """Return the endpoints to post each event to. One query while nobody has any."""
    news = [one for one in news if one.event.is_public]
    if not news:
        return []
    tickets = {one.ticket.pk: one.ticket for one in news}
    seen: dict[int, set[int]] = {}
    told = []
    for endpoint in _endpoints(tickets.values()):
        if endpoint.organisation_id not in seen:
            seen[endpoint.organisation_id] = seen_by(actor_for_organisation(endpoint.organisation), tickets)
        told += [
            (one, endpoint)
            for one in news
            if one.ticket.pk in seen[endpoint.organisation_id] and group_of(one.event.kind) in endpoint.groups
        ]
    return told


def may_be_posted(endpoint: WebhookEndpoint, event: TicketEvent) -> bool:
    """May the endpoint's organisation see the event now? Internal ones never leave."""
    return event.is_public and bool(seen_by(actor_for_organisation(endpoint.organisation), [event.ticket_id]))


def _endpoints(tickets: Collection[Ticket]) -> QuerySet[WebhookEndpoint]:
    """Return the endpoints of every organisation that has to do with one of the tickets."""
    owners = {ticket.organisation_id for ticket in tickets}
    partners = Organisation.objects.filter(pk__in=owners).values("partner_id")
    involved = Q(organisation__in=owners | {ticket.client_id for ticket in tickets} - {None})
    endpoints = WebhookEndpoint.objects.filter(involved | Q(organisation__in=partners), off="")
    return endpoints.select_related("organisation").order_by("pk")
