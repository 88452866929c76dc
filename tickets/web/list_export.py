"""The list as CSV: what is filtered, in the reader's language and zone, a few rows at a time."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from packages.policy.document import Policy
from tickets.models import Ticket
from tickets.queries.promise_state import PromiseState, State, state_of
from tickets.web.list_rows import topic_name
from tickets.web.meters import meter

BATCH = 500  # rows fetched and written at a time
# A spreadsheet takes a cell that begins so for a formula, and would run what somebody wrote into a subject. Where the
# comma is for decimals it splits at semicolons, within quotation marks too: a cell begins after each of them as well.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?= *[=+\-@\t\r\n])")
BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", text)


def csv_lines(
    tickets: QuerySet[Ticket], *, policy: Policy, now: datetime, language: str, zone: ZoneInfo
) -> Iterator[str]:
    """Yield the file in pieces of several lines. The language and zone hold for each piece and not between them."""
    with translation.override(language), timezone.override(zone):
        columns = _columns(policy, now)
        yield BOM + csv_text([[str(name) for name, _value in columns]])
    rows: list[Ticket] = []
    for ticket in tickets.iterator(chunk_size=BATCH):
        rows.append(ticket)
        if len(rows) == BATCH:
            yield _piece(rows, columns, now, language, zone)
            rows = []
    yield _piece(rows, columns, now, language, zone)


_Column = tuple[str, Callable[[Ticket, PromiseState], Any]]


def _columns(policy: Policy, now: datetime) -> list[_Column]:
    return [
        (_("Reference"), lambda ticket, state: ticket.reference),
        (_("Subject"), lambda ticket, state: ticket.subject),
        (_("Organisation"), lambda ticket, state: ticket.organisation.name),
        (_("Client"), lambda ticket, state: ticket.client.name if ticket.client else ticket.client_name),
        (_("Topic"), lambda ticket, state: topic_name(ticket.topic.code, policy.topics)),
        (_("Severity"), lambda ticket, state: ticket.get_severity_display()),
        (_("Status"), lambda ticket, state: ticket.get_status_display()),
        (pgettext("column of an export", "Escalated"), lambda ticket, state: _yes_no(ticket.is_escalated)),
        (_("Language"), lambda ticket, state: ticket.get_language_display()),
        (_("Filed at"), lambda ticket, state: _instant(ticket.filed_at)),
        (_("First response due at"), lambda ticket, state: _instant(state.due_at)),
        (_("First response at"), lambda ticket, state: _instant(state.answered_at)),
        (_("First response"), lambda ticket, state: _promise(state, now)),
        (_("Last activity"), lambda ticket, state: _instant(ticket.public_activity_at)),
        (_("Resolved at"), lambda ticket, state: _instant(ticket.resolved_at)),
    ]


def _piece(rows: list[Ticket], columns: list[_Column], now: datetime, language: str, zone: ZoneInfo) -> str:
    with translation.override(language), timezone.override(zone):
        lines = []
        for ticket in rows:
            state = state_of(ticket.promise, ticket, now=now)
            lines.append([safe_cell(str(value(ticket, state))) for _name, value in columns])
        return csv_text(lines)


def csv_text(lines: list[list[str]]) -> str:
    """Return lines as CSV; texts of people go through `safe_cell` before."""
    out = StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()


def _promise(state: PromiseState, now: datetime) -> str:
    return "" if state.code is State.NONE else str(meter(state, now=now)["headline"])


def _yes_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def _instant(at: datetime | None) -> str:
    # With its offset, so that a file opened elsewhere still says when.
    return timezone.localtime(at).isoformat(sep=" ", timespec="minutes") if at else ""
