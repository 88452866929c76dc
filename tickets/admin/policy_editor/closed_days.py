"""Closed days of a calendar from a country's holidays: shown first, and only what is ticked is added."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from packages.actions.versions import Stale, edit_draft
from packages.models import PolicyVersion
from packages.policy.editing import NoSuchEntry, checked, entry_at, with_entry
from packages.queries.public_holidays import NoSuchPlace, PublicHoliday, countries, public_holidays, regions
from tickets.admin.policy_editor.guards import document_of, draft_or_404, page_frame, person_of, policy_page, whole

MOST_YEARS = 10
COUNTRY_OF_ZONE = "DE"


class PlaceForm(forms.Form):
    """Whose holidays, and of which years."""

    country = forms.ChoiceField(choices=countries)
    region = forms.CharField(required=False, max_length=20, help_text="Blank: only what the whole country has off.")
    first = forms.IntegerField(label="From year", min_value=2000, max_value=2100)
    last = forms.IntegerField(label="To year", min_value=2000, max_value=2100)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "country" in given and given.get("region"):
            known = regions(given["country"])
            if given["region"] not in known:
                self.add_error(
                    "region", f"Use one of {', '.join(known)}." if known else "This country has none: leave it blank."
                )
        first, last = given.get("first"), given.get("last")
        if first and last and not first <= last < first + MOST_YEARS:
            self.add_error("last", f"Use a year from {first} to {first + MOST_YEARS - 1}.")
        return given


@dataclass(slots=True)
class Offer:
    """The days found, which of them the calendar has already, and which are ticked."""

    form: PlaceForm
    days: list[dict[str, Any]] = field(default_factory=list)
    notice: str = ""


@policy_page("GET", "POST")
def closed_days_page(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Offer a country's holidays; add those that are ticked to the calendar of a draft."""
    draft = draft_or_404(pk)
    document = document_of(draft)
    try:
        calendar = entry_at(document, ("calendars", code))
    except NoSuchEntry:
        raise Http404 from None
    sent = request.POST if request.method == "POST" else request.GET
    year = timezone.now().year
    form = PlaceForm(
        sent if "country" in sent else None, initial={"country": COUNTRY_OF_ZONE, "first": year, "last": year + 2}
    )
    for control in form.fields.values():
        control.widget.attrs["class"] = "field"
    offer = Offer(form)
    if not form.is_bound or not form.is_valid():
        return _page(request, draft, code, offer, status=400 if form.errors else 200)
    found = _found(form.cleaned_data)
    had = calendar.get("closed_days") or {}
    ticked = set(request.POST.getlist("day")) if request.method == "POST" else None
    offer.days = [_row(one, had, ticked) for one in found]
    if request.method == "GET":
        return _page(request, draft, code, offer)
    chosen = {row["on"]: row["name"] for row in offer.days if row["ticked"] and not row["had"]}
    if not chosen:
        offer.notice = "Nothing is ticked, so nothing was added."
        return _page(request, draft, code, offer, status=400)
    return _add(request, draft, document, code, chosen, offer)


def _add(
    request: HttpRequest,
    draft: PolicyVersion,
    document: dict[str, Any],
    code: str,
    chosen: dict[str, str],
    offer: Offer,
) -> HttpResponse:
    calendar = entry_at(document, ("calendars", code))
    closed = dict(sorted({**(calendar.get("closed_days") or {}), **chosen}.items()))
    changed = with_entry(document, ("calendars", code), {**calendar, "closed_days": closed})
    checked(changed, before=document)
    expected = whole(request.POST.get("version"))
    try:
        edit_draft(draft, changed, by=person_of(request), now=timezone.now(), expected=expected)
    except Stale:
        draft.refresh_from_db()
        who = draft.by or "Somebody"
        offer.notice = f"{who} changed this draft meanwhile. Nothing was added: add them again if it is still right."
        return _page(request, draft, code, offer, status=409)
    messages.success(request, f"{len(chosen)} closed days are added to the draft.")
    return redirect("admin:policy_entry", draft.pk, "calendars", code)


def _found(given: dict[str, Any]) -> tuple[PublicHoliday, ...]:
    try:
        return public_holidays(given["country"], given["region"], range(given["first"], given["last"] + 1))
    except NoSuchPlace:
        return ()


def _row(one: PublicHoliday, had: dict[str, str], ticked: set[str] | None) -> dict[str, Any]:
    on = one.on.isoformat()
    return {
        "on": on,
        "day": _day(one.on),
        "name": one.name,
        "had": on in had,
        "ticked": on in ticked if ticked is not None else True,
    }


def _day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"


def _page(request: HttpRequest, draft: PolicyVersion, code: str, offer: Offer, *, status: int = 200) -> HttpResponse:
    known = regions(str(offer.form["country"].value()))
    if known:
        offer.form["region"].help_text += f" One of {', '.join(known)}."
    calendar = document_of(draft)["calendars"][code]
    context = page_frame(request, draft, code=code, name=calendar["name"].get("en", code), offer=offer)
    return render(request, "admin/policy/closed_days.html", context, status=status)
