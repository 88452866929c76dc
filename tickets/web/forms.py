"""The form of a topic, built from the policy: what was typed, what the validator says of it, and where that stands."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext

from packages.policy.document import Policy, Topic
from packages.policy.fields import Condition, Field, Kind
from tickets.models import Attachment
from tickets.policy.answers import Checked, error_code_in, split_items
from tickets.policy.remarks import Remark
from tickets.remark_words import remark_text
from tickets.web.questions import Instead, Question, condition_data, condition_words, question_for
from tickets.web.typed import INSTEAD, Typed, answers_in, rows_in
from tickets.wording import policy_text

SEVERITY = ("impact", "workaround", "environment")
FIRST = ("client", "client.shared", "subject")
LAST = ("description", "language")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a form asks and for whom. `fields` are those of the topic that it shows."""

    topic: Topic
    policy: Policy
    filer: str  # "partner" or "client"
    fields: tuple[Field, ...]
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)  # offered at the fields, by code
    files: Sequence[Attachment] = ()

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(one.code for one in self.fields)


def asked_fields(topic: Topic, filer: str) -> tuple[Field, ...]:
    """Return the fields that a partner, or a client, is asked at all; other conditions show and hide on the page."""
    return tuple(
        one
        for one in topic.all_fields
        if not isinstance(one.asked, Condition) or not one.asked.filer or one.asked.filer == filer
    )


class TicketForm(forms.Form):
    """Shows `typed` again whatever is wrong with it. It has no rule of its own: `place` puts remarks at inputs."""

    use_required_attribute = False

    def __init__(self, asking: Asking, typed: Typed, *, spare_rows: int = 0, reasons: Mapping[str, str] | None = None):
        super().__init__(data=typed)
        self.asking = asking
        self.typed = typed
        self.spare_rows = spare_rows
        self.group_errors: dict[str, list[str]] = {}
        self.summary: list[dict[str, str]] = []
        self.asked_again: list[dict[str, str]] = []
        for rule in sorted(asking.fields, key=_place):
            question = self._question(rule)
            question.reason = (reasons or {}).get(rule.code, "")
            self.fields[rule.code] = question

    @property
    def raw_answers(self) -> dict[str, Any]:
        """What the validator reads."""
        files: dict[str, list[str]] = {}
        for one in self.asking.files:
            files.setdefault(one.field, []).append(str(one.pk))
        return answers_in(self.typed, self.asking.fields, files)

    def place(self, checked: Checked, *, masked: Collection[str] = ()) -> None:
        """Put each remark at its input, and what was masked with the sentence that asks to look at it."""
        told = {name.removesuffix(f".{INSTEAD}") for name in masked}
        for name in self.ordered(told):
            self._tell(name, gettext("A key or token was in it and is now ***. Look at it, then file again."))
        refused = {remark.key: remark for remark in reversed(checked.refused) if remark.key not in told}
        for key in self.ordered(refused):
            self._refuse(refused[key])
        asked = {(remark.key, remark.code): remark for remark in checked.asked}
        for place in asked:
            self._ask(asked[place])

    def refuse(self, code: str, text: str) -> None:
        """Put a sentence at one field, or above the form where the form has no such field."""
        self._tell(code, text)

    def ordered(self, names: Iterable[str]) -> list[str]:
        places = {code: place for place, code in enumerate(self.fields)}
        return sorted(names, key=lambda name: (places.get(name.partition(".")[0], len(places)), name))

    # Building ------------------------------------------------------------------------------------------------------

    def _question(self, rule: Field) -> Question:
        filer = self.asking.filer
        mandatory = rule.is_mandatory({}, filer=filer) if _is_fixed(rule.mandatory) else True
        required = mandatory or bool(rule.one_of)
        question = question_for(rule, required=required, filer=filer, typed=self.typed.get(rule.code, ""))
        question.suggestions = self._suggestions(rule)
        question.instead = self._instead(rule, rule.code)
        self._condition(question, rule)
        if rule.kind is Kind.RECORDS:
            question.rows = self._rows(rule)
            question.row_template = Row(self, rule, "__n__")
        if rule.kind is Kind.FILE:
            question.files = [one for one in self.asking.files if one.field == rule.code]
        if rule.reads_code:
            question.code_hint = code_hint(self.asking.policy, self.typed.get(rule.code, ""))
            question.widget.attrs |= {
                "data-hx-post": reverse("code_hint", args=[rule.code]),
                "data-hx-params": rule.code,
                "data-hx-target": f"#hint_{rule.code}",
                "data-hx-trigger": "input changed delay:600ms",
                "data-hx-sync": "this:replace",
            }
        if question.list_id:
            question.widget.attrs["list"] = question.list_id
        if question.is_short and rule.kind is Kind.DIGITS:
            question.widget.attrs["class"] = "num"
        return question

    def _suggestions(self, rule: Field) -> list[str]:
        if rule.kind in (Kind.LONG_TEXT, Kind.LIST, Kind.RECORDS):
            return []  # a text area has no list to choose from
        own = [one if isinstance(one, str) else policy_text(one) for one in rule.suggestions]
        return [*self.asking.known.get(rule.code, ()), *own]

    def _instead(self, rule: Field, name: str) -> list[Instead]:
        if rule.kind is Kind.YES_NO:
            return []  # they stand among the answers
        chosen = self.typed.get(f"{name}.{INSTEAD}", "")
        return [
            Instead(f"{name}.{INSTEAD}", choice.code, policy_text(choice.name), chosen == choice.code)
            for choice in rule.instead
        ]

    def _condition(self, question: Question, rule: Field) -> None:
        for kind, condition in (("asked", rule.asked), ("mandatory", rule.mandatory)):
            if isinstance(condition, Condition) and condition.field:
                question.conditions[kind] = condition_data(condition)
                other = self.asking.topic.field(condition.field)
                question.condition_text = condition_words(condition, other, is_asked=kind == "asked")

    def _rows(self, rule: Field) -> list["Row"]:
        filled = len(rows_in(self.typed, rule))
        count = max(rule.min_items or 1, filled + self.spare_rows)
        return [Row(self, rule, str(number)) for number in range(min(count, rule.max_items or count))]

    # Placing -------------------------------------------------------------------------------------------------------

    def _refuse(self, remark: Remark) -> None:
        rule = self.asking.topic.field(remark.field)
        if remark.code == "one_of" and rule is not None:
            self.group_errors[rule.one_of] = [gettext("At least one of these is needed.")]
            text = gettext("“%(group)s”: nothing is given yet.") % {"group": remark_text(remark, rule)}
            self.summary.append({"anchor": self._anchor(remark.field), "text": text})
            return
        at = self._rule_at(remark)
        more = policy_text(at.refuse) if at is not None and remark.code == "required" and len(remark.path) == 1 else ""
        self._tell(remark.key, remark_text(remark, at), more)

    def _tell(self, key: str, text: str, more: str = "") -> None:
        """Say something at an input and in the summary; `more`, what would be right, only at the input."""
        code, *rest = key.split(".")
        if code not in self.fields:
            self.add_error(None, text)
            self.summary.append({"anchor": "", "text": text})
            return
        question: Question = self.fields[code]  # type: ignore[assignment]
        cell = self._cell(question, rest)
        if cell is not None:
            cell.errors.append(text)
            self.summary.append({"anchor": cell.id, "text": _line(_label(question, cell), text)})
            return
        if rest and question.rule.kind is Kind.LIST and rest[0].isdigit():
            text = f"“{self._item(question.rule, int(rest[0]))}”: {text}"
        self.add_error(code, f"{text} {more}".strip())
        self.summary.append({"anchor": self._anchor(code), "text": _line(str(question.label), text)})

    def _ask(self, remark: Remark) -> None:
        code, *rest = remark.key.split(".")
        if code not in self.fields:
            return
        question: Question = self.fields[code]  # type: ignore[assignment]
        text = remark_text(remark, self._rule_at(remark))
        cell = self._cell(question, rest)
        if cell is not None:
            cell.ask.append(text)
        elif text not in question.ask:
            question.ask.append(text)
        anchor = cell.id if cell else self._anchor(code)
        self.asked_again.append({"anchor": anchor, "text": _line(_label(question, cell), text)})

    def _rule_at(self, remark: Remark) -> Field | None:
        rule = self.asking.topic.field(remark.field)
        if rule is None or len(remark.path) == 1:
            return rule
        if rule.kind is Kind.RECORDS and len(remark.path) > 2:
            return next((column for column in rule.columns if column.code == remark.path[2]), rule)
        return rule.item or rule

    def _cell(self, question: Question, rest: Sequence[str]) -> "Cell | None":
        if question.rule.kind is not Kind.RECORDS or len(rest) < 2 or not rest[0].isdigit():
            return None
        row = next((one for one in question.rows if one.number == rest[0]), None)
        return next((cell for cell in row.cells if cell.rule.code == rest[1]), None) if row else None

    def _item(self, rule: Field, place: int) -> str:
        assert rule.item is not None  # a list says what its items are
        items = [one.strip() for one in split_items(rule.item.kind, self.typed.get(rule.code, "")) if one.strip()]
        return items[place][:60] if place < len(items) else ""

    def _anchor(self, code: str) -> str:
        question: Question = self.fields[code]  # type: ignore[assignment]
        if question.rule.kind is Kind.RECORDS:
            return question.rows[0].cells[0].id
        return f"id_{code}_0" if isinstance(question.widget, forms.RadioSelect) else f"id_{code}"


class Row:
    """A row of records; `number` is "__n__" in the template of one that a person adds."""

    def __init__(self, form: TicketForm, rule: Field, number: str) -> None:
        self.number = number
        self.cells = [Cell(form, rule, column, number) for column in rule.columns]


class Cell:
    """One input of a row of records."""

    def __init__(self, form: TicketForm, rule: Field, column: Field, number: str) -> None:
        self.rule = column
        self.name = f"{rule.code}.{number}.{column.code}"
        self.id = f"id_{self.name}"
        self.errors: list[str] = []
        self.ask: list[str] = []
        self.label = policy_text(column.label)
        typed = form.typed.get(self.name, "")
        self.question = question_for(
            column, required=True, filer=form.asking.filer, typed=typed, timed=not column.date_from
        )
        self.is_clock_time = bool(column.date_from)
        self.instead = form._instead(column, self.name)
        self._value = typed

    def __str__(self) -> str:
        attrs = {"id": self.id}
        if self.is_clock_time:
            attrs["placeholder"] = "12:11:04"
        if self.errors:
            attrs |= {"aria-invalid": "true", "aria-describedby": f"{self.id}_error"}
        return str(self.question.widget.render(self.name, self._value, attrs))


def _label(question: Question, cell: Cell | None) -> str:
    """Return what a summary calls an input."""
    if cell is None:
        return str(question.label)
    words = {"label": question.label, "n": int(cell.name.split(".")[1]) + 1, "column": cell.label}
    return gettext("%(label)s, row %(n)s, %(column)s") % words


def _line(label: str, text: str) -> str:
    """Return a line of the summary. A label that is a question ends with its own mark."""
    return f"{label} {text}" if label.endswith("?") else f"{label}: {text}"


def code_hint(policy: Policy, text: str) -> str:
    """Return what the error code in a text means and what helps; "" where none is known."""
    code = error_code_in(text)
    hint = policy.hint_for(code) if code is not None else None
    return policy_text(hint) if hint else ""


def confirmation(checked: Checked, typed: Typed) -> str:
    """Return what confirms that a person saw what looks odd: one word a remark, another one when the answer changes."""
    words = []
    for remark in checked.asked:
        answer = "\n".join(typed[name] for name in sorted(typed) if name.partition(".")[0] == remark.field)
        words.append(hashlib.sha256(f"{remark.key}|{remark.code}|{answer}".encode()).hexdigest()[:12])
    return " ".join(sorted(words))


def is_confirmed(checked: Checked, typed: Typed, given: str) -> bool:
    """Did the person see everything that looks odd, with the answers as they are?"""
    return set(confirmation(checked, typed).split()) <= set(given.split())


def _place(rule: Field) -> int:
    """Return in which part of the page a question stands; inside of it the policy's order counts."""
    for place, codes in enumerate((SEVERITY, FIRST, (), LAST)):
        if rule.code in codes:
            return place
    return 2


def _is_fixed(rule: bool | Condition) -> bool:
    return isinstance(rule, bool) or bool(rule.filer)
