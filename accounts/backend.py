"""A small authentication backend: password sign-in by address, and the admin's permissions from the role."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.policy.roles import May, Role, rights

# What an agent or a lead may look at in the stock admin; administrators may everything.
_STAFF_VIEWS = frozenset(
    {
        "accounts.view_organisation",
        "packages.view_policyversion",
        "tickets.view_outbox",
        "tickets.view_ticket",
        "tickets.view_timer",
    }
)
# What a lead may look at and change there.
_LEAD_EDITS = frozenset({"tickets.view_preparedanswer", "tickets.add_preparedanswer", "tickets.change_preparedanswer"})


def may_in_admin(user: User, perm: str) -> bool:
    """May this person do what Django's admin calls `perm` ("app.verb_model")?"""
    granted = rights(Role(user.role))
    if May.ADMINISTER in granted:
        return True
    if May.LEAD in granted and perm in _LEAD_EDITS:
        return True
    return May.TRIAGE in granted and perm in _STAFF_VIEWS


class RoleBackend(ModelBackend):
    """Passwords as Django keeps them; no permission tables, the role decides."""

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:  # type: ignore[no-untyped-def, override]
        return set()

    def has_perm(self, user_obj, perm: str, obj=None) -> bool:  # type: ignore[no-untyped-def, override]
        return isinstance(user_obj, User) and user_obj.is_active and may_in_admin(user_obj, perm)

    def has_module_perms(self, user_obj, app_label: str) -> bool:  # type: ignore[no-untyped-def, override]
        return isinstance(user_obj, User) and user_obj.is_active and user_obj.is_staff
