"""The admin's front page: what is late now, and how well promises were kept; each table as CSV too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from accounts.policy.roles import May
from packages.policy.document import Policy
from packages.policy.wording import wording
from packages.queries.policies import in_force
from tickets.admin import figures_words as words
from tickets.admin.desk_frame import actor_of, frame, ticket_url
from tickets.admin.figures_words import Table
from tickets.admin.queue_words import severity_choices
from tickets.models import Promise
from tickets.policy.weeks import weeks_until
from tickets.queries import reports, reports_now
from tickets.queries.figures import is_behind, support_zone
from tickets.queries.promise_state import state_of
from tickets.queries.reports import Basis, Narrowing
from tickets.web.meters import meter
from tickets.wording import day_and_time, time_of_day, zone_city

WEEKS = 12
PERIODS = [("4", "4 weeks"), ("12", "12 weeks"), ("26", "26 weeks"), ("52", "52 weeks")]
URGENT_SHOWN = 6
DRAWN_SECONDS = 300  # at most so long does a report show a name that was changed


class NarrowingForm(forms.Form):
    """The address of a report: what is not understood is said and narrows nothing."""

    weeks = forms.ChoiceField(choices=PERIODS, required=False, label="Period")
    package = forms.ChoiceField(required=False)
    severity = forms.ChoiceField(choices=[("", "Severity"), *severity_choices()], required=False)
    topic = forms.ChoiceField(required=False)
    organisation = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, policy: Policy, by_organisation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        packages = [(code, wording(one.name, "en")) for code, one in policy.packages.items()]
        topics = [(code, wording(one.name, "en")) for code, one in policy.topics.items()]
        self.fields["package"].choices = [("", "Package"), *packages]  # type: ignore[attr-defined]
        self.fields["topic"].choices = [("", "Topic"), *topics]  # type: ignore[attr-defined]
        if not by_organisation:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].widget.attrs |= {"type": "search", "placeholder": "Organisation"}
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "field", "aria-label": field.label or name.capitalize()}


class _Asked:
    """What a request asks for: the form, the narrowing that it makes, and what its reports stand on."""

    def __init__(self, request: HttpRequest) -> None:
        self.now = timezone.now()
        self.is_lead = actor_of(request).may(May.LEAD)
        if request.GET.get("organisation") and not self.is_lead:
            raise PermissionDenied
        self.terms = in_force(self.now)
        self.policy = self.terms.policy
        self.zone = support_zone(self.policy)
        given = {"weeks": str(WEEKS), **{name: value for name, value in request.GET.items() if value}}
        self.form = NarrowingForm(given, policy=self.policy, by_organisation=self.is_lead)
        self.form.is_valid()
        chosen = self.form.cleaned_data
        self.narrowing = Narrowing(
            int(chosen.get("weeks") or WEEKS),
            *(chosen.get(name, "") for name in ("package", "severity", "topic")),
        )
        self.called = reports.organisations_called(chosen["organisation"]) if chosen.get("organisation") else []
        if chosen.get("organisation"):
            self.narrowing = replace(self.narrowing, organisations=tuple(one.pk for one in self.called))
        said = {name: chosen.get(name, "") for name in self.form.fields}
        self.said = {name: value for name, value in said.items() if value and (name, value) != ("weeks", str(WEEKS))}

    @property
    def since(self) -> datetime:
        return weeks_until(self.now, self.narrowing.weeks, self.zone)[0]

    def address(self, view: str, *args: str, **changes: str) -> str:
        query = urlencode({**self.said, **changes})
        return reverse(view, args=args) + (f"?{query}" if query else "")

    def csv(self) -> dict[str, str]:
        """Return the address of each table's CSV, by the table's name."""
        return {name: self.address("admin:figures_csv", name) for name in _TABLES}


@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what is late and about to be, and the reports of the chosen weeks."""
    asked = _Asked(request)
    basis = _basis(asked)
    context = {
        "form": asked.form,
        "left_out": [str(asked.form.fields[name].label or name).lower() for name in asked.form.errors],
        "called": asked.called,
        "is_narrowed": bool(set(asked.said) - {"weeks"}),
        "responses": _responses(asked, basis),
        "live": {"now": _now(asked), "escalations": _escalations(asked)},
        "csv": asked.csv(),
        "urgent": [_urgent_row(promise, asked.now) for promise in _most_urgent(asked)],
        "is_behind": is_behind(basis.progress, now=asked.now),
        "title": "Dashboard",
    }
    return render(request, "admin/desk/dashboard.html", frame(request, **context))


def _responses(asked: _Asked, basis: Basis) -> SafeString:
    """Return the reports on first responses as they stand in the page, drawn once while no other promise ends."""
    standing = _standing(basis.progress.until, asked.zone, asked.now)

    def draw() -> SafeString:
        report = reports.report(asked.narrowing, basis)
        total = report.total()
        tables = [
            words.weeks_table(report, asked.zone),
            words.packages_table(report, asked.policy),
            words.severities_table(report, asked.policy),
            words.topics_table(report, asked.policy),
        ]
        if asked.is_lead:
            tables.append(_organisations(asked, basis, most=reports.NAMED))
        context = {
            "is_new": basis.progress.until is None and not total.ended,
            "has_figures": bool(total.ended),
            "headline": words.headline(total, report.before),
            "weeks": asked.narrowing.weeks,
            "tables": {table.name: table for table in tables},
            "csv": asked.csv(),
            "organisations_shown": reports.NAMED,
            "standing": standing,
        }
        return render_to_string("admin/desk/_responses.html", context)

    # All that is drawn follows from these, but for names that are changed meanwhile.
    drawn_from = asked.since, asked.narrowing, asked.said, asked.is_lead, asked.terms.id, standing, basis.fresh
    return reports.once_a_count(("drawn", drawn_from), basis.progress, draw, seconds=DRAWN_SECONDS)


@require_GET
def figures_csv(request: HttpRequest, table: str) -> HttpResponse:
    """Send one table of the dashboard, narrowed as the page is. Organisations are for leads."""
    asked = _Asked(request)
    if table == "organisations" and not asked.is_lead:
        raise PermissionDenied
    if table not in _TABLES:
        raise Http404
    response = HttpResponse(_TABLES[table](asked).csv(), content_type="text/csv; charset=utf-8")
    day = asked.now.astimezone(asked.zone)
    response["Content-Disposition"] = f'attachment; filename="dashboard-{table}-{day:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _of_report(table: Callable[[reports.Report, _Asked], Table]) -> Callable[[_Asked], Table]:
    return lambda asked: table(reports.report(asked.narrowing, _basis(asked)), asked)


def _basis(asked: _Asked) -> Basis:
    return Basis.read(zone=asked.zone, now=asked.now)


def _organisations(asked: _Asked, basis: Basis, *, most: int | None) -> Table:
    found = reports.by_organisation(asked.narrowing, basis, most=most)
    return words.organisations_table(found, lambda name: asked.address("admin:index", organisation=name))


def _escalations(asked: _Asked) -> Table:
    found = reports_now.escalations_by_tier(asked.narrowing, since=asked.since, now=asked.now)
    return words.escalations_table(found, asked.policy)


def _now(asked: _Asked) -> Table:
    return words.urgent_table(reports_now.urgent_by_severity(now=asked.now), asked.policy)


_TABLES: dict[str, Callable[[_Asked], Table]] = {
    "now": _now,
    "weeks": _of_report(lambda report, asked: words.weeks_table(report, asked.zone)),
    "packages": _of_report(lambda report, asked: words.packages_table(report, asked.policy)),
    "severities": _of_report(lambda report, asked: words.severities_table(report, asked.policy)),
    "topics": _of_report(lambda report, asked: words.topics_table(report, asked.policy)),
    "organisations": lambda asked: _organisations(asked, _basis(asked), most=None),
    "escalations": _escalations,
}


def _most_urgent(asked: _Asked) -> list[Promise]:
    return reports_now.most_urgent(now=asked.now, most=URGENT_SHOWN)


def _urgent_row(promise: Promise, now: datetime) -> dict[str, Any]:
    ticket = promise.ticket
    return {
        "ticket": ticket,
        "url": ticket_url(ticket.reference),
        "severity": promise.severity,
        "state": meter(state_of(promise, ticket, now=now), now=now),
    }


def _standing(until: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Say in which zone the weeks are, and how far is counted."""
    weeks = f"Weeks begin on Monday at 00:00 in {zone_city(zone.key)}."
    if until is None:
        return f"{weeks} Nothing is counted by the hour yet."
    local = until.astimezone(zone)
    same_day = local.date() == now.astimezone(zone).date()
    counted = time_of_day(local) if same_day else day_and_time(local)
    return f"{weeks} Counted by the hour until {counted}, live since."
