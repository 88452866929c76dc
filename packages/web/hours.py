"""What a page shows of a package: open or closed, the week as bars, closed days ahead, targets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.web.zones import city
from packages.policy.clock import Clock, Span, clock_for
from packages.policy.document import CalendarFacts, Package, Policy
from packages.policy.severity import Severity
from packages.policy.week import OpenDay, week_around
from packages.policy.wording import wording
from packages.web.wording import in_words, spans_in_words, support_state

AHEAD = timedelta(days=365)
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class WeekView:
    """A week in one zone, in the shape that components/_week_bars.html reads."""

    title: str
    days: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TargetView:
    severity: str
    name: str
    definition: str
    within: str


@dataclass(frozen=True, slots=True)
class ClosedDayView:
    day: str
    name: str


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package in the reader's language and zone. With the same hours in both zones there is one week."""

    code: str
    name: str
    summary: str
    is_open: bool
    text: str  # the sentence about being open, as the frame says it
    weeks: list[WeekView]
    closed_days: list[ClosedDayView]
    targets: list[TargetView]
    city: str


def package_view(policy: Policy, package: Package, *, now: datetime, zone: ZoneInfo, language: str) -> PackageView:
    """Return a package as it is shown to a reader in `zone`."""
    calendar = policy.calendars[package.calendar]
    clock = clock_for(calendar.hours)
    is_open, text = support_state(clock, now)
    return PackageView(
        code=package.code,
        name=wording(package.name, language),
        summary=wording(package.summary, language),
        is_open=is_open,
        text=text,
        weeks=_weeks(calendar, clock, now, zone),
        closed_days=list(_closed_days(calendar, now)),
        targets=list(_targets(policy, package, language)),
        city=city(calendar.hours.zone),
    )


def support_line(policy: Policy, package: Package, now: datetime) -> dict[str, Any]:
    """Return what the frame of every page says about support: `is_open` and `text`."""
    is_open, text = support_state(clock_for(policy.calendar_of(package.code)), now)
    return {"is_open": is_open, "text": text}


def _weeks(calendar: CalendarFacts, clock: Clock, now: datetime, zone: ZoneInfo) -> list[WeekView]:
    theirs = ZoneInfo(calendar.hours.zone)
    week = WeekView(_title(theirs, is_support=True), _bars(calendar, week_around(clock, now, theirs), now, theirs))
    if now.astimezone(zone).utcoffset() == now.astimezone(theirs).utcoffset():
        return [week]
    local = WeekView(_title(zone, is_support=False), _bars(calendar, week_around(clock, now, zone), now, zone))
    return [local, week]


def _title(zone: ZoneInfo, *, is_support: bool) -> str:
    if is_support:
        return _("Support's time, %(city)s") % {"city": city(zone.key)}
    return _("Your time, %(city)s") % {"city": city(zone.key)}


def _bars(calendar: CalendarFacts, days: tuple[OpenDay, ...], now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    return [_bar(calendar, day, now, zone) for day in days]


def _bar(calendar: CalendarFacts, day: OpenDay, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    text = spans_in_words(day.spans, zone, throughout=day.is_open_throughout)
    closed = calendar.closed_names.get(day.on) if zone.key == calendar.hours.zone else None
    if closed is not None and not day.spans:
        text = _("closed, %(holiday)s") % {"holiday": closed} if closed else _("closed, holiday")
    is_today = day.start <= now < day.end
    return {
        "name": capfirst(date_format(day.on, "l")),  # it begins a row
        "windows": [_window(span, day.on, zone) for span in day.spans],
        "text": text,
        "is_today": is_today,
        "now_percent": _percent(now, day.on, zone) if is_today else None,
    }


def _window(span: Span, on: date, zone: ZoneInfo) -> dict[str, float]:
    start = _percent(span.start, on, zone)
    return {"start_percent": start, "width_percent": _percent(span.end, on, zone) - start}


def _percent(at: datetime, on: date, zone: ZoneInfo) -> float:
    """Return where the wall clock stands in the day, 100 at its end."""
    local = at.astimezone(zone)
    minutes = local.hour * 60 + local.minute if local.date() == on else MINUTES_A_DAY
    return round(minutes / MINUTES_A_DAY * 100, 2)


def _closed_days(calendar: CalendarFacts, now: datetime) -> Iterator[ClosedDayView]:
    today = now.astimezone(ZoneInfo(calendar.hours.zone)).date()
    for day in sorted(calendar.hours.closed_days):
        if today <= day <= today + AHEAD:
            name = capfirst(f"{date_format(day, 'l')}, {date_format(day, 'DATE_FORMAT')}")
            yield ClosedDayView(name, calendar.closed_names.get(day, ""))


def _targets(policy: Policy, package: Package, language: str) -> Iterator[TargetView]:
    for severity in Severity:
        facts = policy.severities[severity]
        yield TargetView(
            severity=severity,
            name=wording(facts.name, language),
            definition=wording(facts.definition, language),
            within=in_words(package.targets[severity]),
        )
