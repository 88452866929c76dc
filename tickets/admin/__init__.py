"""Support's desk and the admin of tickets, imported here for Django."""

from tickets.admin import retention

__all__ = ["retention"]
