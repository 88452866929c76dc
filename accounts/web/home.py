"""Where each role's work is: the page after signing in."""

from django.urls import NoReverseMatch, reverse

from accounts.policy.roles import STAFF, Role


def home_of(role: Role) -> str:
    """Return the address of a role's first page."""
    if role in STAFF:
        return _first("admin:queue", "admin:index")
    if role == Role.GROWTH_MANAGER:
        return _first("manager_desk", "support_hours")
    return _first("tickets", "support_hours")


def _first(*names: str) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return "/"
