"""What would be promised, in words and as a picture: severity and why, the deadline in both zones, what is counted."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.web.zones import city
from packages.policy.clock import NeverOpen, Span
from packages.policy.document import Package, Policy, Topic
from packages.policy.fields import Field
from packages.policy.hours import Calendar, Day
from packages.queries.policies import InForce, package_of
from packages.web.wording import date_words
from tickets.queries.offers import Offer, offer_for
from tickets.web.meters import track
from tickets.wording import day, day_and_time, duration, policy_text, severity_reason, time_of_day

DECIDING = ("impact", "workaround", "environment")
_TOLD_DAYS = 4


def offer_of_values(
    actor: Actor, topic: Topic, values: Mapping[str, Any], *, version: InForce, now: datetime
) -> tuple[Offer | None, list[Field]]:
    """Return what typed answers would be promised, or the fields that still decide about it."""
    assert actor.organisation is not None  # the page is a member's
    missing = [field for field in topic.common if field.code in DECIDING and field.code not in values]
    if missing:
        return None, missing
    offer = offer_for(
        actor.organisation,
        topic.code,
        impact=values["impact"],
        workaround=values["workaround"],
        environment=values["environment"],
        now=now,
        version=version,
    )
    return offer, []


def promise_context(offer: Offer | None, missing: list[Field], *, package: Package, policy: Policy) -> dict[str, Any]:
    """Return the context of tickets/_promise_offer.html, in the active language and zone."""
    calendar = policy.calendar_of(package.code)
    context: dict[str, Any] = {
        "hours": hours_in_words(calendar),
        "package": policy_text(package.name),
        "missing": [policy_text(field.label) for field in missing],
        "basis": offer.basis if offer else "",
    }
    if offer is None:
        return context
    context["severity"] = offer.severity
    context["severity_name"] = policy_text(policy.severities[offer.severity].name)
    return context | _deadline(offer, calendar)


def package_for(actor: Actor, version: InForce, *, now: datetime) -> Package:
    """Return the package that the actor's organisation has now. One query."""
    assert actor.organisation is not None  # the page is a member's
    return package_of(actor.organisation, policy=version.policy, at=now)


def _deadline(offer: Offer, calendar: Calendar) -> dict[str, Any]:
    support, own = ZoneInfo(calendar.zone), timezone.get_current_timezone()
    due, mine = offer.due_at.astimezone(support), offer.due_at.astimezone(own)
    same = due.utcoffset() == mine.utcoffset()
    return {
        "due_time": time_of_day(due),
        "due_day": f"{day(due)}, {city(calendar.zone)}",
        "own_time": "" if same else time_of_day(mine),
        "own_moment": "" if same else _own_moment(due, mine),
        "reason": severity_reason(offer.finding.reason if offer.finding else "support"),
        "target": duration(offer.target),
        "counted": _counted(offer, support),
        "starts": _starts(offer, support),
        "track": track(
            started_at=offer.started_at,
            due_at=offer.due_at,
            target=offer.target,
            clock=offer.clock,
            zone=calendar.zone,
        ),
    }


def _own_moment(due: datetime, mine: datetime) -> str:
    if due.date() == mine.date():
        return time_of_day(mine)
    return f"{date_words(mine, 'D')} {time_of_day(mine)}"


def _starts(offer: Offer, zone: ZoneInfo) -> str:
    """Return from when it counts, if that is not at once."""
    if offer.clock.is_open(offer.started_at):
        return ""
    try:
        opens = offer.clock.next_opening(offer.started_at)
    except NeverOpen:
        return ""
    moment = {"moment": day_and_time(opens.astimezone(zone)), "city": city(zone.key)}
    return gettext("Support is closed now; the time counts from %(moment)s %(city)s.") % moment


def _counted(offer: Offer, zone: ZoneInfo) -> str:
    """Return what counts on which day of support: "2 h 20 min today, 1 h 40 min tomorrow"."""
    spans = offer.clock.explain(offer.started_at, offer.target)
    today = offer.started_at.astimezone(zone).date()
    days = [
        (on, sum((span.length for span in of_day), timedelta()))
        for on, of_day in groupby(spans, key=lambda span: _day_of(span, zone))
    ]
    texts = [_counted_on(on, length, today) for on, length in days[:_TOLD_DAYS]]
    return ", ".join(texts) + (" …" if len(days) > _TOLD_DAYS else "")


def _day_of(span: Span, zone: ZoneInfo) -> date:
    return span.start.astimezone(zone).date()


def _counted_on(on: date, length: timedelta, today: date) -> str:
    words = {"length": duration(length)}
    if on == today:
        return gettext("%(length)s today") % words
    if on == today + timedelta(days=1):
        return gettext("%(length)s tomorrow") % words
    return gettext("%(length)s on %(day)s") % {**words, "day": date_words(on, "l")}


def hours_in_words(calendar: Calendar) -> str:
    """Return a week's opening hours, days alike taken together: "Monday to Friday, 02:00 to 22:00; Saturday …"."""
    # 2024-01-01 was a Monday: the names of the days come from the language.
    names = [date_words(date(2024, 1, 1) + timedelta(days=place), "l") for place in range(7)]
    parts, place = [], 0
    for windows, alike in groupby(calendar.week):
        count = len(list(alike))
        if windows:
            parts.append(f"{_days(names[place : place + count])}, {_windows(windows)}")
        place += count
    hours = "; ".join(parts)
    return gettext("Support is open %(hours)s, %(city)s time.") % {"hours": hours, "city": city(calendar.zone)}


def _days(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return gettext("%(first)s and %(last)s") % {"first": names[0], "last": names[1]}
    return gettext("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}


def _windows(windows: Day) -> str:
    texts = []
    for window in windows:
        if window.end - window.start == 24 * 60:
            texts.append(gettext("24 hours"))
            continue
        start, _, end = str(window).partition("-")
        texts.append(gettext("%(start)s to %(end)s") % {"start": start, "end": end})
    return ", ".join(texts)
