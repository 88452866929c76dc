"""Two versions of the policy compared in words, in English for the admin: "Premium Support, Urgent: 2 h → 1 h"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date, timedelta
from typing import Any

from packages.policy.document import DAYS, CalendarFacts, Package, Policy, Topic
from packages.policy.fields import Choice, Condition, Field, Test
from packages.policy.severity import Severity
from packages.policy.wording import LANGUAGES, Text

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the part of the policy, what changed in it, from and to."""

    part: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.part}, {self.what}: {self.before} → {self.after}"


def compare(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return every difference, promises first. Equal policies have none."""
    return tuple(
        change
        for found in (
            _packages(old, new),
            _calendars(old, new),
            _severities(old, new),
            _escalation(old, new),
            _timers(old, new),
            _topics(old, new),
            _error_codes(old, new),
        )
        for change in found
    )


def length_in_words(length: timedelta) -> str:
    """Return "2 h", "30 min", "1 h 30 min"."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def _packages(old: Policy, new: Policy) -> Iterator[Change]:
    yield from _differ("Packages", "default", old.default_package, new.default_package)
    for code, before, after in _pairs(old.packages, new.packages):
        if before is None or after is None:
            yield _came_or_went("Packages", code, before, after)
            continue
        yield from _package(before, after, old, new)


def _package(before: Package, after: Package, old: Policy, new: Policy) -> Iterator[Change]:
    part = after.name.get("en", after.code)
    for severity in Severity:
        yield from _differ(
            part,
            new.severities[severity].name.get("en", severity),
            length_in_words(before.targets[severity]),
            length_in_words(after.targets[severity]),
        )
    yield from _differ(part, "opening hours", before.calendar, after.calendar)
    yield from _texts(part, "name", before.name, after.name)
    yield from _texts(part, "summary", before.summary, after.summary)


def _calendars(old: Policy, new: Policy) -> Iterator[Change]:
    for code, before, after in _pairs(old.calendars, new.calendars):
        if before is None or after is None:
            yield _came_or_went("Opening hours", code, before, after)
            continue
        yield from _calendar(code, before, after)


def _calendar(code: str, before: CalendarFacts, after: CalendarFacts) -> Iterator[Change]:
    part = f"Opening hours {after.name.get('en', code)}"
    yield from _differ(part, "time zone", before.hours.zone, after.hours.zone)
    for day, was, becomes in zip(DAYS, before.hours.week, after.hours.week, strict=True):
        yield from _differ(part, day.capitalize(), _windows(was), _windows(becomes))
    yield from _texts(part, "name", before.name, after.name)
    for day_on in sorted(before.hours.closed_days | after.hours.closed_days):
        yield from _differ(part, f"{day_on:%d %b %Y}", _closed(before, day_on), _closed(after, day_on))


def _windows(windows: tuple[Any, ...]) -> str:
    return ", ".join(str(window) for window in windows) or "closed"


def _closed(calendar: CalendarFacts, day: date) -> str:
    if day not in calendar.hours.closed_days:
        return "as every week"
    return f"closed ({calendar.closed_names[day]})" if calendar.closed_names.get(day) else "closed"


def _severities(old: Policy, new: Policy) -> Iterator[Change]:
    for severity in Severity:
        before, after = old.severities[severity], new.severities[severity]
        part = f"Severity {after.name.get('en', severity)}"
        yield from _texts(part, "name", before.name, after.name)
        yield from _texts(part, "definition", before.definition, after.definition)


def _escalation(old: Policy, new: Policy) -> Iterator[Change]:
    for severity in Severity:
        yield from _differ(
            "Escalation",
            f"to decide and to acknowledge, {severity}",
            length_in_words(old.escalation_targets[severity]),
            length_in_words(new.escalation_targets[severity]),
        )
    for code, before, after in _pairs(old.escalation_causes, new.escalation_causes):
        yield from _texts("Escalation", f"cause {code}", before or {}, after or {})
    for code, tier_before, tier_after in _pairs(old.tiers, new.tiers):
        if tier_before is None or tier_after is None:
            yield _came_or_went("Tiers", code, tier_before, tier_after)
            continue
        yield from _differ(
            f"Tier {code}",
            "escalations a month",
            _limit(tier_before.monthly_limit),
            _limit(tier_after.monthly_limit),
        )
        yield from _texts(f"Tier {code}", "name", tier_before.name, tier_after.name)


def _limit(limit: int | None) -> str:
    return "no limit" if limit is None else str(limit)


def _timers(old: Policy, new: Policy) -> Iterator[Change]:
    for one in dataclass_fields(old.timers):
        yield from _differ(
            "Timers",
            one.name.replace("_", " "),
            _timed(getattr(old.timers, one.name)),
            _timed(getattr(new.timers, one.name)),
        )


def _timed(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_timed(item) for item in value) or NOTHING
    return length_in_words(value) if isinstance(value, timedelta) else f"{value} %"


def _topics(old: Policy, new: Policy) -> Iterator[Change]:
    for code, before, after in _pairs(old.topics, new.topics):
        if before is None or after is None:
            yield _came_or_went("Topics", code, before, after)
            continue
        yield from _topic(before, after, new)
    yield from _differ("Topics", "order", ", ".join(old.topics), ", ".join(new.topics))


def _topic(before: Topic, after: Topic, new: Policy) -> Iterator[Change]:
    part = f"Topic {after.name.get('en', after.code)}"
    for package in new.packages:
        yield from _differ(
            part, f"listed for {package}", before.listed.get(package, "nowhere"), after.listed.get(package, "nowhere")
        )
    yield from _differ(
        part,
        "confidential from the partner",
        _yes(before.confidential_from_partner),
        _yes(after.confidential_from_partner),
    )
    for name in ("name", "summary", "words"):
        yield from _texts(part, name, getattr(before, name), getattr(after, name))
    for group, was, becomes in _pairs(before.groups, after.groups):
        yield from _texts(part, f"one of {group}", was or {}, becomes or {})
    yield from _fields(part, {one.code: one for one in before.all_fields}, {one.code: one for one in after.all_fields})


def _fields(part: str, old: Mapping[str, Field], new: Mapping[str, Field]) -> Iterator[Change]:
    for code, before, after in _pairs(old, new):
        if before is None or after is None:
            yield _came_or_went(part, f"field {code}", before, after)
            continue
        yield from _field(part, f"field {code}", before, after)
    if set(old) == set(new):
        yield from _differ(part, "order of fields", ", ".join(old), ", ".join(new))


def _field(part: str, what: str, before: Field, after: Field) -> Iterator[Change]:
    for one in dataclass_fields(Field):
        was, becomes = getattr(before, one.name), getattr(after, one.name)
        if was == becomes:
            continue
        if isinstance(was, Mapping) and isinstance(becomes, Mapping):
            yield from _texts(part, f"{what}, {one.name.replace('_', ' ')}", was, becomes)
        else:
            yield Change(part, f"{what}, {one.name.replace('_', ' ')}", _shown(was), _shown(becomes))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, Condition):
        return _condition(value)
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value) or NOTHING
    if isinstance(value, Choice | Field):
        return value.code
    if isinstance(value, Mapping):
        return str(value.get("en", NOTHING))
    return NOTHING if value in (None, "") else str(value)


def _condition(condition: Condition) -> str:
    if condition.filer:
        return f"when a {condition.filer} files"
    if condition.test is Test.GIVEN:
        return f"when {condition.field} is given"
    word = "is" if condition.test is Test.IS else "is not"
    return f"when {condition.field} {word} {' or '.join(condition.values)}"


def _error_codes(old: Policy, new: Policy) -> Iterator[Change]:
    was = {(one.first, one.last): one.meaning for one in old.error_codes}
    becomes = {(one.first, one.last): one.meaning for one in new.error_codes}
    for (first, last), before, after in _pairs(was, becomes):
        code = str(first) if first == last else f"{first}-{last}"
        yield from _texts("Error codes", code, before or {}, after or {})


def _texts(part: str, what: str, before: Text, after: Text) -> Iterator[Change]:
    for language in LANGUAGES:
        yield from _differ(part, f"{what} ({language})", before.get(language, NOTHING), after.get(language, NOTHING))


def _differ(part: str, what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(part, what, str(before), str(after))


def _came_or_went(part: str, what: str, before: Any, after: Any) -> Change:
    return Change(part, what, "there" if before is not None else NOTHING, "there" if after is not None else NOTHING)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _pairs(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Walk both tables by key: those of the new one in its order, then those that went."""
    for key in [*new, *(key for key in old if key not in new)]:
        yield key, old.get(key), new.get(key)
