"""The only way from a request to an endpoint or one of its deliveries; and what its page lists."""

from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from accounts.actor import Actor
from accounts.models import Organisation
from tickets.models import Outbox, Ticket, WebhookEndpoint

WEBHOOKS = Q(channel=Outbox.Channel.WEBHOOK)


def endpoints_of(organisation: Organisation) -> QuerySet[WebhookEndpoint]:
    """Return an organisation's endpoints, the oldest first, with `last_at`: when a delivery arrived last."""
    arrived = Outbox.objects.filter(WEBHOOKS, endpoint=OuterRef("pk"), sent_at__isnull=False).order_by("-queued_at")
    endpoints = WebhookEndpoint.objects.filter(organisation=organisation).order_by("made_at", "pk")
    return endpoints.annotate(last_at=Subquery(arrived.values("sent_at")[:1]))


def endpoint_or_404(actor: Actor, pk: int) -> WebhookEndpoint:
    """Return an endpoint of the actor's own organisation. Raises: Http404."""
    found = WebhookEndpoint.objects.select_related("organisation").filter(organisation=actor.organisation, pk=pk)
    endpoint = found.first()
    if endpoint is None or actor.organisation is None:
        raise Http404
    return endpoint


def delivery_or_404(actor: Actor, endpoint: WebhookEndpoint, pk: UUID) -> Outbox:
    """Return a delivery that the endpoint's log shows to the actor. Raises: Http404."""
    row = log_of(endpoint, actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def log_of(endpoint: WebhookEndpoint, actor: Actor) -> QuerySet[Outbox]:
    """Return an endpoint's deliveries, the latest first; those of tickets that the actor sees no more are not in it."""
    seen = Q(event=None) | Q(event__ticket__in=Ticket.objects.visible_to(actor))
    rows = Outbox.objects.filter(WEBHOOKS, seen, endpoint=endpoint).select_related("event__ticket")
    return rows.order_by("-queued_at", "-pk")


def failing_endpoints() -> QuerySet[WebhookEndpoint]:
    """Return the endpoints that are on and whose last delivery failed."""
    return WebhookEndpoint.objects.filter(off="", failures__gt=0)
