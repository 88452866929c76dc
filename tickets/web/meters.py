"""A promise as a picture: the words and the meter of a row, the bar from filing to deadline."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from packages.policy.clock import Clock, Span
from packages.web.wording import date_words
from tickets.queries.promise_state import PromiseState, State
from tickets.wording import duration, fields_missing, late_by, short_moment, time_left, time_of_day


def meter(state: PromiseState, *, now: datetime, missing: int = 0) -> dict[str, Any]:
    """Return the context of components/_promise_state.html: words first, never a bare date."""
    headline, detail = _words(state, now=now, missing=missing)
    context: dict[str, Any] = {
        "state": _look(state),
        "headline": headline,
        "detail": detail,
        "percent": _percent(state),
    }
    if state.code in (State.RUNNING, State.CLOSE):
        context["due"] = due(state)
    return context


def due(state: PromiseState) -> dict[str, Any]:
    """Return what keeps a countdown true: the open seconds left, and whether they pass just now."""
    return {
        "left_seconds": int(state.left.total_seconds()),
        "running": state.is_open_now,
        "close_seconds": int(state.close_left.total_seconds()),
    }


def _look(state: PromiseState) -> str:
    return "none" if state.code is State.VOID else state.code.value


def _percent(state: PromiseState) -> int:
    return 100 if state.code in (State.LATE, State.MISSED) else state.share


def _words(state: PromiseState, *, now: datetime, missing: int) -> tuple[str, str]:
    match state.code:
        case State.NOT_RUNNING:
            return gettext("Clock not running"), fields_missing(missing) if missing else ""
        case State.RUNNING | State.CLOSE:
            assert state.due_at is not None  # a running promise has a deadline
            return time_left(state.left), gettext("due %(moment)s") % {"moment": short_moment(state.due_at, now=now)}
        case State.LATE:
            assert state.due_at is not None
            return late_by(state.late_by), gettext("was due %(moment)s") % {
                "moment": short_moment(state.due_at, now=now)
            }
        case State.KEPT:
            return gettext("Answered in %(time)s") % {"time": duration(state.used)}, _of_target(state)
        case State.MISSED if state.answered_at is not None:
            return gettext("Answered late, by %(time)s") % {"time": duration(state.late_by)}, _of_target(state)
        case State.MISSED:
            return gettext("Missed"), _of_target(state)
        case State.VOID:
            return gettext("Ended before a response"), ""
    return gettext("No promise"), ""


def _of_target(state: PromiseState) -> str:
    return gettext("of %(target)s") % {"target": duration(state.target)}


def track(
    *,
    started_at: datetime,
    due_at: datetime,
    target: timedelta,
    clock: Clock,
    zone: str,
    now: datetime | None = None,
    state: str = "running",
) -> dict[str, Any]:
    """Return the context of components/_promise_track.html; its ends are told in support's zone.

    `now` None draws nothing as used: before filing.
    """
    place = ZoneInfo(zone)
    spans = _merged(clock.explain(started_at, target))
    pieces = [piece for piece in _pieces(started_at, spans) if piece[1] > piece[0]]
    whole = sum(((end - start) for start, end, _ in pieces), timedelta()) or timedelta(seconds=1)
    segments = [_segment(start, end, kind, whole, now) for start, end, kind in pieces]
    begin, end = started_at.astimezone(place), due_at.astimezone(place)
    return {
        "segments": segments,
        "state": state,
        "start": time_of_day(begin),
        "middle": _middle(pieces, place),
        # A target of a day ends at the hour at which it began: the day tells them apart.
        "end": time_of_day(end) if end.date() == begin.date() else f"{date_words(end, 'D')} {time_of_day(end)}",
    }


def _merged(spans: Sequence[Span]) -> list[tuple[datetime, datetime]]:
    """Join spans that touch: midnight and a clock change are no gap."""
    joined: list[tuple[datetime, datetime]] = []
    for span in spans:
        if joined and joined[-1][1] == span.start:
            joined[-1] = (joined[-1][0], span.end)
        else:
            joined.append((span.start, span.end))
    return joined


def _pieces(started_at: datetime, spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime, str]]:
    pieces = []
    if spans and started_at < spans[0][0]:
        pieces.append((started_at, spans[0][0], "closed"))
    for place, (start, end) in enumerate(spans):
        pieces.append((start, end, "open"))
        if place + 1 < len(spans):
            pieces.append((end, spans[place + 1][0], "closed"))
    return pieces


def _segment(start: datetime, end: datetime, kind: str, whole: timedelta, now: datetime | None) -> dict[str, Any]:
    used = 0.0 if now is None or now <= start else min(1.0, (now - start) / (end - start))
    return {
        "kind": kind,
        "width_percent": round(100 * ((end - start) / whole), 2),
        "used_percent": round(100 * used, 2),
        "is_now": now is not None and start <= now < end,
    }


def _middle(pieces: Sequence[tuple[datetime, datetime, str]], zone: ZoneInfo) -> str:
    closed = [(start, end) for start, end, kind in pieces if kind == "closed"]
    if len(closed) != 1:
        return ""
    start, end = closed[0]
    return gettext("%(start)s, closed until %(end)s") % {
        "start": time_of_day(start.astimezone(zone)),
        "end": time_of_day(end.astimezone(zone)),
    }
