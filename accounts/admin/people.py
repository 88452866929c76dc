"""People: who they are, their role, whether they may sign in. A password is set by its owner, through a mail."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actions.people import end_access
from accounts.admin.auditing import Audited, LabelledInline, instant
from accounts.models import Membership, User
from accounts.notifications.invitations import send_invitation
from accounts.policy.roles import Role
from accounts.queries.invitations import is_pending


class PersonForm(forms.ModelForm):
    """Keeps addresses in lower case, zones known, and at least one administrator."""

    class Meta:
        model = User
        fields = ("email", "name", "role", "language", "timezone", "phone", "picture", "is_active")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean_timezone(self) -> str:
        zone: str = self.cleaned_data["timezone"]
        if zone not in available_timezones():
            raise forms.ValidationError("There is no such time zone. Name one such as Europe/Berlin.")
        return zone

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        stays = facts.get("role") == Role.ADMINISTRATOR and facts.get("is_active")
        was_one = self.instance.pk and self.instance.role == Role.ADMINISTRATOR
        if was_one and not stays and not _administrators() - {self.instance.pk}:
            raise forms.ValidationError("This is the last administrator who may sign in: name another one first.")
        return facts


class MembershipInline(LabelledInline):
    model = Membership
    fields = ("organisation", "is_admin")
    raw_id_fields = ("organisation",)
    extra = 0
    verbose_name_plural = "organisation (members only)"


@admin.register(User)
class UserAdmin(Audited):
    form = PersonForm
    list_display = ("__str__", "email", "role", "organisation", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("name", "email", "membership__organisation__name")
    list_select_related = ("membership__organisation",)
    ordering = ("name", "email")
    readonly_fields = ("last_login", "joined")
    joined = instant("joined_at", "joined at")
    fields = (
        ("email", "is_active"),
        "name",
        "role",
        ("language", "timezone"),
        ("phone", "picture"),
        ("last_login", "joined"),
    )
    inlines = (MembershipInline,)
    actions = ("send_password_link",)

    @admin.display(ordering="membership__organisation__name")
    def organisation(self, person: User) -> str:
        membership = getattr(person, "membership", None)
        return str(membership.organisation) if membership else "–"

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what a person wrote names them; they are switched off instead

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()  # what the sign-in knew of the old address
        if change and not obj.is_active:
            end_access(obj, now=timezone.now())

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            # After the inlines: the mail names the organisation.
            _invite_after_commit(form.instance, by=request.user)
            messages.info(request, f"An invitation goes to {form.instance.email}: a link to choose a password.")

    @admin.action(description="Send a link to choose a password", permissions=["change"])
    def send_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        skipped = 0
        for person in queryset.select_related("membership__organisation"):
            if not person.is_active:
                skipped += 1
            elif is_pending(person):
                _invite_after_commit(person, by=request.user)
            else:
                _send_reset(request, person)
        note = f" Skipped {skipped} who may not sign in." if skipped else ""
        messages.success(request, f"Sent to {queryset.count() - skipped}.{note}")


def _administrators() -> set[int]:
    """Return who may sign in as one, with their rows locked: two can't take each other's role at once."""
    found = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
    return set(found.order_by("pk").values_list("pk", flat=True))


def _invite_after_commit(person: User, *, by: Any) -> None:
    def send() -> None:
        membership = Membership.objects.select_related("organisation").filter(user=person).first()
        send_invitation(person, membership.organisation if membership else None, by=by)

    transaction.on_commit(send, robust=True)


def _send_reset(request: HttpRequest, person: User) -> None:
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid():
        form.save(request)
