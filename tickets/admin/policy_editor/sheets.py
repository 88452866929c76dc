"""One part of a draft as a plain form: what makes no sense is said at its field, and what was typed stays."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from packages.actions.versions import Stale, edit_draft
from packages.models import PolicyVersion
from packages.policy.document import parse
from packages.policy.editing import NoSuchEntry, checked
from packages.policy.inputs import Control, Group, Typed
from packages.policy.parts import sheet_of
from packages.policy.reading import DocumentInvalid
from packages.policy.sheets import Sheet
from tickets.admin.policy_editor.guards import (
    State,
    document_of,
    page_frame,
    person_of,
    policy_page,
    version_or_404,
    whole,
)
from tickets.admin.policy_editor.lists import fields_of
from tickets.admin.policy_editor.preview import LANGUAGE_CHOICES, previewed_topic, render_preview
from tickets.admin.policy_editor.week import week_bars

STALE = (
    "{who} changed this draft meanwhile. Nothing was saved. What you typed stands here, and where the draft now says "
    "something else it is shown below the field. Save again to put yours in its place."
)
MOST_IN_A_ROW = 4  # more stand one a line, as the languages and the days of a week do
OVER = "It is no draft any more, so nothing was saved. What you typed stands here: it can go into another draft."


@dataclass(slots=True)
class Shown:
    """A form as it is on the page: what is typed, what is wrong at which control, what somebody else made of it."""

    version: PolicyVersion
    document: dict[str, Any]
    sheet: Sheet
    part: tuple[str, str, str]
    typed: Typed
    errors: dict[str, list[str]] = field(default_factory=dict)
    summary: list[dict[str, str]] = field(default_factory=list)
    notice: str = ""
    theirs: Typed = field(default_factory=dict)


@policy_page("GET", "POST")
def sheet_page(request: HttpRequest, pk: int, part: str, code: str = "", field: str = "") -> HttpResponse:
    """Show the form of a part; keep what is sent, in a draft that is still as the person saw it."""
    version = version_or_404(pk)
    document = document_of(version)
    try:
        sheet = sheet_of(document, part, code, field, kind=request.POST.get("kind", ""))
    except NoSuchEntry:
        if request.method == "POST":
            return _gone(request, version)
        raise Http404 from None
    shown = Shown(version, document, sheet, (part, code, field), sheet.shown(document))
    if request.method == "POST":
        return _sent(request, shown)
    return _page(request, shown)


def _sent(request: HttpRequest, shown: Shown) -> HttpResponse:
    current = shown.typed
    shown.typed = shown.sheet.tidy({name: value for name, value in request.POST.items() if isinstance(value, str)})
    if "preview" in request.POST:
        return _preview(request, shown)
    if "rows" in request.POST:
        return _page(request, shown)
    if shown.version.state != State.DRAFT:
        shown.notice = OVER
        return _page(request, shown, status=409)
    expected = whole(request.POST.get("version"))
    try:
        if expected != shown.version.lock_version:
            raise Stale
        changed = shown.sheet.changed(shown.document, shown.typed)
        checked(changed, before=shown.document)
        edit_draft(shown.version, changed, by=person_of(request), now=timezone.now(), expected=expected)
    except DocumentInvalid as error:
        _place(shown, error)
        return _page(request, shown, status=400)
    except Stale:
        return _stale(request, shown, current)
    messages.success(request, f"{shown.sheet.title}: saved in the draft.")
    return redirect(request.path)


def _stale(request: HttpRequest, shown: Shown, current: Typed) -> HttpResponse:
    shown.version.refresh_from_db()
    shown.notice = STALE.format(who=shown.version.by or "Somebody")
    shown.theirs = current
    return _page(request, shown, status=409)


def _place(shown: Shown, error: DocumentInvalid) -> None:
    """Put each problem at its control and into the summary; one elsewhere in the policy only there."""
    labels = {
        control.name: f"{group.legend}, {control.label}" if group.legend else control.label
        for outer in shown.sheet.groups(shown.typed)
        for group in outer.walk()
        for control in group.controls
    }
    for problem in error.problems:
        name = shown.sheet.place(problem, shown.typed)
        if name:
            shown.errors.setdefault(name, []).append(_sentence(problem.message))
        text = f"{labels[name]}: {problem.message}" if name else str(problem)
        shown.summary.append({"anchor": _id(name) if name else "", "text": text})


def _page(request: HttpRequest, shown: Shown, *, status: int = 200) -> HttpResponse:
    part, code, field = shown.part
    topic = previewed_topic(shown.document, part, code, field)
    context = {
        "sheet": shown.sheet,
        "groups": [_group(shown, group) for group in shown.sheet.groups(shown.typed)],
        "errors": shown.summary,
        "notice": shown.notice,
        "part": part,
        "code": code,
        "topic": topic,
        "preview": render_preview(request, shown.document, topic) if topic else "",
        "languages": LANGUAGE_CHOICES,
        "week": _week(shown) if part == "calendars" else None,
        "fields": None if field else fields_of(shown.version, shown.document, part, code),
        "add_label": _add_label(shown),
        "library": sorted(shown.document["fields"]),
        "back": reverse("admin:policy_entry", args=[shown.version.pk, part, code]) if field else "",
    }
    return render(request, "admin/policy/sheet.html", page_frame(request, shown.version, **context), status=status)


def _group(shown: Shown, group: Group) -> dict[str, Any]:
    """Return a group for the page; `is_folded` when nothing stands in it and nothing is wrong with it."""
    controls = [_control(shown, one) for one in group.controls]
    inner = [_group(shown, one) for one in group.inner]
    speaks = any(one["speaks"] for one in controls) or any(not one["is_folded"] for one in inner)
    return {
        "legend": group.legend,
        "help": group.help,
        "controls": controls,
        "inner": inner,
        "is_lined": len(controls) > MOST_IN_A_ROW,
        "row": group.row,
        "is_folded": bool(group.legend) and group.row is None and not speaks,
    }


def _control(shown: Shown, control: Control) -> dict[str, Any]:
    value = shown.typed.get(control.name, control.initial)
    errors = shown.errors.get(control.name, [])
    theirs = shown.theirs.get(control.name, "") if shown.theirs else value
    names = dict(control.options)
    known = value in names or control.kind != "choice"
    return {
        "name": control.name,
        "id": _id(control.name),
        "label": control.label,
        "kind": control.kind,
        # What was typed stays, even where it is no longer offered.
        "options": control.options if known else ((value, value or "choose one"), *control.options),
        "value": value,
        "errors": errors,
        "is_changed": theirs != value,
        "theirs": names.get(theirs, theirs),
        "speaks": bool(errors) or theirs != value or value not in ("", control.initial),
    }


def _week(shown: Shown) -> list[dict[str, Any]] | None:
    """Return the week that the draft holds, drawn; None where the draft makes no sense yet."""
    try:
        return week_bars(parse(shown.document).calendars[shown.part[1]].hours)
    except DocumentInvalid:
        return None


def _add_label(shown: Shown) -> str:
    """Return what is offered below the fields; an item is one, and there are never two."""
    part, code, _ = shown.part
    if part == "fields":
        return "Add a column, by its code" if shown.document["fields"][code].get("columns") else ""
    return "Ask another field of the library"


def _preview(request: HttpRequest, shown: Shown) -> HttpResponse:
    part, code, field = shown.part
    try:
        changed = shown.sheet.changed(shown.document, shown.typed)
        checked(changed, before=shown.document)
    except DocumentInvalid as error:
        problems = [str(problem) for problem in error.problems]
        return render(request, "admin/policy/_preview.html", {"problems": problems})
    topic = previewed_topic(changed, part, code, field)
    return HttpResponse(render_preview(request, changed, topic) if topic else "")


def _gone(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """Tell that the part was removed meanwhile, with everything that was typed."""
    hidden = ("csrfmiddlewaretoken", "version", "preview", "preview_language", "preview_filer")
    typed = [(name, value) for name, value in request.POST.items() if name not in hidden and value]
    return render(request, "admin/policy/gone.html", page_frame(request, version, typed=typed), status=409)


def _id(name: str) -> str:
    return f"in-{name.replace('.', '-')}"


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."
