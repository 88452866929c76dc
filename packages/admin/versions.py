"""The versions of the policy, to read: a published one never changes."""

from django.contrib import admin

from accounts.admin.auditing import ReadOnly
from packages.models import PolicyVersion


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnly):
    list_display = ("__str__", "state", "starts_at", "published_at", "by", "reason")
    list_filter = ("state",)
    list_select_related = ("by",)
    ordering = ("-starts_at", "-pk")
    fields = ("number", "state", "starts_at", "published_at", "by", "reason", "digest")
    readonly_fields = fields
