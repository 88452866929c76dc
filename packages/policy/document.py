"""The policy: one validated, immutable document a version, read into value types.

`parse` is pure: the same document gives equal values, and a document with a problem gives none.
Source: support policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from packages.policy.field_reading import read_field
from packages.policy.fields import Condition, Field
from packages.policy.hours import Calendar, HoursError, overlaps, parse_week
from packages.policy.reading import DocumentInvalid, Reader
from packages.policy.severity import Severity
from packages.policy.wording import Text

FORMAT = 1
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COMMON_FIELDS = ("subject", "description", "language", "environment", "impact", "workaround", "client")


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """A calendar with its name and the names of its closed days."""

    hours: Calendar
    name: Text
    closed_names: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Package:
    code: str
    name: Text
    summary: Text
    calendar: str
    targets: Mapping[Severity, timedelta]  # opening time until the first response


@dataclass(frozen=True, slots=True)
class SeverityFacts:
    name: Text
    definition: Text


@dataclass(frozen=True, slots=True)
class TierFacts:
    name: Text
    monthly_limit: int | None  # escalations in a calendar month; None: as many as needed


@dataclass(frozen=True, slots=True)
class Topic:
    """What a ticket can be about: where it is listed and what support needs to start."""

    code: str
    name: Text
    summary: Text
    words: Text
    listed: Mapping[str, Severity]  # package code to the severity that it lists the topic under
    confidential_from_partner: bool
    groups: Mapping[str, Text]
    fields: tuple[Field, ...]  # the topic's own
    common: tuple[Field, ...]  # every topic's

    @property
    def all_fields(self) -> tuple[Field, ...]:
        return self.common + self.fields

    def field(self, code: str) -> Field | None:
        return next((one for one in self.all_fields if one.code == code), None)


@dataclass(frozen=True, slots=True)
class TimerFacts:
    """When the timers of a ticket are due: shares in per cent, times as opening time."""

    warnings: tuple[int, ...]
    lead_guard: int
    information_reminders: tuple[timedelta, ...]
    information_withdraw: timedelta
    partner_reminders: tuple[timedelta, ...]
    auto_resolve: timedelta
    auto_close: timedelta


@dataclass(frozen=True, slots=True)
class ErrorCode:
    first: int
    last: int
    meaning: Text


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that a version says."""

    default_package: str
    severities: Mapping[Severity, SeverityFacts]
    calendars: Mapping[str, CalendarFacts]
    packages: Mapping[str, Package]
    tiers: Mapping[str, TierFacts]
    escalation_targets: Mapping[Severity, timedelta]
    escalation_causes: Mapping[str, Text]
    timers: TimerFacts
    topics: Mapping[str, Topic]
    error_codes: tuple[ErrorCode, ...] = field(default=())

    def calendar_of(self, package: str) -> Calendar:
        return self.calendars[self.packages[package].calendar].hours

    def hint_for(self, code: int) -> Text | None:
        """Return what an error code of the platform means and what helps; None when it is not known."""
        return next((known.meaning for known in self.error_codes if known.first <= code <= known.last), None)


def parse(document: Any) -> Policy:
    """Return the policy that a document (as loaded from YAML or JSON) describes.

    Raises: DocumentInvalid, with every problem and where it is.
    """
    reader = Reader()
    policy = _policy(reader, reader.mapping(document))
    if policy is None or reader.problems:
        raise DocumentInvalid(tuple(reader.problems))
    return policy


def _policy(reader: Reader, document: Mapping[str, Any]) -> Policy | None:
    if document.get("format") != FORMAT:
        reader.wrong(f"is not {FORMAT}", "format")
        return None
    reader.keys(document, _PARTS)
    packages = _each(reader, document, "packages", _package)
    calendars = _each(reader, document, "calendars", _calendar)
    for code, package in packages.items():
        reader.one_of(package.calendar, list(calendars), "packages", code, "calendar")
    escalation = reader.mapping(document.get("escalation"), "escalation")
    with reader.at("escalation"):
        escalation_targets = _targets(reader, escalation.get("targets"))
        causes = {
            reader.code(code, "causes"): reader.text(text, "causes", code)
            for code, text in reader.mapping(escalation.get("causes"), "causes").items()
        }
    return Policy(
        default_package=reader.one_of(document.get("default_package"), list(packages), "default_package"),
        severities={
            severity: _severity(reader, reader.mapping(document.get("severities")).get(severity), severity)
            for severity in Severity
        },
        calendars=calendars,
        packages=packages,
        tiers=_each(reader, document, "tiers", _tier),
        escalation_targets=escalation_targets,
        escalation_causes=causes,
        timers=_timers(reader, reader.mapping(document.get("timers"), "timers")),
        topics=_topics(reader, document, tuple(packages)),
        error_codes=_error_codes(reader, document.get("error_codes") or []),
    )


_PARTS = frozenset(
    {
        "format", "default_package", "severities", "calendars", "packages", "tiers", "escalation", "timers",
        "fields", "common", "topics", "error_codes",
    }
)  # fmt: skip


def _each(reader: Reader, document: Mapping[str, Any], part: str, read: Any) -> dict[str, Any]:
    found = {}
    with reader.at(part):
        for code, entry in reader.mapping(document.get(part)).items():
            with reader.at(str(code)):
                found[reader.code(code)] = read(reader, code, reader.mapping(entry))
        if not found:
            reader.wrong("needs at least one")
    return found


def _severity(reader: Reader, entry: Any, code: str) -> SeverityFacts:
    with reader.at("severities", code):
        entry = reader.mapping(entry)
        return SeverityFacts(reader.text(entry.get("name"), "name"), reader.text(entry.get("definition"), "definition"))


def _calendar(reader: Reader, code: str, entry: Mapping[str, Any]) -> CalendarFacts:
    reader.keys(entry, frozenset({"name", "zone", "week", "closed_days"}))
    week = reader.mapping(entry.get("week"), "week")
    reader.keys(week, frozenset(DAYS))
    closed: dict[date, str] = {}
    for day, name in reader.mapping(entry.get("closed_days") or {}, "closed_days").items():
        try:
            closed[date.fromisoformat(str(day))] = str(name or "")
        except ValueError:
            reader.wrong("is not a day such as 2026-12-25", "closed_days", str(day))
    hours = _hours(reader, code, str(entry.get("zone") or ""), [list(week.get(day) or []) for day in DAYS], closed)
    return CalendarFacts(hours=hours, name=reader.text(entry.get("name"), "name"), closed_names=closed)


def _hours(reader: Reader, code: str, zone: str, days: list[list[str]], closed: Mapping[date, str]) -> Calendar:
    if zone not in available_timezones():
        reader.wrong("is not a time zone such as Europe/Berlin", "zone")
    windows = [_day(reader, name, day) for name, day in zip(DAYS, days, strict=True)]
    week = parse_week(windows)
    for clash in overlaps(week):
        reader.wrong(f"{clash.window} overlaps {clash.other} of {DAYS[clash.other_day]}", "week", DAYS[clash.day])
    hours = Calendar(code=code, zone=zone, week=week, closed_days=frozenset(closed))
    if hours.is_never_open:
        reader.wrong("is never open: give at least one day its hours", "week")
    return hours


def _day(reader: Reader, name: str, windows: list[str]) -> list[str]:
    """Return the windows of a day, none where one of them can't be read."""
    try:
        parse_week([windows, *[[]] * 6])
    except (HoursError, TypeError) as error:
        reader.wrong(f"has hours that can't be read: {error}", "week", name)
        return []
    return windows


def _package(reader: Reader, code: str, entry: Mapping[str, Any]) -> Package:
    reader.keys(entry, frozenset({"name", "summary", "calendar", "targets"}))
    return Package(
        code=code,
        name=reader.text(entry.get("name"), "name"),
        summary=reader.text(entry.get("summary"), "summary"),
        calendar=str(entry.get("calendar") or ""),
        targets=_targets(reader, entry.get("targets")),
    )


def _targets(reader: Reader, value: Any) -> dict[Severity, timedelta]:
    entry = reader.mapping(value, "targets")
    with reader.at("targets"):
        reader.keys(entry, frozenset(Severity))
        return {severity: reader.duration(entry.get(severity), severity) for severity in Severity}


def _tier(reader: Reader, code: str, entry: Mapping[str, Any]) -> TierFacts:
    return TierFacts(
        name=reader.text(entry.get("name"), "name"),
        monthly_limit=reader.whole(entry.get("monthly_limit"), "monthly_limit"),
    )


def _timers(reader: Reader, entry: Mapping[str, Any]) -> TimerFacts:
    with reader.at("timers"):
        reader.keys(entry, frozenset(TimerFacts.__dataclass_fields__))
        warnings = [
            reader.whole(share, "warnings", least=1, most=99)
            for share in reader.sequence(entry.get("warnings"), "warnings")
        ]

        def times(name: str) -> tuple[timedelta, ...]:
            return tuple(sorted(reader.duration(item, name) for item in reader.sequence(entry.get(name), name)))

        return TimerFacts(
            warnings=tuple(sorted(share for share in warnings if share)),
            lead_guard=reader.whole(entry.get("lead_guard"), "lead_guard", least=1, most=100) or 80,
            information_reminders=times("information_reminders"),
            information_withdraw=reader.duration(entry.get("information_withdraw"), "information_withdraw"),
            partner_reminders=times("partner_reminders"),
            auto_resolve=reader.duration(entry.get("auto_resolve"), "auto_resolve"),
            auto_close=reader.duration(entry.get("auto_close"), "auto_close"),
        )


def _topics(reader: Reader, document: Mapping[str, Any], packages: tuple[str, ...]) -> dict[str, Topic]:
    library = reader.mapping(document.get("fields"), "fields")
    with reader.at("common"):
        common = _fields(reader, reader.sequence(document.get("common")), library)
        missing = set(COMMON_FIELDS) - {one.code for one in common}
        if missing:
            reader.wrong(f"lacks {', '.join(sorted(missing))}")
    topics = {}
    with reader.at("topics"):
        for code, entry in reader.mapping(document.get("topics")).items():
            with reader.at(str(code)):
                topics[reader.code(code)] = _topic(reader, code, reader.mapping(entry), library, common, packages)
    return topics


_TOPIC_KEYS = frozenset({"name", "summary", "words", "listed", "confidential_from_partner", "groups", "fields"})


def _topic(
    reader: Reader,
    code: str,
    entry: Mapping[str, Any],
    library: Mapping[str, Any],
    common: tuple[Field, ...],
    packages: tuple[str, ...],
) -> Topic:
    reader.keys(entry, _TOPIC_KEYS)
    listed = reader.mapping(entry.get("listed") or {}, "listed")
    with reader.at("fields"):
        fields = _fields(reader, reader.sequence(entry.get("fields")), library)
    groups = {
        str(group): reader.text(text, "groups", str(group))
        for group, text in reader.mapping(entry.get("groups") or {}, "groups").items()
    }
    for one in fields:
        if one.one_of and one.one_of not in groups:
            reader.wrong(f"belongs to a group {one.one_of} that has no name", "fields", one.code)
        _references(reader, one, {other.code for other in common + fields})
    return Topic(
        code=code,
        name=reader.text(entry.get("name"), "name"),
        summary=reader.text(entry.get("summary"), "summary"),
        words=reader.text(entry.get("words"), "words", required=False),
        listed={
            reader.one_of(package, packages, "listed"): Severity(
                reader.one_of(severity, list(Severity), "listed", package)
            )
            for package, severity in listed.items()
        },
        confidential_from_partner=bool(entry.get("confidential_from_partner", False)),
        groups=groups,
        fields=fields,
        common=common,
    )


def _fields(reader: Reader, entries: list[Any], library: Mapping[str, Any]) -> tuple[Field, ...]:
    found: dict[str, Field] = {}
    for entry in entries:
        entry = reader.mapping(entry)
        code = str(entry.get("field") or "")
        with reader.at(code):
            if code in found:
                reader.wrong("stands here twice")
            if code not in library:
                reader.wrong("is not among the fields")
                continue
            merged = {**reader.mapping(library[code]), **entry}
            found[code] = read_field(reader, code, merged)
    return tuple(found.values())


def _references(reader: Reader, one: Field, codes: set[str]) -> None:
    """Note a rule that looks at a field which the topic does not have."""
    for name in ("before", "not_before", "date_from", "differs_from"):
        other = getattr(one, name)
        # A field shared by topics may compare with one that only some of them have.
        if other and other not in codes and name not in ("differs_from",):
            reader.wrong(f"looks at {other}, which is not asked here", "fields", one.code, name)
    for name in ("mandatory", "asked"):
        rule = getattr(one, name)
        if isinstance(rule, Condition) and rule.field and rule.field not in codes:
            reader.wrong(f"looks at {rule.field}, which is not asked here", "fields", one.code, name)


def _error_codes(reader: Reader, entries: Any) -> tuple[ErrorCode, ...]:
    known = []
    with reader.at("error_codes"):
        for index, entry in enumerate(reader.sequence(entries)):
            with reader.at(str(index + 1)):
                entry = reader.mapping(entry)
                meaning = reader.text(entry.get("meaning"), "meaning")
                for code in reader.sequence(entry.get("codes"), "codes"):
                    first, _, last = str(code).partition("-")
                    if not first.isdigit() or (last and not last.isdigit()):
                        reader.wrong("is no number or range such as 200-299", "codes")
                        continue
                    known.append(ErrorCode(int(first), int(last or first), meaning))
    return tuple(known)
