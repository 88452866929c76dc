"""What the validator has to say of an answer: a code, where, and the policy's own words if it has some."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packages.policy.wording import Text

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """`path` leads to the answer: ("samples", 0, "sent_at"). `text` is empty where the edges word the code."""

    path: Path
    code: str
    text: Text = dataclasses.field(default_factory=dict)
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def field(self) -> str:
        return str(self.path[0])

    @property
    def key(self) -> str:
        """The path as one word, as inputs and problem pointers use it: "samples.0.sent_at"."""
        return ".".join(str(step) for step in self.path)


class Refused(ValueError):
    """A value that can't be that thing at all; carries the remark, whose path grows as it travels up."""

    def __init__(self, code: str, text: Text | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.text = text or {}
        self.params = params
