"""What an organisation's page shows of its escalations."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import Organisation
from tickets.queries.escalations import standing_of

register = template.Library()


@register.inclusion_tag("tickets/_escalations_used.html")
def escalations_used(partner: Organisation) -> dict[str, Any]:
    """Show how many escalations a partner in a tier made this month, and how many it has."""
    return {"standing": standing_of(partner, now=timezone.now())}
