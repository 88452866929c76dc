"""Every page there is, in every state worth looking at, as the HTML that a browser gets: what the checkers check.

Pages are found by walking the URLs, so that a new one is checked without being named here; states are named here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actor import actor_for
from tests.architecture.access_matrix import OBJECTS, PEOPLE, Stage, make_stage, read_table, sees, targets, urls
from tests.cast import Cast, answer_ticket, make_ticket
from tickets.actions import completing, conversation, ending, triage
from tickets.actions.firing import fire_due
from tickets.models import Outbox, Ticket
from tickets.policy.lifecycle import Status

# Who opens a page: the first to whom the table of rights lets it be shown.
READERS = ("colleague", "owner", "visitor", "growth", "agent", "administrator")
# The admin's pages about one table are Django's.
STOCK = ("_add", "_change", "_changelist", "_delete", "_history")
MARKED = "Look:\n\n```\n" + "x" * 300 + "\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n- one\n- [two](https://example.org/)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it was answered; `name` says who saw what."""

    name: str
    html: str
    status: int
    policy: str = ""  # what the browser is told that it may load and run


def every_page(cast: Cast) -> list[Shown]:
    """Make what pages can be about, and return each page once."""
    stage = make_stage(cast)
    with_states = _tickets_in_every_state(cast)
    shown = [*_walked(stage), *_in_states(stage, with_states), *_refused(stage)]
    return [one for one in {one.name: one for one in shown}.values() if one.html]


def main_pages(cast: Cast, language: str) -> list[Shown]:
    """Return the pages that people see most, in a language."""
    stage = make_stage(cast)
    for person in (cast.owner, cast.colleague):
        person.language = language
        person.save(update_fields=["language"])
    ticket = reverse("ticket", args=[stage.tickets["meridians"].reference])
    draft = reverse("new_ticket_form", args=[stage.draft.pk])
    pages = [("owner", path) for path in ("/", reverse("new_ticket"), draft, ticket, reverse("support_hours"))]
    pages += [("colleague", reverse("organisation")), ("visitor", reverse("account_login"))]
    return [_get(stage, who, path, headers={"accept-language": language}) for who, path in pages]


def stock_pages(cast: Cast) -> list[Shown]:
    """Return the admin's pages about each table, as an administrator gets them."""
    stage = make_stage(cast)
    called = [
        (name, wanted) for name, wanted in sorted(urls().items()) if name.startswith("admin:") and name.endswith(STOCK)
    ]
    shown = [
        _get(stage, "administrator", address) for name, wanted in called for _, address in targets(stage, name, wanted)
    ]
    return [one for one in shown if one.html]


def _walked(stage: Stage) -> Iterator[Shown]:
    rights = read_table()
    for name, wanted in sorted(urls().items()):
        # The API speaks JSON, but for the page that describes it.
        if name.startswith("api_") and name != "api_docs":
            continue
        if name.startswith("admin:") and name.endswith(STOCK):
            continue
        if found := _first_shown(stage, name, wanted, rights):
            yield found


def _first_shown(
    stage: Stage, name: str, wanted: frozenset[str], rights: dict[tuple[str, str, str], tuple[str, ...]]
) -> Shown | None:
    """Return a URL's page as its first reader gets it; None for a fragment, a file or a feed."""
    cells = dict(zip(PEOPLE, rights[("GET", name, "")], strict=True))
    for thing, address in targets(stage, name, wanted):
        may = [
            one for one in READERS if cells[one] == "ok" and (not thing or thing in OBJECTS and sees(stage, one, thing))
        ]
        if may:
            found = _get(stage, may[0], address)
            return found if found.status == 200 and found.html.lstrip().lower().startswith("<!doctype html") else None
    return None


def _tickets_in_every_state(cast: Cast) -> dict[str, Ticket]:
    """Make a ticket for each way that a ticket's page can look."""
    now, agent, owner = timezone.now(), actor_for(cast.agent), actor_for(cast.owner)
    past = now - timedelta(days=4)
    states = {
        name: make_ticket(cast.owner, "messaging_delays", now=now)
        for name in ("sent_back", "resolved", "withdrawn", "waiting")
    }
    states["late"] = make_ticket(cast.owner, "messaging_delays", now=past)
    states["critical"] = make_ticket(cast.owner, "messaging_stopped", now=now)
    completing.send_back(states["sent_back"], {"description": "Say more."}, by=agent, now=now)
    for name in ("resolved", "waiting"):
        answer_ticket(states[name], cast.agent, now=now, body=MARKED)
    conversation.post_message(_fresh(states["resolved"]), "Thanks <b>a lot</b>", by=actor_for(cast.growth), now=now)
    ending.resolve(_fresh(states["resolved"]), by=owner, now=now)
    ending.withdraw(states["withdrawn"], by=owner, now=now)
    answer_ticket(_fresh(states["waiting"]), cast.agent, now=now, body="Which one?", then=Status.WAITING_PARTNER)
    triage.assign(states["critical"], cast.agent, by=actor_for(cast.lead), now=now)
    conversation.add_note(_fresh(states["critical"]), "Same cause as last week.", by=agent, now=now)
    fire_due(now)
    Outbox.objects.filter(pk__in=Outbox.objects.values("pk")[:2]).update(dead_at=now, error="no such mailbox")
    return states


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def _in_states(stage: Stage, tickets: dict[str, Ticket]) -> Iterator[Shown]:
    for ticket in tickets.values():
        yield _get(stage, "owner", reverse("ticket", args=[ticket.reference]))
        yield _get(stage, "lead", reverse("admin:desk_ticket", args=[ticket.reference]))
    yield _get(stage, "owner", reverse("complete_ticket", args=[tickets["sent_back"].reference]))
    # Empty, full, and found by search.
    for person, path in (
        ("direct_member", "/"), ("other_growth", reverse("manager_desk")), ("owner", "/"), ("owner", "/?view=all"),
        ("owner", "/?q=nothing+like+it"), ("owner", "/?view=escalated"), ("growth", "/"), ("nordlicht_member", "/"),
        ("nordlicht_member", reverse("organisation")), ("agent", reverse("settings")), ("growth", reverse("settings")),
        ("lead", reverse("notices")), ("lead", reverse("admin:queue")),
        ("lead", reverse("admin:queue") + "?q=nothing+like+it"), ("owner", reverse("new_ticket") + "?q=late"),
        ("owner", reverse("new_ticket") + "?q=xyzzy"),
    ):  # fmt: skip
        yield _get(stage, person, path)
    for action in ("send_back", "reclassify", "assign", "resolve"):
        reference = stage.tickets["meridians"].reference
        yield _get(stage, "lead", f"{reverse('admin:desk_ticket', args=[reference])}?do={action}")


def _refused(stage: Stage) -> Iterator[Shown]:
    """Forms that come back with errors, and the pages that say no."""
    reference = stage.tickets["meridians"].reference
    for person, path in (
        ("visitor", reverse("account_login")), ("visitor", reverse("account_reset_password")),
        ("owner", reverse("settings")), ("owner", reverse("notices")),
        ("colleague", reverse("invite_member")), ("colleague", reverse("new_token")),
        ("owner", reverse("new_ticket_form", args=[stage.draft.pk])),
        ("owner", reverse("write_message", args=[reference])),
        ("owner", reverse("worsen_ticket_page", args=[reference])),
        ("owner", reverse("escalate", args=[stage.tickets["shared_with_nordlicht"].reference])),
    ):  # fmt: skip
        yield _post(stage, person, path)
    yield _get(stage, "owner", "/tickets/TK-222222/")
    yield _get(stage, "visitor", "/nothing/")
    yield _get(stage, "owner", reverse("invite_member"))
    yield Shown("whatever fails", render_to_string("500.html"), 500)


def _get(stage: Stage, person: str, path: str, **how: object) -> Shown:
    client = _browser(stage, person)
    with transaction.atomic():
        response = client.get(path, follow=False, **{"headers": {"accept": "text/html"}, **how})
        transaction.set_rollback(True)
    return _shown(f"{person} GET {path}", response)


def _post(stage: Stage, person: str, path: str) -> Shown:
    client = _browser(stage, person)
    with transaction.atomic():
        response = client.post(path, {"name": "", "file_it": "1"}, headers={"accept": "text/html"})
        transaction.set_rollback(True)
    return _shown(f"{person} POST {path}", response)


def _browser(stage: Stage, person: str) -> Client:
    cache.clear()  # limits count attempts
    browser = Client()
    if person != "visitor":
        browser.force_login(getattr(stage.cast, person))
    return browser


def _shown(name: str, response: object) -> Shown:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")  # type: ignore[attr-defined]
    streaming = getattr(response, "streaming", False)
    html = response.content.decode() if is_html and not streaming else ""  # type: ignore[attr-defined]
    policy = response.headers.get("Content-Security-Policy", "")  # type: ignore[attr-defined]
    return Shown(name, html, response.status_code, policy)  # type: ignore[attr-defined]
