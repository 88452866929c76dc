"""What a field of a topic can be: value types read from the policy document.

Source: support policy, "Minimum information, by topic".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from packages.policy.wording import Text


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    MUST_BE_YES = "must_be_yes"
    EMAIL = "email"
    URL = "url"
    PHONE = "phone"
    DIGITS = "digits"
    NUMBER = "number"
    INSTANT = "instant"
    DATE = "date"
    LIST = "list"
    RECORDS = "records"
    COUNTRY = "country"
    FILE = "file"


class Test(StrEnum):
    """What a condition looks at in another answer."""

    IS = "is"
    IS_NOT = "is_not"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Condition:
    """True when another answer is (or is not, or is given at all) …, or when a partner or client files."""

    field: str = ""
    test: Test = Test.GIVEN
    values: tuple[str, ...] = ()
    filer: str = ""

    def holds(self, answers: Mapping[str, Any], *, filer: str) -> bool:
        """Say whether the condition holds for typed answers filed by "partner" or "client"."""
        if self.filer:
            return filer == self.filer
        value = answers.get(self.field)
        if self.test is Test.GIVEN:
            return value not in (None, "", [], ())
        if value in (None, ""):
            return self.test is Test.IS_NOT
        among = str(value) in self.values
        return among if self.test is Test.IS else not among


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    name: Text
    help: Text = field(default_factory=dict)
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a topic, with its rule in two grades: what refuses, and what only asks.

    `mandatory` and `asked` are True, False or a condition; `one_of` names the group of which one must be given.
    """

    code: str
    kind: Kind
    label: Text
    help: Text = field(default_factory=dict)
    where: Text = field(default_factory=dict)
    example: str = ""
    refuse: Text = field(default_factory=dict)
    ask: Text = field(default_factory=dict)
    mandatory: bool | Condition = False
    asked: bool | Condition = True
    one_of: str = ""
    choices: tuple[Choice, ...] = ()
    open: bool = False
    any_case: bool = False
    instead: tuple[Choice, ...] = ()
    suggestions: tuple[Text | str, ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    usual: str = ""
    usual_length: tuple[int, int] | None = None
    short_below: int | None = None
    short_hint: Text = field(default_factory=dict)
    no_spaces: bool = False
    case: str = ""
    reads_code: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    above: Decimal | None = None
    decimals: bool = False
    percent_sign: bool = False
    time: str = "past"
    before: str = ""
    before_message: Text = field(default_factory=dict)
    not_before: str = ""
    not_before_message: Text = field(default_factory=dict)
    date_from: str = ""
    item: "Field | None" = None
    columns: tuple["Field", ...] = ()
    min_items: int | None = None
    max_items: int | None = None
    distinct: bool = False
    distinct_hosts: bool = False
    differs_from: str = ""
    differs_message: Text = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    identifies: bool = False

    def is_mandatory(self, answers: Mapping[str, Any], *, filer: str) -> bool:
        return _holds(self.mandatory, answers, filer)

    def is_asked(self, answers: Mapping[str, Any], *, filer: str) -> bool:
        return _holds(self.asked, answers, filer)

    def is_instead(self, value: object) -> bool:
        """Is this value one of the answers that count in place of a real one ("not created yet")?"""
        return isinstance(value, str) and any(value == choice.code for choice in self.instead)


def _holds(rule: bool | Condition, answers: Mapping[str, Any], filer: str) -> bool:
    return rule if isinstance(rule, bool) else rule.holds(answers, filer=filer)
