"""The admin of packages, imported here for Django."""

from packages.admin import subscriptions, versions

__all__ = ["subscriptions", "versions"]
