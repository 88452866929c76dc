"""A choice with a second line: what a form shows on its card below the choice's name."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise  # a package of development alone


@dataclass(frozen=True, slots=True)
class Noted:
    """The label of a choice and its note; prints as the label alone, as in a select."""

    label: "StrOrPromise"
    note: "StrOrPromise" = ""

    def __str__(self) -> str:
        return str(self.label)
