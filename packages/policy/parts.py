"""The parts of the policy and the form of each. What a field needs has its own module, `field_sheets`."""

from collections.abc import Callable
from zoneinfo import available_timezones

from packages.policy.document import DAYS
from packages.policy.editing import Document, NoSuchEntry, entry_at
from packages.policy.field_sheets import inner_sheet, library_sheet, topic_field_sheet
from packages.policy.inputs import (
    Choice,
    Length,
    Line,
    Numbers,
    Option,
    Rows,
    Switch,
    Table,
    Text,
    Times,
    Whole,
    Windows,
)  # fmt: skip
from packages.policy.severity import Severity
from packages.policy.sheets import Sheet

_SEVERITIES: tuple[Option, ...] = tuple((one.value, one.value.capitalize()) for one in Severity)
_LENGTH = "Opening time, such as 4h, 30m or 1h30m."


def sheet_of(document: Document, part: str, code: str = "", field: str = "", *, kind: str = "") -> Sheet:
    """Return the form of a part: "packages", "calendars", "topics" and "fields" with a code, others without one.

    `field` names a field of a topic or of "common" ones, or what a field of the library is made of. `kind` is the
    kind that is chosen for a field on the page, where it isn't saved yet. Raises: NoSuchEntry.
    """
    if part == "fields" and code:
        return inner_sheet(document, code, field, kind) if field else library_sheet(document, code, kind)
    if part == "topics" and field:
        return topic_field_sheet(document, code, field)
    if (part, code) == ("topics", "common"):
        return Sheet("Fields of every ticket", (), (), (("common",),))
    if part in _ENTRIES and not field:
        entry_at(document, (part, code))
        return _ENTRIES[part](document, code)
    if part in _WHOLE and not code:
        return _WHOLE[part](document)
    raise NoSuchEntry(f"{part} {code} {field}")


def _general(document: Document) -> Sheet:
    name = "Package of an organisation without a subscription"
    return Sheet(
        "Default package", (), (Choice(("default_package",), name, options=_names(document, "packages")),), ((),)
    )


def _severities(document: Document) -> Sheet:
    inputs = tuple(
        one
        for code, name in _SEVERITIES
        for one in (
            Text((code, "name"), f"{name}: name"),
            Text((code, "definition"), f"{name}: definition", lines=True),
        )
    )
    return Sheet("Severities", ("severities",), inputs, (("severities",),))


def _tiers(document: Document) -> Sheet:
    inputs = tuple(
        one
        for code in document["tiers"]
        for one in (
            Text((code, "name"), f"{code.capitalize()}: name"),
            Whole((code, "monthly_limit"), f"{code.capitalize()}: escalations a month", "Blank: as many as needed."),
        )
    )
    return Sheet("Tiers", ("tiers",), inputs, (("tiers",),))


def _escalation(document: Document) -> Sheet:
    section = "Time to decide, and again to acknowledge"
    targets = tuple(Length(("targets", code), name, _LENGTH, section) for code, name in _SEVERITIES)
    causes = Table(("causes",), "Cause", "What a partner can choose as the reason.", key="Code", value=Text((), "Text"))
    return Sheet("Escalation", ("escalation",), (*targets, causes), (("escalation",),))


def _timers(document: Document) -> Sheet:
    several = "Opening time; several with commas between, such as 20h, 60h."
    warning, missing = "Before a deadline", "When information is missing"
    asked, end = "When the partner does not answer our question", "When it is resolved"
    inputs = (
        Numbers(
            ("warnings",), "Warn at these per cent of the time", "Per cent of the target, such as 50, 80.", warning
        ),
        Whole(("lead_guard",), "From here on only a lead may lengthen it", section=warning),
        Times(("information_reminders",), "Remind after", several, missing),
        Length(("information_withdraw",), "Withdraw after", section=missing),
        Times(("partner_reminders",), "Remind after", several, asked),
        Length(("auto_resolve",), "Resolve after", section=asked),
        Length(("auto_close",), "Close after", _LENGTH, end),
    )
    return Sheet("Timers", ("timers",), inputs, (("timers",),))


def _error_codes(document: Document) -> Sheet:
    inputs = (
        Windows(("codes",), "Codes: numbers or ranges, such as 3, 200-299"),
        Text(("meaning",), "Meaning and what helps", lines=True),
    )
    rows = Rows(("error_codes",), "Error codes", inputs=inputs, identity="codes")
    return Sheet("Error codes", (), (rows,), ((),))


def _package(document: Document, code: str) -> Sheet:
    section = "First response in less than"
    inputs = (
        Text(("name",), "Name"),
        Text(("summary",), "Summary", lines=True),
        Choice(("calendar",), "Opening hours", options=_names(document, "calendars")),
        *(Length(("targets", severity), name, _LENGTH, section) for severity, name in _SEVERITIES),
    )
    return Sheet(_title(document, "packages", code), ("packages", code), inputs, (("packages", code),))


def _calendar(document: Document, code: str) -> Sheet:
    zones = tuple((zone, zone) for zone in sorted(available_timezones()))
    hours = (
        "Such as 02:00-12:00, 13:00-22:00; 00:00-24:00 is the whole day, 20:00-04:00 ends on the next, blank is closed."
    )
    closed = "Support is closed all day, in the calendar's zone."
    inputs = (
        Text(("name",), "Name"),
        Choice(("zone",), "Time zone", options=zones),
        *(Windows(("week", day), day.capitalize(), hours, "Hours of the week") for day in DAYS),
        Table(("closed_days",), "Closed days", closed, key="Date, such as 2026-12-25", value=Line((), "Name")),
    )
    return Sheet(_title(document, "calendars", code), ("calendars", code), inputs, (("calendars", code),))


def _topic(document: Document, code: str) -> Sheet:
    listed = (("", "not listed"), *_SEVERITIES)
    where = "An organisation with the package finds the topic under this severity."
    one_of = "Fields of which at least one must be given."
    inputs = (
        Text(("name",), "Name"),
        Text(("summary",), "Summary", lines=True),
        Text(("words",), "Words that people search for", lines=True),
        *(
            Choice(("listed", package), name, where, "Listed under", listed)
            for package, name in _names(document, "packages")
        ),
        Switch(("confidential_from_partner",), "Confidential from the client's partner", section="Who may read it"),
        Table(("groups",), "Group", one_of, key="Code", value=Text((), "Name")),
    )
    return Sheet(_title(document, "topics", code), ("topics", code), inputs, (("topics", code),))


def _names(document: Document, part: str) -> tuple[Option, ...]:
    return tuple((code, str((entry.get("name") or {}).get("en") or code)) for code, entry in document[part].items())


def _title(document: Document, part: str, code: str) -> str:
    return dict(_names(document, part))[code]


_WHOLE: dict[str, Callable[[Document], Sheet]] = {
    "general": _general,
    "severities": _severities,
    "tiers": _tiers,
    "escalation": _escalation,
    "timers": _timers,
    "error_codes": _error_codes,
}
_ENTRIES: dict[str, Callable[[Document, str], Sheet]] = {"packages": _package, "calendars": _calendar, "topics": _topic}
