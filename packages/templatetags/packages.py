"""What pages of other apps show of a package."""

from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import Organisation
from packages.queries.policies import in_force, package_of
from packages.web.hours import package_view

register = template.Library()


@register.inclusion_tag("packages/_package.html")
def package_card(organisation: Organisation) -> dict[str, Any]:
    """Show the package that an organisation has now: hours in the reader's zone, closed days, targets."""
    now = timezone.now()
    policy = in_force(now).policy
    package = package_of(organisation, policy=policy, at=now)
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return {"package": package_view(policy, package, now=now, zone=zone, language=get_language() or "en")}
