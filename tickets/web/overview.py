"""The list of tickets, and its export."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actor import Actor
from accounts.models import Organisation
from accounts.policy.roles import May
from accounts.queries.access import visible_organisations
from accounts.web.guards import actor_of, signed_in
from packages.policy.document import Policy
from packages.queries.policies import in_force
from tickets.models import Ticket
from tickets.queries.overview import Criteria, Sort, View, counts, in_rows, is_a_managers, listed, ordered, page
from tickets.web.list_export import csv_lines
from tickets.web.list_reading import address, read_criteria, read_place, write_place
from tickets.web.list_rows import rows_of, topic_name

ROWS = 25  # of a page


@require_GET
@signed_in
def tickets(request: HttpRequest) -> HttpResponse:
    """Show the tickets of the actor's organisation; support works at its desk instead."""
    actor = actor_of(request)
    if actor.may(May.TRIAGE):
        return redirect("admin:queue")
    criteria = read_criteria(request.GET)
    now = timezone.now()
    policy = in_force(now).policy
    organisations = _organisations(actor)
    ids = [one.pk for one in organisations]
    found = page(
        listed(actor, criteria, ids),
        criteria,
        actor,
        size=ROWS,
        after=read_place(request.GET.get("after", ""), criteria),
        before=read_place(request.GET.get("before", ""), criteria),
    )
    here = reverse("tickets")
    context = {
        "criteria": criteria,
        "rows": rows_of(found.rows, actor=actor, policy=policy, now=now),
        "views": _views(actor, criteria, ids),
        "filters": _filters(criteria, actor, policy, organisations),
        "sorts": _sorts(criteria),
        "previous_url": address(here, criteria, before=write_place(found.before)) if found.before else "",
        "next_url": address(here, criteria, after=write_place(found.after)) if found.after else "",
        "export_url": address(reverse("tickets_export"), criteria),
        "clear_url": address(here, criteria.without_filters),
        "hidden": {"view": criteria.view, "sort": ("-" if criteria.reverse else "") + criteria.sort},
        "whose": _whose(actor, organisations),
        "empty": _empty(actor, criteria),
    }
    is_fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "tickets/_list.html" if is_fragment else "tickets/list.html", context)
    if is_fragment:
        response["HX-Push-Url"] = address(here, criteria)
    # One address, two answers: going back must not show the fragment as a page.
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
@signed_in
def tickets_export(request: HttpRequest) -> HttpResponseBase:
    """Send what is filtered as CSV, as a stream."""
    actor = actor_of(request)
    if actor.may(May.TRIAGE):
        return redirect("admin:queue")
    criteria = read_criteria(request.GET)
    now = timezone.now()
    ids = [one.pk for one in _organisations(actor)]
    lines = csv_lines(
        ordered(in_rows(listed(actor, criteria, ids)), criteria, actor),
        policy=in_force(now).policy,
        now=now,
        language=get_language() or "en",
        zone=ZoneInfo(timezone.get_current_timezone_name()),
    )
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"tickets-{timezone.localdate(now).isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _organisations(actor: Actor) -> list[Organisation]:
    if actor.organisation is not None and not actor.is_partner:
        return [actor.organisation]
    return list(visible_organisations(actor).only("name", "kind", "partner_id").order_by("name"))


def _whose(actor: Actor, organisations: list[Organisation]) -> str:
    """Say whose tickets these are."""
    if is_a_managers(actor):
        partners = sum(one.is_partner for one in organisations)
        return ngettext(
            "%(n)d partner of yours and its clients", "%(n)d partners of yours and their clients", partners
        ) % {"n": partners}
    name = str(actor.organisation or "")
    clients = len(organisations) - 1
    if not actor.is_partner or clients < 1:
        return name
    return ngettext("%(name)s and its %(n)d client", "%(name)s and its %(n)d clients", clients) % {
        "name": name,
        "n": clients,
    }


def _views(actor: Actor, criteria: Criteria, organisations: list[int]) -> list[dict[str, Any]]:
    found = counts(actor, organisations)
    here = reverse("tickets")
    labels = {
        View.YOUR_TURN: _("To decide") if is_a_managers(actor) else _("Your turn"),
        View.OPEN: pgettext("tickets", "Open"),
        View.SUPPORT: _("Waiting for support"),
        View.ESCALATED: pgettext("tickets", "Escalated"),
        View.RESOLVED: pgettext("tickets", "Resolved"),
        View.ALL: _("All"),
    }
    return [
        {
            "label": label,
            "count": found[view],
            "url": address(here, criteria.seen_as(view)),
            "is_current": view is criteria.view,
        }
        for view, label in labels.items()
    ]


@dataclass(frozen=True, slots=True)
class Filter:
    """A select above the list; the first option, of an empty value, filters nothing."""

    name: str
    label: str
    any_label: str
    options: list[tuple[str, str]]
    chosen: str


def _filters(criteria: Criteria, actor: Actor, policy: Policy, organisations: list[Organisation]) -> list[Filter]:
    topics = sorted(((code, topic_name(code, policy.topics)) for code in policy.topics), key=lambda one: one[1].lower())
    severities = [(str(value), str(label)) for value, label in Ticket.Severity.choices]
    statuses = [(str(value), str(label)) for value, label in Ticket.Status.choices]
    found = [
        Filter("topic", _("Topic"), _("Topic: any"), topics, criteria.topic),
        Filter("severity", _("Severity"), _("Severity: any"), severities, criteria.severity),
        Filter("status", _("Status"), _("Status: any"), statuses, criteria.status),
        Filter("language", _("Language"), _("Language: any"), list(settings.LANGUAGES), criteria.language),
    ]
    if len(organisations) > 1:
        clients = [(str(one.pk), one.name) for one in organisations]
        found.insert(0, Filter("client", _("Client"), _("Client: any"), clients, str(criteria.organisation or "")))
    return found


def _sorts(criteria: Criteria) -> dict[str, dict[str, str]]:
    """Return, for each column, where its heading leads and how it is sorted now."""
    here = reverse("tickets")
    return {name: _heading(here, criteria, sort) for name, sort in _COLUMNS}


_COLUMNS: Iterable[tuple[str, Sort]] = (
    ("severity", Sort.SEVERITY),
    ("status", Sort.STATUS),
    ("due", Sort.DUE),
    ("activity", Sort.ACTIVITY),
)
_DESCENDS = {Sort.ACTIVITY}


def _heading(here: str, criteria: Criteria, sort: Sort) -> dict[str, str]:
    is_current = criteria.sort is sort
    turned = replace(criteria, sort=sort, reverse=is_current and not criteria.reverse)
    falls = (sort in _DESCENDS) is not criteria.reverse
    return {
        "url": address(here, turned),
        "aria": ("descending" if falls else "ascending") if is_current else "",
        "falls": "falls" if is_current and falls else "",
    }


def _empty(actor: Actor, criteria: Criteria) -> dict[str, str]:
    """Say what stands where no row is, and the next thing to do."""
    here = reverse("tickets")
    if criteria.is_narrowed:
        return {
            "icon": "search",
            "title": _("Nothing found"),
            "text": _("No ticket in this view fits what you look for."),
            "url": address(here, criteria.without_filters),
            "action": _("Clear search and filters"),
        }
    if criteria.view in (View.OPEN, View.ALL) and actor.may(May.FILE):
        return {
            "icon": "inbox",
            "title": _("No open ticket"),
            "text": _("When something does not work, file a ticket: you see at once by when support answers."),
            "url": reverse("new_ticket"),
            "action": _("New ticket"),
        }
    if criteria.view is View.YOUR_TURN:
        return {
            "icon": "circle-check",
            "title": _("Nothing waits for you"),
            "text": "",
            "url": here,
            "action": _("Show open tickets"),
        }
    return {
        "icon": "inbox",
        "title": _("No ticket here"),
        "text": "",
        "url": address(here, Criteria(view=View.ALL)),
        "action": _("Show all tickets"),
    }
