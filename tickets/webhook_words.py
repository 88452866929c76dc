"""Endpoints and their deliveries in words: for pages, mails and the admin."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.models import Outbox
from tickets.policy.webhook_kinds import Group

GROUPS = {
    Group.FILED: (gettext_lazy("Filed"), gettext_lazy("A ticket is filed, or its information is completed")),
    Group.MESSAGES: (gettext_lazy("Messages"), gettext_lazy("Somebody writes what everybody on the ticket sees")),
    Group.STATUS: (gettext_lazy("Status"), gettext_lazy("Sent back, waiting, resolved, reopened, closed, withdrawn")),
    Group.PROMISE: (gettext_lazy("Promise"), gettext_lazy("The severity changes, or the first response is late")),
    Group.ESCALATIONS: (gettext_lazy("Escalations"), gettext_lazy("Each step from the request to the outcome")),
    Group.DETAILS: (gettext_lazy("Details"), gettext_lazy("Everything else, such as topic, sharing and reminders")),
}
_ADDRESS = {
    "not_an_address": gettext_lazy("Write a whole address, such as https://hooks.example.com/tickets."),
    "too_long": gettext_lazy("The address is too long: at most 500 characters."),
    "not_secure": gettext_lazy("Use https://, so that nobody on the way can read it."),
    "credentials": gettext_lazy("Leave the name and the password out of the address: the signature says who sends."),
    "port": gettext_lazy("Use port 443 or 8443."),
    "unknown_host": gettext_lazy("This host can't be found. Check its name."),
    "not_public": gettext_lazy("This host leads to a private network. Use one that the internet can reach."),
    "taken": gettext_lazy("There is an endpoint with this address already."),
    "too_many": gettext_lazy("There are ten endpoints already. Remove one first."),
}
_REASONS = {
    "timeout": gettext_lazy("No answer in time"),
    "certificate": gettext_lazy("Its certificate is not valid"),
    "unreachable": gettext_lazy("No connection"),
    "unknown_host": gettext_lazy("The host can't be found"),
    "not_public": gettext_lazy("The host leads to a private network"),
    "switched_off": gettext_lazy("The endpoint is switched off"),
    "not_allowed": gettext_lazy("Your organisation may not see the ticket any more"),
}


def address_problem(code: str) -> str:
    """Return what is wrong with an address, and what would be right."""
    return str(_ADDRESS[code])


def group_names(groups: list[str]) -> str:
    """Return the names of an endpoint's groups: "Messages, Status"."""
    if set(groups) >= set(Group):
        return _("All events")
    return ", ".join(str(name) for group, (name, _note) in GROUPS.items() if group in groups)


def delivery_reason(row: Outbox) -> str:
    """Return how a delivery failed last: "503 Service Unavailable", "No answer in time"; "" when it did not."""
    code, _colon, detail = row.error.partition(":")
    if code == "status":
        return f"{row.status}{detail}"
    return str(_REASONS.get(code, row.error))
