"""Hours, durations and rules of the policy in words."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.web.zones import city
from packages.policy.clock import Clock, NeverOpen, Span

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

# Django gives their names of days and months a capital, which they have at the beginning of a sentence alone.
_SMALL_NAMES = {"es", "pt-br", "ru"}


def in_words(length: timedelta) -> str:
    """Return a duration in hours and minutes: "4 hours", "30 minutes", "1 hour 30 minutes"."""
    hours, rest = divmod(length, HOUR)
    minutes = rest // MINUTE
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if minutes or not hours:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    return " ".join(parts)


def time_of_day(at: datetime) -> str:
    """Return the wall clock of an instant that is in the zone to be shown."""
    return f"{at:%H:%M}"


def spans_in_words(spans: Iterable[Span], zone: ZoneInfo, *, throughout: bool) -> str:
    """Return what a day's row says: "02:00 to 22:00", "open all day", "closed"."""
    if throughout:
        return _("open all day")
    texts = []
    for span in spans:
        start, end = span.start.astimezone(zone), span.end.astimezone(zone)
        ends = time_of_day(end) if end.date() == start.date() else "24:00"
        texts.append(_("%(start)s to %(end)s") % {"start": time_of_day(start), "end": ends})
    return ", ".join(texts) or _("closed")


def date_words(on: date, form: str) -> str:
    """Return a date as Django's date filter writes it, its names as they stand within a sentence: "Wed", "ср"."""
    words = date_format(on, form)
    return words.lower() if get_language() in _SMALL_NAMES else words


def in_city(when: str, zone: str) -> str:
    """Return "16:08 Berlin": a moment, with the city by whose clocks it is said."""
    return _("%(when)s %(city)s") % {"when": when, "city": city(zone)}


def support_state(clock: Clock, now: datetime) -> tuple[bool, str]:
    """Return whether support is open, and the sentence that says so with the next change, in the calendar's zone."""
    zone = ZoneInfo(clock.calendar.zone)
    if clock.is_open(now):
        closes = clock.closes_at(now)
        if closes is None:
            return True, _("Support is always open")
        when = moment(closes, now=now, zone=zone)
        return True, _("Support is open until %(moment)s %(city)s") % {"moment": when, "city": city(zone.key)}
    try:
        opens = clock.next_opening(now)
    except NeverOpen:
        return False, _("Support is closed")
    when = moment(opens, now=now, zone=zone)
    return False, _("Support is closed, opens %(moment)s %(city)s") % {"moment": when, "city": city(zone.key)}


def moment(at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Return an instant in `zone` as short as it can be said now: "22:00", "Mon 02:00", "2 Jan 02:00"."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = time_of_day(local)
    if local.date() == today:
        return clock
    if local.date() - today < timedelta(days=7):
        return f"{date_words(local, 'D')} {clock}"
    return f"{date_words(local, 'j N')} {clock}"
