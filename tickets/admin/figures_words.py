"""The dashboard's tables in words: what a page shows and what its CSV says are the same numbers. In English only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Organisation
from packages.policy.document import Policy
from packages.policy.severity import Severity
from packages.policy.wording import Text, wording
from tickets.policy.attainment import Attainment
from tickets.queries.reports import Groups, Report
from tickets.queries.reports_now import Chain, Urgent
from tickets.web.list_export import BOM, csv_text, safe_cell
from tickets.wording import duration

MEDIAN, NEARLY_ALL = 0.5, 0.95
Value = int | float | None
Lines = Sequence[Sequence[str | Value]]


@dataclass(frozen=True, slots=True)
class Used:
    """The open time within which a part of the first responses came: in per cent of the target, and in minutes."""

    share: int | None
    minutes: int | None

    @property
    def text(self) -> str:
        if self.minutes is None:
            return "–"
        return duration(timedelta(minutes=self.minutes)) if self.minutes else "under 1 min"


@dataclass(frozen=True)
class Row:
    """What came of some promises. `met`, `sent_back_share` and `lowered_share` are per cent, None of nothing.

    What was sent back or lowered is a share of all promises that ended.
    """

    label: str
    found: Attainment
    code: str = ""
    url: str = ""
    begins_at: datetime | None = None

    @property
    def met(self) -> float | None:
        return _percent(self.found.kept, self.found.due)

    @property
    def sent_back_share(self) -> float | None:
        return _percent(self.found.sent_back, self.found.ended)

    @property
    def lowered_share(self) -> float | None:
        return _percent(self.found.lowered, self.found.ended)

    @cached_property
    def median(self) -> Used:
        return _used(self.found, MEDIAN)

    @cached_property
    def nearly_all(self) -> Used:
        return _used(self.found, NEARLY_ALL)

    def values(self) -> list[Value]:
        """Return the row's figures in the order of `HEADINGS`."""
        one, median, nearly_all = self.found, self.median, self.nearly_all
        return [
            one.due, one.kept, one.missed, self.met, median.minutes, median.share, nearly_all.minutes, nearly_all.share,
            one.sent_back, self.sent_back_share, one.lowered, self.lowered_share,
        ]  # fmt: skip


HEADINGS = (
    "First responses due", "Met", "Missed", "Met, %", "Median open time used, minutes",
    "Median open time used, % of target", "95th percentile of open time used, minutes",
    "95th percentile of open time used, % of target", "Sent back", "Sent back, %", "Lowered", "Lowered, %",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page; `rows` are what its template shows, `lines` what its CSV says below `headings`."""

    name: str
    title: str
    rows: Sequence[Any]
    headings: Sequence[str]
    lines: Callable[[], Lines] = field(repr=False)

    def csv(self) -> str:
        """Return the table as CSV, with no cell that a spreadsheet takes for a formula."""
        lines = [["" if cell is None else cell for cell in line] for line in self.lines()]
        safe = [[safe_cell(cell) if isinstance(cell, str) else str(cell) for cell in line] for line in lines]
        return BOM + csv_text([list(self.headings), *safe])


def weeks_table(report: Report, zone: ZoneInfo) -> Table:
    """Return the weeks of the period, the running one first."""
    rows = []
    for week, found in sorted(report.weeks.items(), reverse=True):
        # In a zone that is not whole hours from UTC the week begins within the hour.
        begins = (week + timedelta(hours=1) - timedelta(microseconds=1)).astimezone(zone)
        rows.append(Row(f"{begins:%-d %b %Y}", found, code=f"{begins:%Y-%m-%d}", begins_at=week))
    return _table("weeks", "By week", ("Week from",), rows, lambda row: (row.code,))


def packages_table(report: Report, policy: Policy) -> Table:
    names = {code: package.name for code, package in policy.packages.items()}
    return _by_code("packages", "By package", "Package", report.packages, names)


def severities_table(report: Report, policy: Policy) -> Table:
    names: dict[str, Text] = {severity.value: policy.severities[severity].name for severity in Severity}
    return _by_code("severities", "By severity", "Severity", report.severities, names)


def topics_table(report: Report, policy: Policy) -> Table:
    names = {code: topic.name for code, topic in policy.topics.items()}
    found = {code: attainment for code, attainment in report.topics.items() if attainment.ended}
    return _by_code("topics", "By topic", "Topic", found, {code: names.get(code, {}) for code in (*names, *found)})


def organisations_table(found: Sequence[tuple[Organisation, Attainment]], url: Callable[[str], str]) -> Table:
    rows = [Row(one.name, attainment, url=url(one.name)) for one, attainment in found]
    return _table("organisations", "By organisation", ("Organisation",), rows, lambda row: (row.label,))


def urgent_table(found: dict[str, Urgent], policy: Policy) -> Table:
    """Return every severity, those of which nothing is late too."""
    every = [(one.value, wording(policy.severities[one].name, "en"), found.get(one, Urgent())) for one in Severity]
    rows = [{"code": code, "label": label, "found": urgent} for code, label, urgent in every]
    headings = ("Severity", "Late", "About to be late")
    return Table("now", "Now", rows, headings, lambda: [(label, one.late, one.close) for _, label, one in every])


def escalations_table(found: dict[str, Chain], policy: Policy) -> Table:
    """Return every tier of the policy, and what partners escalated who have none of these now."""
    names = {code: wording(tier.name, "en") for code, tier in policy.tiers.items()}
    names |= {code: code or "No tier now" for code in sorted(found) if code not in names}
    every = [(name, found.get(code, Chain(0, 0, 0, 0, 0, 0))) for code, name in names.items()]
    headings = ("Tier", "Escalated", "Acknowledged in time", "Not in time", "Waiting now", "Concluded", "Lapsed")

    def lines() -> Lines:
        return [
            (name, one.escalated, one.in_time, one.late, one.waiting, one.concluded, one.lapsed) for name, one in every
        ]

    rows = [{"label": name, "found": chain} for name, chain in every]
    return Table("escalations", "Escalations by tier", rows, headings, lines)


def headline(found: Attainment, earlier: Attainment) -> list[dict[str, str]]:
    """Return the large figures, each with what it was in the weeks before."""
    now, before = Row("", found), Row("", earlier)
    return [
        {
            "words": "first responses met",
            "figure": _text(now.met),
            "detail": f"{now.found.kept} of {now.found.due}" if now.found.due else "none was due",
            "then": _then(now.met, before.met),
        },
        {
            "words": "median open time used",
            "figure": now.median.text,
            "detail": _of_target(now.median),
            "then": _then(now.median.share, before.median.share),
        },
        {
            "words": "95 of 100 within",
            "figure": now.nearly_all.text,
            "detail": _of_target(now.nearly_all),
            "then": _then(now.nearly_all.share, before.nearly_all.share),
        },
        {
            "words": "sent back",
            "figure": str(now.found.sent_back),
            "detail": _of_promises(now.sent_back_share),
            "then": _then(now.sent_back_share, before.sent_back_share),
        },
        {
            "words": "severity lowered",
            "figure": str(now.found.lowered),
            "detail": _of_promises(now.lowered_share),
            "then": _then(now.lowered_share, before.lowered_share),
        },
    ]


def _by_code(name: str, title: str, heading: str, found: Groups, names: dict[str, Text]) -> Table:
    """Return the rows in the policy's order, then those that it no longer knows."""
    ordered = [code for code in names if code in found] + sorted(set(found) - set(names))
    rows = [Row(wording(names.get(code) or {}, "en") or code, found[code], code=code) for code in ordered]
    return _table(name, title, (heading, "Code"), rows, lambda row: (row.label, row.code))


def _table(
    name: str, title: str, own: Sequence[str], rows: Sequence[Row], about: Callable[[Row], Sequence[str]]
) -> Table:
    return Table(name, title, rows, (*own, *HEADINGS), lambda: [[*about(row), *row.values()] for row in rows])


def _used(found: Attainment, part: float) -> Used:
    share, time = found.share_used(part), found.time_used(part)
    if share is None or time is None:
        return Used(None, None)
    return Used(round(100 * share), round(time / timedelta(minutes=1)))


def _percent(count: int, of: int) -> float | None:
    return round(100 * count / of, 1) if of else None


def _text(value: Value) -> str:
    return "–" if value is None else f"{value} %"


def _of_target(used: Used) -> str:
    return "no first response yet" if used.share is None else f"{used.share} % of the target"


def _of_promises(share: float | None) -> str:
    return "no promise ended" if share is None else f"{share} % of promises"


def _then(now: Value, before: Value) -> str:
    if now is None or before is None:
        return "nothing to compare with"
    if now == before:
        return "the same before"
    return f"{'up' if now > before else 'down'} from {before} %"
