"""Support's desk and the admin of tickets, imported here for Django."""

from tickets.admin import prepared_answers, retention

__all__ = ["prepared_answers", "retention"]
