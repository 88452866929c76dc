"""Reads a policy document piece by piece, and collects what is wrong with it and where."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from packages.policy.wording import LANGUAGES, Text

_DURATION = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,49}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the document that makes no sense: where (a path of keys), and what, in English for the admin."""

    path: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        return f"{' › '.join(self.path) or 'policy'}: {self.message}"


class DocumentInvalid(ValueError):
    """The document has problems; none of it can be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:20]))
        self.problems = problems


class Reader:
    """Walks a document, remembering the path. A wrong value is noted and replaced by a harmless one."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._path: list[str] = []

    @contextmanager
    def at(self, *keys: str) -> Iterator[None]:
        self._path.extend(keys)
        try:
            yield
        finally:
            del self._path[len(self._path) - len(keys) :]

    def wrong(self, message: str, *keys: str) -> None:
        self.problems.append(Problem((*self._path, *keys), message))

    def mapping(self, value: Any, *keys: str) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        self.wrong("is not a table of names and values", *keys)
        return {}

    def keys(self, value: Mapping[str, Any], known: frozenset[str]) -> None:
        """Note every key that is not known: a misspelt rule must not be silently without effect."""
        for key in value:
            if key not in known:
                self.wrong("is not known here", str(key))

    def sequence(self, value: Any, *keys: str) -> list[Any]:
        if isinstance(value, list | tuple):
            return list(value)
        self.wrong("is not a list", *keys)
        return []

    def text(self, value: Any, *keys: str, required: bool = True) -> Text:
        """Read a text in all five languages."""
        if value is None and not required:
            return {}
        if not isinstance(value, Mapping):
            self.wrong("needs a text in five languages", *keys)
            return {}
        for language in LANGUAGES:
            if not isinstance(value.get(language), str) or not value[language].strip():
                self.wrong(f"has no text in {language}", *keys, language)
        return {language: str(text).strip() for language, text in value.items() if language in LANGUAGES}

    def code(self, value: Any, *keys: str) -> str:
        if isinstance(value, str) and _CODE.fullmatch(value):
            return value
        self.wrong("is not a code: letters, digits, _ and -", *keys)
        return ""

    def duration(self, value: Any, *keys: str) -> timedelta:
        """Read "4h", "30m" or "1h30m": more than nothing."""
        match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        length = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0)) if match else timedelta()
        if length <= timedelta():
            self.wrong("needs a time above zero, such as 4h or 30m", *keys)
            return timedelta(hours=1)
        return length

    def whole(self, value: Any, *keys: str, least: int = 0, most: int = 1_000_000) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(f"needs a whole number from {least} to {most}", *keys)
            return None
        return value

    def decimal(self, value: Any, *keys: str) -> Decimal | None:
        if value is None:
            return None
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.wrong("needs a number", *keys)
            return None

    def pattern(self, value: Any, *keys: str) -> str:
        if not value:
            return ""
        try:
            re.compile(str(value))
        except re.error as error:
            self.wrong(f"is no regular expression: {error}", *keys)
            return ""
        return str(value)

    def one_of(self, value: Any, allowed: tuple[str, ...] | list[str], *keys: str) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        self.wrong(f"is not one of {', '.join(allowed)}", *keys)
        return allowed[0] if allowed else ""
