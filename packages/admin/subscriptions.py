"""Which package an organisation has: a table on the organisation's own page, and a list of all."""

from django.contrib import admin

from accounts.admin.auditing import Audited, LabelledInline
from accounts.admin.organisations import OrganisationAdmin
from packages.models import Subscription


class SubscriptionInline(LabelledInline):
    model = Subscription
    fields = ("package", "starts_at")
    ordering = ("-starts_at",)
    extra = 0
    verbose_name_plural = "subscriptions (the latest that has started holds; none: the policy's default package)"


OrganisationAdmin.inlines.append(SubscriptionInline)


@admin.register(Subscription)
class SubscriptionAdmin(Audited):
    list_display = ("organisation", "package", "starts_at")
    list_filter = ("package",)
    search_fields = ("organisation__name",)
    list_select_related = ("organisation", "package")
    raw_id_fields = ("organisation",)
    ordering = ("-starts_at",)
    date_hierarchy = "starts_at"
