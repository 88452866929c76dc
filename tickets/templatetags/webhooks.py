"""What an organisation's page shows of its webhooks, and how a delivery went, in words."""

from typing import Any

from django import template

from accounts.models import Organisation
from tickets.models import Outbox
from tickets.queries.webhooks import endpoints_of
from tickets.webhook_words import delivery_reason, group_names

register = template.Library()


@register.inclusion_tag("tickets/_webhooks.html")
def webhook_endpoints(organisation: Organisation) -> dict[str, Any]:
    """List an organisation's endpoints with their state."""
    return {"endpoints": endpoints_of(organisation)}


@register.filter
def events_of(groups: list[str]) -> str:
    """Return what an endpoint is told of: "Messages, Status"."""
    return group_names(groups)


@register.filter
def reason_of(row: Outbox) -> str:
    """Return how a delivery failed last."""
    return delivery_reason(row)
