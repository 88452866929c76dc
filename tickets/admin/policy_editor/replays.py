"""What would have happened: ask for a run under a draft, watch it, stop it, read what it found."""

from datetime import timedelta
from typing import Any

import structlog
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from kombu.exceptions import OperationalError

from packages.models import PolicyVersion
from packages.policy.reading import DocumentInvalid
from tickets.actions import replaying
from tickets.admin.policy_editor.guards import (
    State,
    document_of,
    draft_or_404,
    page_frame,
    person_of,
    policy_page,
    whole,
)
from tickets.models import Replay
from tickets.policy.replay_report import DIMENSIONS, NAMED, Sum, summed
from tickets.tasks import replay as replay_task
from tickets.wording import duration

log = structlog.get_logger(__name__)

MOST_DAYS = 3650
SHOWN = 20
SILENT = timedelta(minutes=2)  # a worker that says nothing for so long is gone
FIGURES = {
    "earlier": "Earlier",
    "later": "Later",
    "other_severity": "Other severity",
    "would_be_late": "In time, would have been late",
    "would_be_kept": "Late, would have been in time",
}


@policy_page("GET", "POST")
def replay_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the runs of a draft; start one over so many days."""
    draft = draft_or_404(pk)
    error, days = "", request.POST.get("days", "90").strip()
    if request.method == "POST":
        if 1 <= whole(days) <= MOST_DAYS:
            try:
                return redirect("admin:policy_replay_run", _start(request, draft, whole(days)).pk)
            except DocumentInvalid:
                error = "The draft makes no sense yet: its page says where."
        else:
            error = f"Use a whole number from 1 to {MOST_DAYS}."
    context = {
        "days": days,
        "error": error,
        "runs": Replay.objects.filter(draft=draft).select_related("by").defer("report").order_by("-pk")[:SHOWN],
    }
    return render(
        request, "admin/policy/replay.html", page_frame(request, draft, **context), status=400 if error else 200
    )


@policy_page("GET", "POST")
def run_page(request: HttpRequest, run: int) -> HttpResponse:
    """Show how far a run is and what it found; sent, stop or begin it again. An htmx request gets what changes."""
    found = get_object_or_404(Replay.objects.select_related("draft", "by"), pk=run)
    if request.method == "POST" and request.POST.get("act") == "again":
        return _again(request, found)
    if request.method == "POST":
        replaying.cancel(found, now=timezone.now())
        messages.info(request, "It is stopped.")
        return redirect("admin:policy_replay_run", run)
    context = page_frame(request, found.draft, run=found, **_progress(found), **_results(request, found))
    if getattr(request, "htmx", False):
        # A run that ended brings its whole page along: figures stand outside of what is polled.
        response = render(request, "admin/policy/_run.html", context)
        if found.is_over:
            response["HX-Refresh"] = "true"
        return response
    return render(request, "admin/policy/run.html", context)


def _start(request: HttpRequest, draft: PolicyVersion, days: int) -> Replay:
    with transaction.atomic():
        run = replaying.ask_for_replay(draft, days=days, by=person_of(request), now=timezone.now())
        transaction.on_commit(lambda: _wake(run.pk))
    return run


def _again(request: HttpRequest, run: Replay) -> HttpResponse:
    """Stop a run and ask for another one over as many days, of the draft as it is now."""
    draft = draft_or_404(run.draft_id)
    with transaction.atomic():
        replaying.cancel(run, now=timezone.now())
        try:
            another = _start(request, draft, run.days)
        except DocumentInvalid:
            messages.error(request, "The draft makes no sense now: its page says where.")
            return redirect("admin:policy_replay_run", run.pk)
    return redirect("admin:policy_replay_run", another.pk)


def _wake(run: int) -> None:
    """Hand the run to a worker. Without a broker it stays waiting, and its page says so."""
    try:
        replay_task.delay(run)
    except (OperationalError, OSError) as error:
        log.warning("replay not handed over", replay=run, error=str(error))


def _progress(run: Replay) -> dict[str, Any]:
    silent = timezone.now() - (run.beat_at or run.asked_at)
    return {
        "percent": min(100, run.done * 100 // run.total) if run.total else 0,
        "is_silent": not run.is_over and silent > SILENT,
        "silence": duration(silent),
        "is_again": run.draft.state == State.DRAFT and (run.is_over or silent > SILENT),
        "is_outdated": run.draft_lock_version != run.draft.lock_version,
    }


def _results(request: HttpRequest, run: Replay) -> dict[str, Any]:
    if run.state != Replay.State.DONE:
        return {}
    chosen, code = request.GET.get("figure", ""), request.GET.get("code", "")
    dimension = request.GET.get("by", "") if request.GET.get("by") in DIMENSIONS else ""
    (everything,) = summed(run.report)
    named = _names(document_of(run.draft))
    tables = [
        {
            "dimension": one,
            "title": one.capitalize(),
            "rows": [_row(found, named[one]) for found in summed(run.report, one)],
        }
        for one in DIMENSIONS
    ]
    behind = next((one for one in summed(run.report, dimension) if one.code == code), None)
    return {
        "everything": _row(everything, {}),
        "left_out": run.report.get("left_out", 0),
        "tables": tables,
        "figures": FIGURES,
        "chosen": FIGURES.get(chosen, ""),
        "chosen_of": named.get(dimension, {}).get(code, code) or "all",
        # A ticket that was promised twice is named once.
        "tickets": list(dict.fromkeys(behind.tickets[chosen])) if behind and chosen in NAMED else [],
        "behind_count": behind.counts[chosen] if behind and chosen in NAMED else 0,
    }


def _names(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the English names of what the tables are by; what the draft has no more keeps its code."""
    parts = {"package": "packages", "severity": "severities", "topic": "topics"}
    return {
        dimension: {code: (entry.get("name") or {}).get("en") or code for code, entry in document[part].items()}
        for dimension, part in parts.items()
    }


def _row(found: Sum, names: dict[str, str]) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": names.get(found.code, found.code),
        "promises": found.counts["promises"],
        "moved": found.counts["moved"],
        "figures": [(name, found.counts[name]) for name in FIGURES],
        "mean": _length(found.mean_move),
        "most_earlier": _length(-found.most_earlier),
        "most_later": _length(found.most_later),
    }


def _length(microseconds: int) -> str:
    """Return a move in words: "2 h later", "30 min earlier", "–" for none."""
    if not microseconds:
        return "–"
    length = timedelta(microseconds=abs(microseconds))
    return f"{duration(length)} {'later' if microseconds > 0 else 'earlier'}"
