"""Merge a ticket into another: what will happen is shown before. Undo it, and link tickets, from their pages."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tickets.actions import merging
from tickets.actions.change import NotNow, StaleTicket
from tickets.admin.desk_cards import neighbours
from tickets.admin.desk_forms import MergeForm
from tickets.admin.desk_frame import actor_of, frame
from tickets.admin.desk_ticket import ticket_for
from tickets.admin.refusals import sentence
from tickets.models import Promise, Ticket
from tickets.queries.merging import Preview, candidates, preview
from tickets.wording import refusal, short_moment


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask into which ticket, show what will happen (`?into=`), and do it."""
    ticket, now = ticket_for(request, reference), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    form = MergeForm(given if "into" in given else None, ticket=ticket, actor=actor_of(request))
    is_valid = form.is_valid()
    if request.method == "POST" and is_valid and form.target is not None:
        try:
            version = request.POST.get("version", "")
            merging.merge(
                ticket, form.target, by=actor_of(request), now=now, reason=form.cleaned_data["reason"],
                expected=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
            )  # fmt: skip
        except StaleTicket:
            form.add_error(None, refusal("stale"))
        except NotNow as refused:
            form.add_error("into", sentence(refused, ticket, now=now))
        else:
            messages.success(request, f"{ticket.reference} was merged into this ticket. Its own page can undo it.")
            return redirect("admin:desk_ticket", form.target.reference)
        ticket = ticket_for(request, reference)
    context = _context(request, ticket, form, now)
    return render(request, "admin/desk/merge.html", frame(request, **context), status=409 if form.errors else 200)


def shown_preview(found: Preview, *, now: datetime) -> dict[str, Any]:
    """Return what a merge will do, in words, for templates/admin/desk/_merge_preview.html."""
    promise = found.promise
    is_missed = found.outcome == Promise.Outcome.MISSED
    return {
        "source": found.source,
        "people": ", ".join(str(one) for one in found.people),
        "count": len(found.people),
        "following": found.following,
        "promise": _ending(promise, is_missed=is_missed, now=now),
        "is_missed": is_missed,
        "timers": found.timers,
        "said": _said(found),
        "lapses": found.lapses,
    }


def _ending(promise: Promise | None, *, is_missed: bool, now: datetime) -> str:
    if promise is None:
        return "None runs. What was promised stays in the record."
    due, outcome = short_moment(promise.due_at, now=now), "missed" if is_missed else "void"
    return f"Due {due}, it ends as {outcome} and stays in the record."


def _said(found: Preview) -> str:
    parts = ["The description"]
    for count, what in ((found.messages, "message"), (found.notes, "internal note")):
        if count:
            parts.append(f"{count} {what}{'' if count == 1 else 's'}")
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else parts[0]


def _context(request: HttpRequest, ticket: Ticket, form: MergeForm, now: datetime) -> dict[str, Any]:
    chosen = form.target if form.is_bound and not form.has_error("into") else None
    return {
        "ticket": ticket,
        "form": form,
        "target": chosen,
        "preview": shown_preview(preview(ticket, chosen, now=now), now=now) if chosen is not None else None,
        "candidates": neighbours(candidates(actor_of(request), ticket), now=now) if chosen is None else [],
    }
