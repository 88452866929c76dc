"""How long texts and files are kept, for administrators."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.admin.auditing import Audited
from tickets.actions.erasing import to_erase
from tickets.models import Retention


@admin.register(Retention)
class RetentionAdmin(Audited):
    fields = ("days", "tonight")
    readonly_fields = ("tonight",)

    def get_form(self, request: HttpRequest, obj: Retention | None = None, change: bool = False, **kwargs: object):  # type: ignore[no-untyped-def]
        kwargs["help_texts"] = {
            "days": (
                "So many days after a ticket was closed or withdrawn, its subject, description, answers, messages, "
                "notes and files are erased, at night, for good. The record of what happened when, and how its "
                "promise was kept, stays. Empty: nothing is erased."
            )
        }
        return super().get_form(request, obj, change=change, **kwargs)

    @admin.display(description="to be erased tonight")
    def tonight(self, retention: Retention | None) -> str:
        if retention is None or retention.days is None:
            return "Nothing"
        count = to_erase(now=timezone.now(), days=retention.days).count()
        return f"The texts and files of {count} ticket{'' if count == 1 else 's'}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the one row, or to where it is made: there is no list to choose from."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = Retention.objects.first()
        return redirect("admin:tickets_retention_change", row.pk) if row else redirect("admin:tickets_retention_add")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Retention.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Retention | None = None) -> bool:
        return False  # an empty number says the same, and the record shows it
