"""The queue in words: its views, its filters' choices, and what one row says."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from packages.policy.wording import wording
from packages.queries.policies import in_force
from tickets.admin.desk_frame import ticket_url
from tickets.models import Ticket
from tickets.policy.lifecycle import Status
from tickets.queries.agents import is_away, support_people
from tickets.queries.desk import Narrowing
from tickets.queries.escalations import partner_of
from tickets.queries.promise_state import state_of
from tickets.web.meters import meter
from tickets.wording import ago, status_word

_VIEWS = (
    ("open", "All open", ""),
    ("mine", "Mine", ""),
    ("nobody", "Nobody's", ""),
    ("close", "About to be late", "close"),
    ("late", "Late", "late"),
    ("escalated", "Escalated", ""),
    ("information", "Needs information", ""),
)
_STATES = (
    ("running", "In time"),
    ("close", "About to be late"),
    ("late", "Late"),
    ("kept", "Kept"),
    ("missed", "Missed"),
    ("stopped", "Clock not running"),
)
Choices = list[tuple[str, str]]


def views(narrowing: Narrowing, counted: dict[str, Any]) -> dict[str, Any]:
    """Return the list at the side: views, languages with open tickets, and what has ended."""
    counts = counted["views"]
    whole = narrowing.view == "open" and not narrowing.is_search
    return {
        "views": [
            {
                "url": _address(view=code),
                "label": label,
                "count": counts[code],
                "tone": tone if counts[code] else "",
                "current": narrowing.view == code and not narrowing.language and not narrowing.is_search,
            }
            for code, label, tone in _VIEWS
        ],
        "languages": [
            {
                "url": _address(language=code),
                "code": code,
                "label": name,
                "count": counted["languages"].get(code, 0),
                "current": whole and narrowing.language == code,
            }
            for code, name in settings.LANGUAGES
            if counted["languages"].get(code) or narrowing.language == code
        ],
        "ended": {"url": _address(view="ended"), "current": narrowing.view == "ended"},
    }


def filters(narrowing: Narrowing, *, now: datetime) -> dict[str, Any]:
    """Return the filters with their choices and what is chosen, and the people to whom a ticket can be given."""
    policy = in_force(now).policy
    staff, severities = staff_choices(now=now), severity_choices()
    lists: list[tuple[str, str, Choices]] = [
        ("package", "Package", [(code, wording(one.name, "en")) for code, one in policy.packages.items()]),
        (
            "tier",
            "Tier",
            [*((code, wording(one.name, "en")) for code, one in policy.tiers.items()), ("none", "No tier")],
        ),
        ("severity", "Severity", severities),
        ("topic", "Topic", [(code, wording(one.name, "en")) for code, one in policy.topics.items()]),
        ("language", "Language", list(settings.LANGUAGES)),
        ("assignee", "Assignee", [("me", "Me"), ("nobody", "Nobody"), *staff]),
        ("state", "Promise", list(_STATES)),
    ]
    return {
        "filters": [
            {"name": name, "label": label, "choices": choices, "chosen": getattr(narrowing, name)}
            for name, label, choices in lists
        ],
        "is_filtered": bool(set(narrowing.parameters()) - {"view"}),
        "staff": staff,
        "severities": severities,
    }


def staff_choices(*, now: datetime) -> Choices:
    """Return the people of support, by name, as choices that say who is away. One query."""
    people = support_people().only("name", "email", "timezone", "agent_profile__away_from", "agent_profile__away_until")
    return [(str(person.pk), f"{person} (away)" if is_away(person, now) else str(person)) for person in people]


def severity_choices() -> Choices:
    return [(code, str(label)) for code, label in Ticket.Severity.choices]


def row(ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Return what one row shows. No query for a ticket of `desk.page_of`."""
    partner = partner_of(ticket)
    is_new = ticket.state is Status.NEW
    return {
        "reference": ticket.reference,
        "version": ticket.version,
        "url": ticket_url(ticket.reference),
        "severity": ticket.severity,
        "subject": ticket.subject,
        "is_escalated": ticket.is_escalated,
        "organisation": ticket.organisation.name,
        "client": ticket.client.name if ticket.client else ticket.client_name,
        "status": "" if is_new else status_word(ticket, is_staff=True)[0],
        "tier": partner.get_tier_display() if partner is not None and partner.tier else "none",
        "package": ticket.promise.package.code.capitalize() if ticket.promise is not None else "–",
        "language": ticket.language.split("-")[0].upper(),
        "assignee": str(ticket.assignee) if ticket.assignee is not None else "",
        "state": meter(state_of(ticket.promise, ticket, now=now), now=now),
    }


def since_run(at: datetime | None, *, now: datetime) -> dict[str, Any]:
    """Return when the clock of the timers last ran, and whether that is too long ago."""
    if at is None:
        return {"text": "The clock has not run yet", "is_late": True}
    seconds = max(0, int((now - at).total_seconds()))
    text = f"Clock ran {seconds} s ago" if seconds < 120 else f"Clock ran {ago(at, now=now)}"
    return {"text": text, "is_late": seconds >= 120}


def _address(**parameters: str) -> str:
    said = {name: value for name, value in parameters.items() if (name, value) != ("view", "open")}
    return f"{reverse('admin:queue')}?{urlencode(said)}" if said else reverse("admin:queue")
