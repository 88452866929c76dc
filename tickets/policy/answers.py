"""The one validator: a topic's answers to typed values, with what refuses them and what is merely asked about.

The page, the API and the admin all call `check`; they differ only in how they word and place its remarks.
Source: support policy, "Minimum information, by topic"; field formats.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit

from packages.policy.document import Topic
from packages.policy.fields import Field, Kind
from tickets.policy.cleaning import storable
from tickets.policy.parsing import LONG_AGO, Moment, is_inner_address, parse_value
from tickets.policy.remarks import Path, Refused, Remark
from tickets.policy.secrets import masked

_LIST_BREAKS = {Kind.TEXT: r"[\s,;]+", Kind.URL: r"[\s]+", Kind.PHONE: r"[\n,;]+"}


@dataclass(frozen=True, slots=True)
class Checked:
    """`values` hold what could be read, typed; a ticket is valid when nothing is refused.

    `typed` keeps what was typed where cleaning changed it. Remarks stand in the order of the form.
    """

    values: Mapping[str, Any]
    typed: Mapping[str, str]
    refused: tuple[Remark, ...]
    asked: tuple[Remark, ...]

    @property
    def is_valid(self) -> bool:
        return not self.refused


def check(
    topic: Topic,
    answers: Mapping[str, Any],
    *,
    filer: str,
    now: datetime,
    zone: tzinfo | None,
    files: Collection[str] = (),
    only: Collection[str] | None = None,
) -> Checked:
    """Judge the answers of one ticket.

    `filer` is "partner" or "client"; `zone` reads local times (None: an offset is needed); `files` are the ids of the
    attachments that belong to this filing; `only` limits the remarks to some fields, for a ticket that was sent back.
    """
    judge = _Judge(topic, filer, Moment(now=now, zone=zone, files=frozenset(files)))
    return judge.judge(answers, only)


class _Judge:
    """Collects values and remarks of one check."""

    def __init__(self, topic: Topic, filer: str, moment: Moment) -> None:
        self.topic = topic
        self.filer = filer
        self.moment = moment
        self.values: dict[str, Any] = {}
        self.typed: dict[str, str] = {}
        self.refused: list[Remark] = []
        self.asked: list[Remark] = []

    def judge(self, answers: Mapping[str, Any], only: Collection[str] | None) -> Checked:
        for field in self.topic.all_fields:
            self._read(field, answers.get(field.code))
        self._drop_what_is_not_asked()
        for field in self.topic.all_fields:
            self._compare(field)
            self._require(field)
        for group in self.topic.groups:
            self._require_group(group)
        for code in answers:
            if self.topic.field(code) is None:
                self.refused.append(Remark((code,), "unknown_field"))
        order = {field.code: place for place, field in enumerate(self.topic.all_fields)}

        def in_order(remarks: list[Remark]) -> tuple[Remark, ...]:
            wanted = [remark for remark in remarks if only is None or remark.field in only]
            return tuple(sorted(wanted, key=lambda remark: order.get(remark.field, len(order))))

        return Checked(self.values, self.typed, in_order(self.refused), in_order(self.asked))

    def _read(self, field: Field, raw: Any) -> None:
        if is_blank(raw) or _is_no_answer(field, raw):
            return
        try:
            value = self._value(field, raw, (field.code,))
        except Refused as refusal:
            self._refuse((field.code,), refusal)
            return
        if value is None:
            return
        self.values[field.code] = value
        if isinstance(raw, str) and raw != value and not isinstance(value, bool):
            self.typed[field.code] = masked(storable(raw))

    def _value(self, field: Field, raw: Any, path: Path) -> Any:
        if field.instead and isinstance(raw, str) and (word := _instead(field, raw)):
            return word
        if field.kind is Kind.LIST:
            return self._list(field, raw, path)
        if field.kind is Kind.RECORDS:
            return self._records(field, raw, path)
        value = parse_value(field, raw, self.moment)
        self._look(field, value, path)
        return value if value != "" and value != [] else None

    def _list(self, field: Field, raw: Any, path: Path) -> list[Any] | None:
        assert field.item is not None  # the document's reader says so
        item = replace(field.item, refuse=field.item.refuse or field.refuse)
        if isinstance(raw, str):
            raw = split_items(item.kind, raw)
        if not isinstance(raw, list):
            raise Refused("wrong_type")
        found: list[Any] = []
        wrong = 0
        for place, one in enumerate(one for one in raw if not is_blank(one)):
            try:
                value = self._value(item, one, (*path, place))
            except Refused as refusal:
                self._refuse((*path, place), refusal)
                wrong += 1
                continue
            if value is not None and value not in found:
                found.append(value)
        # What is wrong is there all the same: mending it is enough.
        self._count(field, len(found) + wrong, path)
        if field.distinct_hosts and len({urlsplit(str(link)).hostname for link in found}) < len(found):
            self.asked.append(Remark(path, "same_host", field.ask))
        return found or None

    def _records(self, field: Field, raw: Any, path: Path) -> list[dict[str, Any]] | None:
        if not isinstance(raw, list):
            raise Refused("wrong_type")
        found = []
        rows = [row for row in raw if not (isinstance(row, Mapping) and all(is_blank(cell) for cell in row.values()))]
        for place, row in enumerate(rows):
            if not isinstance(row, Mapping):
                self._refuse((*path, place), Refused("wrong_type"))
                continue
            found.append(self._record(field, row, (*path, place)))
        self._count(field, len(found), path)
        return found or None

    def _record(self, field: Field, row: Mapping[str, Any], path: Path) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for column in field.columns:
            raw = row.get(column.code)
            place = (*path, column.code)
            if is_blank(raw):
                if column.is_mandatory(record, filer=self.filer):
                    self.refused.append(Remark(place, "required"))
                continue
            try:
                record[column.code] = self._cell(column, raw, place)
            except Refused as refusal:
                self._refuse(place, refusal)
        for column in field.columns:
            self._in_order(column, record, path)
        for code in row:
            if code not in {column.code for column in field.columns}:
                self.refused.append(Remark((*path, code), "unknown_field"))
        return record

    def _cell(self, column: Field, raw: Any, place: Path) -> Any:
        usual = self.moment
        self.moment = replace(usual, clock_date=self._clock_date(column))
        try:
            return self._value(column, raw, place)
        finally:
            self.moment = usual

    def _clock_date(self, column: Field) -> datetime | None:
        """Return the instant whose date a clock time of this column takes."""
        other = self.topic.field(column.date_from) if column.date_from else None
        if other is None:
            return None
        dated = self.values.get(other.code)
        if isinstance(dated, str):
            return datetime.fromisoformat(dated)
        # Without the date that they need anyway, times are not wrong too: yesterday's is never in the future.
        return self.moment.now - timedelta(days=1) if other.is_mandatory(self.values, filer=self.filer) else None

    def _count(self, field: Field, have: int, path: Path) -> None:
        if field.min_items and have < field.min_items:
            self.refused.append(Remark(path, "too_few", params={"have": have, "need": field.min_items}))
        if field.max_items and have > field.max_items:
            self.refused.append(Remark(path, "too_many", params={"most": field.max_items}))

    def _look(self, field: Field, value: Any, path: Path) -> None:
        """Ask about what merely looks odd."""
        text = value if isinstance(value, str) else ""
        if field.kind is Kind.DIGITS and field.usual_length:
            least, most = field.usual_length
            if field.short_below and len(text) < field.short_below:
                self.asked.append(Remark(path, "unusual", field.short_hint or field.ask))
            elif not least <= len(text) <= most:
                self.asked.append(Remark(path, "unusual", field.ask or field.refuse))
        elif field.usual and not re.fullmatch(field.usual, text):
            self.asked.append(Remark(path, "unusual", field.ask or field.refuse))
        elif field.kind in (Kind.INSTANT, Kind.DATE) and field.time == "past" and self._is_long_ago(text):
            self.asked.append(Remark(path, "long_ago", field.ask))
        if "public_address" in field.checks and is_inner_address(text):
            self.asked.append(Remark(path, "inner_address", field.ask))

    def _is_long_ago(self, text: str) -> bool:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)) < self.moment.now - LONG_AGO

    def _drop_what_is_not_asked(self) -> None:
        for field in self.topic.all_fields:
            if not field.is_asked(self.values, filer=self.filer):
                self.values.pop(field.code, None)
                self.typed.pop(field.code, None)
                self.refused = [remark for remark in self.refused if remark.field != field.code]
                self.asked = [remark for remark in self.asked if remark.field != field.code]
        for field in self.topic.all_fields:
            for choice in field.choices:
                if choice.when is None or self.values.get(field.code) != choice.code:
                    continue
                if not choice.when.holds(self.values, filer=self.filer):
                    self.refused.append(Remark((field.code,), "choice_not_here"))

    def _compare(self, field: Field) -> None:
        self._in_order(field, self.values, ())
        own = self.values.get(field.code)
        if field.differs_from and own is not None and own == self.values.get(field.differs_from):
            self.asked.append(Remark((field.code,), "same_as", field.differs_message))

    def _in_order(self, field: Field, values: Mapping[str, Any], path: Path) -> None:
        own = _instant(field, values.get(field.code))
        for other, message, is_wrong in (
            (field.before, field.before_message, lambda mine, theirs: mine >= theirs),
            (field.not_before, field.not_before_message, lambda mine, theirs: mine < theirs),
        ):
            theirs = _instant(field, values.get(other)) if other else None
            if own is not None and theirs is not None and is_wrong(own, theirs):
                self.refused.append(Remark((*path, field.code), "out_of_order", message))

    def _require(self, field: Field) -> None:
        if field.code in self.values or any(remark.field == field.code for remark in self.refused):
            return
        if not field.is_asked(self.values, filer=self.filer):
            return
        if field.is_mandatory(self.values, filer=self.filer):
            self.refused.append(Remark((field.code,), "required", params={"need": field.min_items or 1}))

    def _require_group(self, group: str) -> None:
        members = [field for field in self.topic.fields if field.one_of == group]
        asked = [field for field in members if field.is_asked(self.values, filer=self.filer)]
        if any(field.code in self.values for field in asked):
            return
        if any(remark.field == field.code for remark in self.refused for field in asked):
            return
        if asked:
            text = self.topic.groups[group]
            codes = tuple(field.code for field in asked)
            self.refused.append(Remark((asked[0].code,), "one_of", params={"group": text, "fields": codes}))

    def _refuse(self, path: Path, refusal: Refused) -> None:
        self.refused.append(Remark(path, refusal.code, refusal.text, refusal.params))


def is_blank(raw: Any) -> bool:
    """Is this no answer at all? `False` and 0 are answers."""
    if isinstance(raw, str):
        return not storable(raw).strip()
    return raw is None or (isinstance(raw, list | dict) and not raw)


def split_items(kind: Kind, text: str) -> list[str]:
    """Return the items of a list that was typed into one input, blank ones among them."""
    return re.split(_LIST_BREAKS.get(kind, r"\n+"), text)


def error_code_in(text: str) -> int | None:
    """Return the platform's error code in a text: its first whole number of one to seven digits."""
    match = re.search(r"(?<![\w.])#?(\d{1,7})(?![\w.]*\d)", text)
    return int(match[1]) if match else None


def _is_no_answer(field: Field, raw: Any) -> bool:
    """Is this the "no" of a box that need not be ticked?"""
    return field.kind is Kind.MUST_BE_YES and field.mandatory is False and raw in (False, "false", "no", "off", "0")


def _instead(field: Field, raw: str) -> str:
    word = raw.strip()
    return word if field.is_instead(word) else ""


def _instant(field: Field, value: Any) -> datetime | None:
    if field.kind not in (Kind.INSTANT, Kind.DATE) or not isinstance(value, str) or field.is_instead(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
