"""Which pages are asked for, by whom, in a seeded database."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.actor import actor_for
from accounts.models import Membership, User
from bench.seed_words import COMMON, RARE
from packages.queries.policies import in_force
from tickets.actions.drafting import start_draft
from tickets.models import Ticket
from tickets.policy.lifecycle import OPEN
from tickets.queries.desk import STATES, VIEWS

FILTERS = (
    ("package", "premium"), ("tier", "gold"), ("severity", "critical"), ("topic", "templates"), ("language", "de"),
    ("organisation", "Client 12"), ("assignee", "me"), ("assignee", "nobody"),
    *(("state", state) for state in STATES),
)  # fmt: skip


def people() -> dict[str, str]:
    """Return who asks: somebody of support, a member of the first partner, and its growth manager."""
    member = Membership.objects.filter(organisation__kind="partner").order_by("pk")[0]
    manager = member.organisation.growth_manager
    return {
        "desk": "agent1@example.org",
        "portal": member.user.email,
        **({"manager": manager.email} if manager else {}),
    }


def addresses() -> Iterator[tuple[str, str, str]]:
    """Return who asks, what it is called, and its address."""
    queue, tickets = reverse("admin:queue"), reverse("tickets")
    yield "desk", "empty page", "/admin/empty/"
    for view in VIEWS:
        yield "desk", f"queue, {view}", f"{queue}?view={view}"
    for name, value in FILTERS:
        yield "desk", f"queue, {name} {value}", f"{queue}?{urlencode({name: value})}"
    number = Ticket.objects.filter(answers__has_key="phone_number").order_by("pk").first()
    part = str(number.answers["phone_number"])[-7:] if number is not None else "1234567"
    searches = {
        "a common word": COMMON, "a rare word": RARE, "a beginning": COMMON[:4], "part of a number": part,
        "nothing": "quetzalcoatl", "a common and a rare word": f"{COMMON} {RARE}",
    }  # fmt: skip
    for name, text in searches.items():
        yield "desk", f"search, {name}", f"{queue}?{urlencode({'q': text})}"
    yield "desk", "a ticket", reverse("admin:desk_ticket", args=[_ticket().reference])
    for name in ("admin:index", "admin:escalations"):
        try:
            yield "desk", "dashboard" if name == "admin:index" else "escalations", reverse(name)
        except NoReverseMatch:
            continue
    yield from _portal(tickets, searches)
    if "manager" in people():
        yield "manager", "empty page", "/empty/"
        yield "manager", "desk", reverse("manager_desk")
        for view in ("your-turn", "open", "all"):
            yield "manager", f"list, {view}", f"{tickets}?view={view}"


def _portal(tickets: str, searches: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    member = User.objects.get(email=people()["portal"])
    organisation = member.membership.organisation
    yield "portal", "empty page", "/empty/"
    yield "portal", "list", tickets
    for view in ("your-turn", "support", "escalated", "resolved", "all"):
        yield "portal", f"list, {view}", f"{tickets}?view={view}"
    for name in ("a common word", "a rare word", "part of a number"):
        yield "portal", f"search, {name}", f"{tickets}?{urlencode({'view': 'all', 'q': searches[name]})}"
    own = Ticket.objects.filter(organisation=organisation)
    yield "portal", "a ticket", reverse("ticket", args=[own.order_by("-filed_at")[0].reference])
    yield "portal", "new ticket", reverse("new_ticket")
    now = timezone.now()
    topic = next(iter(in_force(now).policy.topics))
    draft = start_draft(by=actor_for(member), now=now, topic=topic)
    yield "portal", "new ticket, its form", reverse("new_ticket_form", args=[draft.pk])
    yield "portal", "organisation", reverse("organisation")
    yield "portal", "settings", reverse("settings")


def _ticket() -> Ticket:
    """Return an open ticket on which something was said."""
    return Ticket.objects.filter(status__in=sorted(OPEN), seq__gt=4, answers__has_key="phone_number").order_by("pk")[0]
