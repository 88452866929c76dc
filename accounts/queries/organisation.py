"""What the page of an organisation lists."""

from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import ApiToken, Membership, Organisation


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return the members with their person: active ones first, then by name."""
    members = Membership.objects.filter(organisation=organisation).select_related("user")
    return members.order_by("-user__is_active", "user__name", "user__email")


def tokens_of(organisation: Organisation, *, now: datetime) -> QuerySet[ApiToken]:
    """Return the tokens that still work: the organisation's own and its members', the last used first."""
    tokens = ApiToken.objects.filter(organisation=organisation, ends_at__gt=now).select_related("user")
    return tokens.order_by(F("used_at").desc(nulls_last=True), "-created_at")
