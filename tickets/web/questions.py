"""A field of the policy as a question on the page: its input by kind, its hints, its choices.

The validator alone judges an answer; a question takes what was typed as it is.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, to_locale

from accounts.web.choices import Noted
from accounts.web.zones import city
from packages.policy.fields import Condition, Field, Kind, Test
from tickets.policy.countries import COUNTRIES
from tickets.wording import policy_text

MOST_CARDS = 4  # more answers than this stand in a select
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SELECTED = mark_safe(" selected")  # noqa: S308  a literal
_CHOOSE = gettext_lazy("Choose one")
# Kinds whose input is short enough to stand beside another one.
_SHORT = frozenset(
    {Kind.TEXT, Kind.EMAIL, Kind.URL, Kind.PHONE, Kind.DIGITS, Kind.NUMBER, Kind.INSTANT, Kind.DATE, Kind.COUNTRY}
)
_TEXT_INPUTS: dict[Kind, dict[str, str]] = {
    Kind.TEXT: {},
    Kind.EMAIL: {"type": "email", "autocomplete": "off"},
    Kind.URL: {"type": "url"},
    Kind.PHONE: {"type": "tel", "autocomplete": "off"},
    Kind.DIGITS: {"inputmode": "numeric", "autocomplete": "off"},
    Kind.NUMBER: {"inputmode": "decimal", "autocomplete": "off"},
    Kind.INSTANT: {"type": "datetime-local"},
    Kind.DATE: {"type": "date"},
}


@dataclass(frozen=True, slots=True)
class Instead:
    """A box beside the input: an answer that counts in place of a real one."""

    name: str
    value: str
    label: str
    checked: bool

    @property
    def id(self) -> str:
        return f"id_{self.name}.{self.value}"


class Question(forms.Field):
    """One question. `rule` is the policy's field; what depends on the draft is set by the form that asks it."""

    def __init__(self, rule: Field, widget: forms.Widget, *, required: bool) -> None:
        super().__init__(
            widget=widget, required=required, label=policy_text(rule.label), help_text=policy_text(rule.help)
        )
        self.rule = rule
        self.where = policy_text(rule.where)
        self.zone = city(timezone.get_current_timezone_name()) if rule.kind is Kind.INSTANT else ""
        self.conditions: dict[str, str] = {}  # data attributes for conditions.js
        self.condition_text = ""
        self.instead: list[Instead] = []
        self.suggestions: list[str] = []
        self.ask: list[str] = []  # what looks odd
        self.code_hint = ""
        self.reason = ""  # why support asks for it again
        self.rows: list[Any] = []
        self.row_template: Any = None
        self.files: list[Any] = []

    def clean(self, value: Any) -> Any:
        return value

    @property
    def is_short(self) -> bool:
        """May it share a row with another question?"""
        return self.rule.kind in _SHORT or isinstance(self.widget, forms.Select)

    @property
    def template(self) -> str:
        names = {Kind.RECORDS: "records", Kind.FILE: "file", Kind.MUST_BE_YES: "check"}
        return f"tickets/fields/{names.get(self.rule.kind, 'question')}.html"

    @property
    def list_id(self) -> str:
        return f"known_{self.rule.code}" if self.suggestions else ""


def question_for(rule: Field, *, required: bool, filer: str, typed: str = "", timed: bool = True) -> Question:
    """Return the question of a field. `typed` decides that an unreadable date is shown as text, not lost.

    `timed` False: an instant is asked for as text, since its date may stand elsewhere.
    """
    return Question(rule, _widget(rule, required=required, filer=filer, typed=typed, timed=timed), required=required)


def _widget(rule: Field, *, required: bool, filer: str, typed: str, timed: bool) -> forms.Widget:
    if rule.kind in (Kind.CHOICE, Kind.YES_NO, Kind.COUNTRY):
        return _choosing(rule, required=required, filer=filer, typed=typed)
    if rule.kind is Kind.MUST_BE_YES:
        return forms.CheckboxInput(attrs={"value": "true"}, check_test=lambda value: value in ("true", True))
    if rule.kind is Kind.LIST:
        return forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    if rule.kind is Kind.LONG_TEXT:
        return forms.Textarea(attrs={"rows": 5 if (rule.max_length or 0) > 4000 else 3})
    if rule.kind in _TEXT_INPUTS:
        attrs = dict(_TEXT_INPUTS[rule.kind])
        if not _fits(rule.kind, typed) or (rule.kind is Kind.INSTANT and not timed):
            attrs["type"] = "text"
        if rule.no_spaces:
            attrs |= {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
        return forms.TextInput(attrs=attrs)
    return forms.TextInput()


def _fits(kind: Kind, typed: str) -> bool:
    """Would a browser show the text in its own input for a date? It shows nothing for one it can't read."""
    shapes = {Kind.INSTANT: _LOCAL_TIME, Kind.DATE: _DAY}
    return not typed or kind not in shapes or bool(shapes[kind].fullmatch(typed.strip()))


def _choosing(rule: Field, *, required: bool, filer: str, typed: str) -> forms.Widget:
    choices = choices_of(rule, filer=filer)
    # A radio button can't be unchosen, so what is optional stands in a select.
    if required and len(choices) <= MOST_CARDS:
        return forms.RadioSelect(choices=choices)
    if typed and typed not in {code for code, _ in choices}:
        choices.append((typed, Noted(typed)))  # the platform adds values without notice
    return QuickSelect(choices=[("", _CHOOSE), *choices])


class QuickSelect(forms.Select):
    """A select without a template for each of its options: there are 250 countries."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((code, SELECTED if str(code) == chosen else "", label) for code, label in self.choices),
        )
        return format_html("<select{}>\n{}\n</select>", flatatt({"name": name, **self.attrs, **(attrs or {})}), options)


def choices_of(rule: Field, *, filer: str) -> list[tuple[str, Noted]]:
    """Return what can be chosen, with the second line of each card; choices that this filer never has are left out."""
    if rule.kind is Kind.COUNTRY:
        return [(code, Noted(name)) for code, name in countries((get_language() or "en").lower())]
    if rule.kind is Kind.YES_NO:
        answers = [("true", Noted(gettext("Yes"))), ("false", Noted(gettext("No")))]
        return answers + [(choice.code, Noted(policy_text(choice.name))) for choice in rule.instead]
    return [
        (choice.code, Noted(policy_text(choice.name), policy_text(choice.help)))
        for choice in rule.choices
        if choice.when is None or not choice.when.filer or choice.when.filer == filer
    ]


@lru_cache(maxsize=8)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return code and name of every country, in the order of the names in that language."""
    names = Locale.parse(to_locale(language)).territories
    return tuple(sorted(((code, names.get(code, code)) for code in COUNTRIES), key=lambda pair: _sorting(pair[1])))


def _sorting(name: str) -> str:
    """Return what a name is sorted by: Åland stands beside Albania, not behind Zimbabwe."""
    return "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one)).casefold()


def condition_data(condition: Condition) -> str:
    """Return a condition as conditions.js reads it."""
    return json.dumps({"field": condition.field, "test": condition.test, "values": list(condition.values)})


def condition_words(condition: Condition, other: Field | None, *, is_asked: bool) -> str:
    """Return when a question counts, in a sentence; without JavaScript it is all that says so."""
    if other is None:
        return ""
    names = {choice.code: policy_text(choice.name) for choice in other.choices}
    words = {
        "question": policy_text(other.label),
        "answers": ", ".join(
            gettext("“%(answer)s”") % {"answer": names.get(value, value)} for value in condition.values
        ),
    }
    match condition.test, is_asked:
        case Test.IS, True:
            return gettext("Only if the answer to “%(question)s” is %(answers)s.") % words
        case Test.IS, False:
            return gettext("Needed if the answer to “%(question)s” is %(answers)s.") % words
        case Test.IS_NOT, True:
            return gettext("Only if the answer to “%(question)s” is not %(answers)s.") % words
        case Test.IS_NOT, False:
            return gettext("Not needed if the answer to “%(question)s” is %(answers)s.") % words
        case _, True:
            return gettext("Only if “%(question)s” is answered.") % words
    return gettext("Needed if “%(question)s” is answered.") % words
