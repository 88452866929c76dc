"""The admin of people and organisations, imported here for Django."""

from accounts.admin import audit, organisations, people

__all__ = ["audit", "organisations", "people"]
