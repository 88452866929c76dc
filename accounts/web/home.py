"""Where each role's work is: the page after signing in."""

from django.urls import reverse

from accounts.policy.roles import STAFF, Role


def home_of(role: Role) -> str:
    """Return the address of a role's first page."""
    if role in STAFF:
        return reverse("admin:queue")
    return reverse("manager_desk") if role == Role.GROWTH_MANAGER else reverse("tickets")
