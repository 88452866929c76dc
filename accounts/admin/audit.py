"""The record, to read."""

import json

from django.contrib import admin

from accounts.admin.auditing import ReadOnly
from accounts.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("at", "who", "verb", "object_name", "object_type")
    list_filter = ("object_type", "verb")
    search_fields = ("object_name", "verb", "actor__name", "actor__email")
    list_select_related = ("actor",)
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    fields = ("at", "who", "verb", "object_name", "object_type", "object_id", "was", "became")
    readonly_fields = fields

    @admin.display(description="who", ordering="actor__name")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor) if entry.actor else "the portal"

    @admin.display(description="before")
    def was(self, entry: AuditEntry) -> str:
        return _text(entry.before)

    @admin.display(description="after")
    def became(self, entry: AuditEntry) -> str:
        return _text(entry.after)


def _text(facts: dict[str, object]) -> str:
    return "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items()) or "–"
