"""Organisations: kind, partner, tier, who manages them, their members. Their packages are added by the packages app."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, ForeignKey, Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from accounts.admin.auditing import Audited, LabelledInline, instant
from accounts.models import Membership, Organisation, User
from accounts.policy.roles import Role


class MemberInline(LabelledInline):
    model = Membership
    fields = ("user", "is_admin", "joined")
    readonly_fields = ("joined",)
    raw_id_fields = ("user",)
    extra = 0
    joined = instant("since", "member since")


@admin.register(Organisation)
class OrganisationAdmin(Audited):
    list_display = ("name", "kind", "partner", "tier", "growth_manager", "deputy", "members")
    list_filter = ("kind", "tier", ("growth_manager", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "partner__name")
    list_select_related = ("partner", "growth_manager", "deputy")
    ordering = ("name",)
    fields = ("name", "kind", "partner", "tier", ("growth_manager", "deputy"), "shares_with_client", "made")
    readonly_fields = ("made",)
    made = instant("created_at", "created at")
    inlines: ClassVar[list[Any]] = [MemberInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        active = Count("memberships", filter=Q(memberships__user__is_active=True))
        return super().get_queryset(request).annotate(member_count=active)

    @admin.display(ordering="member_count")
    def members(self, organisation: Any) -> int:
        return organisation.member_count

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        return False  # tickets and promises name it

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name in ("growth_manager", "deputy"):
            kwargs["queryset"] = User.objects.filter(role=Role.GROWTH_MANAGER, is_active=True).order_by("name")
        if db_field.name == "partner":
            kwargs["queryset"] = Organisation.objects.filter(kind=Organisation.Kind.PARTNER).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
