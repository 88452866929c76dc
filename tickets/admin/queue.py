"""The queue: open tickets in the order in which they should be worked, and "next ticket"."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tickets.actions.taking import take_next
from tickets.admin.desk_frame import actor_of, frame
from tickets.admin.incident_words import incident_choices
from tickets.admin.queue_words import filters, row, since_run, views
from tickets.admin.selection import take
from tickets.queries import desk

KEPT_DAYS = 30
KEPT_SECONDS = 300  # the share of kept promises is counted again after so long


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show one page of the queue; htmx asks for the same address again and gets the parts that change."""
    now, actor = timezone.now(), actor_of(request)
    narrowing = desk.Narrowing.read(request.GET)
    page = desk.page_of(desk.narrowed(actor, narrowing, now=now), narrowing, after=request.GET.get("after", ""))
    counted = desk.counts(actor, now=now)
    kept = {"selected": []} if request.htmx else take(request)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "narrowing": narrowing,
        "kept": kept,
        "rows": [row(one, now=now) | {"is_selected": one.reference in kept["selected"]} for one in page.tickets],
        "views": views(narrowing, counted),
        "figures": _figures(counted),
        "clock": since_run(desk.last_run(), now=now),
        "is_continued": bool(request.GET.get("after")),
        "here": request.get_full_path(),
        "start_url": address(narrowing),
        "next_url": address(narrowing, after=page.after) if page.after else "",
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "admin/desk/_queue_live.html", context)
    context["incidents"] = incident_choices()
    return render(request, "admin/desk/queue.html", frame(request, **context, **filters(narrowing, now=now)))


@require_POST
def next_ticket(request: HttpRequest) -> HttpResponse:
    """Take the ticket that should be worked next, and open it."""
    ticket = take_next(by=actor_of(request), now=timezone.now())
    if ticket is None:
        messages.info(request, "Nothing waits for somebody to take it: everything that is support's turn is assigned.")
        return redirect("admin:queue")
    return redirect("admin:desk_ticket", ticket.reference)


def address(narrowing: desk.Narrowing, *, after: str = "") -> str:
    """Return the queue's address for a narrowing, and where to go on in it."""
    parameters = narrowing.parameters()
    if after:
        parameters["after"] = after
    query = urlencode(parameters)
    return f"{reverse('admin:queue')}?{query}" if query else reverse("admin:queue")


def _figures(counted: dict[str, Any]) -> list[dict[str, Any]]:
    share = cache.get_or_set("desk-kept-share", _kept, KEPT_SECONDS)
    late, close = counted["views"]["late"], counted["views"]["close"]
    return [
        {"figure": share, "words": f"answered in time, {KEPT_DAYS} days"},
        {"figure": late, "words": "late now", "is_late": bool(late)},
        {"figure": close, "words": "about to be late"},
        {"figure": counted["views"]["nobody"], "words": "nobody has"},
    ]


def _kept() -> str:
    share = desk.kept_share(since=timezone.now() - timedelta(days=KEPT_DAYS))
    return "–" if share is None else f"{share:.1f} %"
