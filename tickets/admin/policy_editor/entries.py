"""Add, remove and order the entries of a draft: packages, calendars, topics, fields, and the fields of a topic."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from packages.actions.versions import Stale, edit_draft
from packages.models import Subscription
from packages.policy.editing import (
    NoSuchEntry,
    Path,
    checked,
    copied,
    entry_at,
    moved,
    users_of_field,
    with_entry,
    without_entry,
)
from packages.policy.reading import DocumentInvalid
from packages.policy.wording import LANGUAGES
from tickets.admin.policy_editor.guards import document_of, draft_or_404, page_frame, person_of, policy_page, whole
from tickets.models import Draft

PARTS = ("packages", "calendars", "topics", "fields")


class InUse(ValueError):
    """The entry can't be removed; the message says why and what to do."""


@policy_page("POST")
def change_entries(request: HttpRequest, pk: int) -> HttpResponse:
    """Do one of: add, remove, up, down. `within` a topic ("common": every ticket) to its field, a field its column."""
    draft = draft_or_404(pk)
    document = document_of(draft)
    part, code, within = (request.POST.get(name, "").strip() for name in ("part", "code", "within"))
    if part not in PARTS:
        return HttpResponse("Say which part of the policy.", status=400, content_type="text/plain")
    try:
        changed = _changed(request, document, part, code, within)
        checked(changed, before=document)
        edit_draft(
            draft, changed, by=person_of(request), now=timezone.now(), expected=whole(request.POST.get("version"))
        )
    except NoSuchEntry:
        raise Http404 from None
    except (DocumentInvalid, InUse) as error:
        problems = [str(one) for one in error.problems] if isinstance(error, DocumentInvalid) else [str(error)]
        context = page_frame(request, draft, problems=problems, part=part, code=code, within=within)
        return render(request, "admin/policy/refused.html", context, status=409)
    except Stale:
        problems = [f"{draft.by or 'Somebody'} changed this draft meanwhile: look at it again."]
        context = page_frame(request, draft, problems=problems, part=part, code=code, within=within)
        return render(request, "admin/policy/refused.html", context, status=409)
    if request.POST.get("act") == "add" and not within:
        return redirect("admin:policy_entry", pk, part, code)
    messages.success(request, "Saved in the draft.")
    return redirect("admin:policy_entry", pk, part, within) if within else redirect("admin:policy_version", pk)


def _changed(request: HttpRequest, document: dict[str, Any], part: str, code: str, within: str) -> dict[str, Any]:
    act = request.POST.get("act", "")
    path = _path(part, code, within)
    if act == "add" and within:
        _refuse_twice(document, path)
        column = {"kind": "text", "label": dict.fromkeys(LANGUAGES, code)}
        return with_entry(document, path, column if part == "fields" else {"field": code, "mandatory": "never"})
    if act == "add":
        return _added(document, part, request.POST.get("source", ""), code)
    if act == "remove":
        if not within:
            _refuse_used(document, part, code)
        return without_entry(document, path)
    if act in ("up", "down"):
        return moved(document, path, -1 if act == "up" else 1)
    raise Http404


def _path(part: str, code: str, within: str) -> Path:
    if not within:
        return (part, code)
    if part == "fields":
        return ("fields", within, "columns", code)
    return ("common", code) if within == "common" else ("topics", within, "fields", code)


def _added(document: Mapping[str, Any], part: str, source: str, code: str) -> dict[str, Any]:
    added = copied(document, part, source, code)
    if part == "packages":
        # Each topic is listed for the new package as it is for the one that it was copied from.
        for topic in added["topics"].values():
            if source in (topic.get("listed") or {}):
                topic["listed"][code] = topic["listed"][source]
    return added


def _refuse_twice(document: Mapping[str, Any], path: Path) -> None:
    try:
        entry_at(document, path)
    except NoSuchEntry:
        return
    raise InUse("It is there already.")


def _refuse_used(document: Mapping[str, Any], part: str, code: str) -> None:
    """Refuse to remove what people use at this moment. What the policy itself refers to, `parse` refuses."""
    if part == "topics" and (drafts := Draft.objects.filter(topic__code=code).count()):
        raise InUse(
            f"Tickets being written about this topic: {drafts}. It can go when they are filed, or left for 30 days."
        )
    if part == "packages" and (held := Subscription.objects.filter(package__code=code).count()):
        raise InUse(f"{held} subscriptions name this package: give those organisations another one first.")
    if part == "calendars" and (
        open_by := [name for name, entry in document["packages"].items() if entry.get("calendar") == code]
    ):
        raise InUse(f"Packages that keep these hours: {', '.join(open_by)}. Give them other hours first.")
    if part == "fields" and (users := users_of_field(document, code)):
        raise InUse(f"It is asked by {', '.join(users)}: take it out there first.")
