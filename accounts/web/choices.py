"""A choice with a second line: what a form shows on its card below the choice's name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noted:
    """The label of a choice and its note; prints as the label alone, as in a select."""

    label: str
    note: str = ""

    def __str__(self) -> str:
        return str(self.label)
