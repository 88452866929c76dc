"""The versions of the policy: which is in force, which will be, which are written; compared in words."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from packages.actions.versions import NotWithdrawable, Stale, discard_draft, make_draft, withdraw
from packages.models import PolicyVersion
from packages.policy.compare import Change, compare
from packages.policy.document import Policy, parse
from packages.policy.reading import DocumentInvalid
from packages.queries.policies import in_force, version_of
from tickets.admin.policy_editor.guards import (
    State,
    document_of,
    draft_or_404,
    page_frame,
    person_of,
    policy_page,
    version_or_404,
    whole,
)
from tickets.admin.policy_editor.lists import entries_of, library_of, single_of

HISTORY = 200


@policy_page("GET")
def versions_page(request: HttpRequest) -> HttpResponse:
    """List the versions by what they are now."""
    now = timezone.now()
    rows = list(PolicyVersion.objects.select_related("by").defer("document").order_by("-starts_at", "-pk")[:HISTORY])
    current = in_force(now).id
    published = [row for row in rows if row.state != State.DRAFT]
    context: dict[str, Any] = {
        "current": next((row for row in rows if row.pk == current), None),
        "scheduled": [
            row for row in published if row.state == State.PUBLISHED and row.starts_at and row.starts_at > now
        ],
        "drafts": [row for row in rows if row.state == State.DRAFT],
        "history": published,
    }
    return render(request, "admin/policy/versions.html", page_frame(request, **context))


@policy_page("POST")
def new_draft(request: HttpRequest) -> HttpResponse:
    """Start a draft from the version in force."""
    now = timezone.now()
    source = version_or_404(in_force(now).id)
    draft = make_draft(document_of(source), by=person_of(request), now=now, reason=f"From policy {source.number}")
    return redirect("admin:policy_version", draft.pk)


@policy_page("GET")
def version_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the parts of a version, each with the way to its form, and what a draft changes so far."""
    version = version_or_404(pk)
    document = document_of(version)
    changes, problems = changes_of(version, in_force(timezone.now()).policy)
    context = {
        "entries": entries_of(document),
        "library": library_of(document),
        "single": single_of(version),
        "changes": changes,
        "problems": problems,
    }
    return render(request, "admin/policy/version.html", page_frame(request, version, **context))


@policy_page("POST")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a draft."""
    draft = draft_or_404(pk)
    try:
        discard_draft(draft, by=person_of(request), now=timezone.now(), expected=whole(request.POST.get("version")))
    except Stale as error:
        messages.error(request, f"{error} Nothing was removed.")
        return redirect("admin:policy_version", pk)
    messages.success(request, "The draft is removed.")
    return redirect("admin:policy")


@policy_page("POST")
def withdraw_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a version that has not started."""
    version, reason = version_or_404(pk), request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "Say why it is withdrawn: the history keeps it.")
        return redirect("admin:policy_version", pk)
    try:
        withdraw(version, by=person_of(request), now=timezone.now(), reason=reason)
    except NotWithdrawable as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Policy {version.number} is withdrawn. It never was in force.")
    return redirect("admin:policy")


@policy_page("GET")
def compare_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in words what a version changes, against the one in force or another one."""
    version, now = version_or_404(pk), timezone.now()
    other = _compared_with(request, version, now)
    changes, problems = changes_of(version, version_of(other).policy)
    published = PolicyVersion.objects.exclude(state=State.DRAFT).exclude(pk=pk).order_by("-number")
    context = {
        "other": other,
        "others": published.only("pk", "number", "starts_at")[:HISTORY],
        "changes": changes,
        "problems": problems,
    }
    return render(request, "admin/policy/compare.html", page_frame(request, version, **context))


def changes_of(version: PolicyVersion, against: Policy) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what a version changes, by the part of the policy, and what is wrong with it."""
    try:
        changes = compare(against, parse(document_of(version)))
    except DocumentInvalid as error:
        return [], [str(problem) for problem in error.problems]
    parts: dict[str, list[Change]] = {}
    for change in changes:
        parts.setdefault(change.part, []).append(change)
    return [{"part": part, "changes": found} for part, found in parts.items()], []


def _compared_with(request: HttpRequest, version: PolicyVersion, now: datetime) -> PolicyVersion:
    """Return the version to compare with: the one named, the one before a published one, or the one in force."""
    published = PolicyVersion.objects.filter(state=State.PUBLISHED)
    if request.GET.get("with"):
        found = PolicyVersion.objects.exclude(state=State.DRAFT).filter(pk=whole(request.GET["with"])).first()
        if found is None:
            raise Http404
        return found
    before = published.filter(number__lt=version.number).order_by("-number").first() if version.number else None
    return before or published.get(pk=in_force(now).id)
