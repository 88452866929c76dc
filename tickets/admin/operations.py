"""The engine room: what is due next and what failed, what waits to be sent and what was given up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tickets.actions import webhooks
from tickets.actions.firing import try_now
from tickets.admin.desk_frame import frame
from tickets.models import Outbox, Timer
from tickets.notifications import outbox
from tickets.queries import timers
from tickets.queries.webhooks import failing_endpoints

SHOWN = 50
SHOWN_WITH = ("event__ticket", "incident", "user", "endpoint__organisation")


@require_GET
def timers_page(request: HttpRequest) -> HttpResponse:
    """Show what is overdue, what failed and what comes next, and how late timers fire."""
    now = timezone.now()
    lists: dict[str, Any] = {
        "overdue": timers.due(now).select_related("ticket")[:SHOWN],
        "failing": timers.failing().select_related("ticket")[:SHOWN],
        "coming": timers.coming(now).select_related("ticket")[:SHOWN],
    }
    late = timers.lateness(now)
    figures = [
        {"figure": _ago(timers.heartbeats().get("timers"), now), "words": "last looked at"},
        {"figure": _length(timers.oldest_overdue(now)), "words": "the oldest overdue one waits"},
        {"figure": late.count, "words": "fired in 15 minutes"},
        {"figure": _length(late.p50) if late.count else "–", "words": "late, half of them less"},
        {"figure": _length(late.p99) if late.count else "–", "words": "late, 99 of 100 less"},
    ]
    return render(request, "admin/desk/timers.html", frame(request, figures=figures, shown=SHOWN, **lists))


@require_POST
def try_timer(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a timer that failed at once, instead of at its next turn."""
    timer = get_object_or_404(Timer, pk=pk)
    result = try_now(timer, now=timezone.now())
    if result.fired:
        messages.success(request, "It fired.")
    elif result.skipped:
        messages.info(request, "It was not needed any more.")
    elif result.failed:
        messages.error(request, "It failed again.")
    else:
        messages.info(request, "Nothing was done: it is not due, or its ticket is being changed right now.")
    return redirect("admin:timers")


@require_GET
def outbox_page(request: HttpRequest) -> HttpResponse:
    """Show what was given up and what waits."""
    now = timezone.now()
    beats = timers.heartbeats()
    context: dict[str, Any] = {
        "dead": timers.dead_deliveries().select_related(*SHOWN_WITH)[:SHOWN],
        "waiting": timers.waiting_deliveries(now).select_related(*SHOWN_WITH)[:SHOWN],
        "figures": [
            {"figure": _ago(beats.get("mail"), now), "words": "mails last looked at"},
            {"figure": _ago(beats.get("webhooks"), now), "words": "webhooks last looked at"},
            {"figure": timers.waiting_deliveries(now).count(), "words": "ought to have left"},
            {"figure": timers.dead_deliveries().count(), "words": "given up"},
            {"figure": failing_endpoints().count(), "words": "endpoints failing"},
        ],
        "shown": SHOWN,
    }
    return render(request, "admin/desk/outbox.html", frame(request, **context))


@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send once more what was given up or sent; its id stays, so that a repeat is recognised."""
    row = Outbox.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    now = timezone.now()
    if row.channel == Outbox.Channel.WEBHOOK:
        is_queued, to = webhooks.send_again(row, now=now), "the endpoint"
    else:
        is_queued, to = outbox.send_again(row, now=now) > 0, row.recipient
    if is_queued:
        messages.success(request, f"It is sent again to {to}.")
    else:
        messages.info(request, "Nothing was done: it waits to be sent already, or its endpoint is switched off.")
    return redirect("admin:outbox")


def _ago(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{_length(max(now - at, timedelta(0)))} ago"


def _length(length: timedelta | None) -> str:
    if length is None:
        return "–"
    seconds = length.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
