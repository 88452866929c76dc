"""The inputs of a plain form over a part of the policy's document: shown as typed texts, read back into values.

What can't be read is left in the document as it was typed, so that `parse` refuses it where it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from packages.policy.wording import LANGUAGES

Typed = Mapping[str, str]
Path = tuple[str, ...]
Option = tuple[str, str]
SPARE_ROWS = 1  # blank rows below those that are filled
LANGUAGE_NAMES = dict(zip(LANGUAGES, ("English", "Portuguese (Brazil)", "German", "Spanish", "Russian"), strict=True))


@dataclass(frozen=True, slots=True)
class Control:
    """One control: its name in the form, and the path in the document whose problems belong to it."""

    name: str
    path: Path
    label: str
    kind: str = "line"  # line, lines, choice, switch
    options: tuple[Option, ...] = ()
    initial: str = ""  # what a new row of a table begins with


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that stand together under one legend; a row of a table has further groups in it."""

    legend: str
    controls: tuple[Control, ...]
    help: str = ""
    inner: tuple["Group", ...] = ()
    row: int | None = None  # of a table with one line a row: the words stand above its first

    def walk(self) -> Iterator["Group"]:
        """Go through this group and those in it."""
        yield self
        for one in self.inner:
            yield from one.walk()


@dataclass(frozen=True, slots=True)
class Input:
    """A value of the document. `None` is one that is not there. Neighbours of one `section` share its legend."""

    path: Path
    label: str
    help: str = ""
    section: str = ""

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def groups(self, typed: Typed) -> tuple[Group, ...]:
        return (Group(self.section, (self._control(),), self.help),)

    def show(self, value: Any) -> dict[str, str]:
        return {self.name: "" if value is None else str(value)}

    def read(self, typed: Typed) -> Any:
        return typed.get(self.name, "").strip() or None

    def repeated(self, typed: Typed) -> tuple[Path, ...]:
        """Return the paths that are given more than once, which the document can't hold."""
        return ()

    def _control(self) -> Control:
        return Control(self.name, self.path, self.label)


class Line(Input):
    """Words in one line."""


class Length(Input):
    """A time such as 4h or 1h30m."""


class Whole(Input):
    """A whole number."""

    def read(self, typed: Typed) -> Any:
        return _number(typed.get(self.name, ""))


class Windows(Input):
    """Hours of a day, such as 02:00-12:00, 13:00-22:00."""

    def show(self, value: Any) -> dict[str, str]:
        return {self.name: ", ".join(str(window) for window in value or ())}

    def read(self, typed: Typed) -> Any:
        return _commas(typed.get(self.name, ""))


class Times(Windows):
    """Several times, such as 20h, 60h."""


class Numbers(Windows):
    """Several whole numbers."""

    def read(self, typed: Typed) -> Any:
        return [_number(item) for item in _commas(typed.get(self.name, ""))]


class Lines(Input):
    """Words, one a line; those that differ by language hold all five with | between."""

    def show(self, value: Any) -> dict[str, str]:
        return {self.name: "\n".join(_one_line(item) for item in value or ())}

    def read(self, typed: Typed) -> Any:
        lines = [line.strip() for line in typed.get(self.name, "").splitlines() if line.strip()]
        return [_by_language(line) if "|" in line else line for line in lines] or None

    def _control(self) -> Control:
        return Control(self.name, self.path, self.label, "lines")


class OptionalNumbers(Numbers):
    """Several whole numbers, or none at all."""

    def read(self, typed: Typed) -> Any:
        return [_number(item) for item in _commas(typed.get(self.name, ""))] or None


class Switch(Input):
    """Yes or no."""

    def show(self, value: Any) -> dict[str, str]:
        return {self.name: "on" if value else ""}

    def read(self, typed: Typed) -> Any:
        return True if typed.get(self.name) else None

    def _control(self) -> Control:
        return Control(self.name, self.path, self.label, "switch")


@dataclass(frozen=True, slots=True)
class Flag(Switch):
    """Yes or no, kept as one code of a list."""

    code: str = ""

    def show(self, value: Any) -> dict[str, str]:
        return {self.name: "on" if self.code in (value or ()) else ""}

    def read(self, typed: Typed) -> Any:
        return [self.code] if typed.get(self.name) else None


@dataclass(frozen=True, slots=True)
class Choice(Input):
    """One of several values; the default is what the document leaves out."""

    options: tuple[Option, ...] = ()
    default: str = ""

    def show(self, value: Any) -> dict[str, str]:
        return {self.name: self.default if value is None else str(value)}

    def read(self, typed: Typed) -> Any:
        value = typed.get(self.name, "").strip()
        return None if value == self.default else value or None

    def _control(self) -> Control:
        return Control(self.name, self.path, self.label, "choice", self.options, self.default)


@dataclass(frozen=True, slots=True)
class Text(Input):
    """A text in five languages; `lines` for a longer one. Blank in all of them: no text at all."""

    lines: bool = False

    def groups(self, typed: Typed) -> tuple[Group, ...]:
        kind = "lines" if self.lines else "line"
        controls = tuple(
            Control(f"{self.name}.{language}", (*self.path, language), LANGUAGE_NAMES[language], kind)
            for language in LANGUAGES
        )
        return (Group(self.label, controls, self.help),)

    def show(self, value: Any) -> dict[str, str]:
        texts = value if isinstance(value, Mapping) else {}
        return {f"{self.name}.{language}": str(texts.get(language, "")).strip() for language in LANGUAGES}

    def read(self, typed: Typed) -> Any:
        texts = {
            language: typed.get(f"{self.name}.{language}", "").replace("\r\n", "\n").strip() for language in LANGUAGES
        }
        return texts if any(texts.values()) else None


@dataclass(frozen=True, slots=True)
class Rule(Input):
    """Always, never, or when another answer or the person who files says so."""

    fields: tuple[Option, ...] = ()
    default: str = "never"
    options: tuple[Option, ...] = ()

    def groups(self, typed: Typed) -> tuple[Group, ...]:
        name, path = self.name, self.path
        controls = (
            Control(f"{name}.when", path, "When", "choice", self.options or _WHEN, self.default),
            Control(f"{name}.field", (*path, "field"), "The other field", "choice", (("", "none"), *self.fields)),
            Control(f"{name}.values", (*path, "values"), "Its answers, by code, with commas between"),
        )
        return (Group(self.label, controls, self.help),)

    def show(self, value: Any) -> dict[str, str]:
        when, other, values = self.default, "", ""
        if isinstance(value, bool):
            when = "always" if value else "never"
        elif isinstance(value, Mapping):
            other = str(value.get("field", ""))
            when = next((test for test in ("is", "is_not") if test in value), "given")
            values = ", ".join(str(item) for item in value.get(when) or ()) if when != "given" else ""
            when = str(value["filer"]) if "filer" in value else when
        elif value is not None:
            when = str(value)
        return {f"{self.name}.when": when, f"{self.name}.field": other, f"{self.name}.values": values}

    def read(self, typed: Typed) -> Any:
        when = typed.get(f"{self.name}.when", "").strip()
        if when in ("partner", "client"):
            return {"filer": when}
        other = typed.get(f"{self.name}.field", "").strip()
        if when == "given":
            return {"field": other}
        if when in ("is", "is_not"):
            return {"field": other, when: _commas(typed.get(f"{self.name}.values", ""))}
        return when if when not in ("", self.default) else None


_WHEN = (
    ("always", "always"),
    ("never", "never"),
    ("given", "when the other field is given"),
    ("is", "when the other field is one of these"),
    ("is_not", "when the other field is none of these"),
    ("partner", "when a partner files"),
    ("client", "when a client files"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows(Input):
    """A list of entries, each of several values. An entry is known again by its `identity`."""

    inputs: tuple[Input, ...] = ()
    identity: str = "code"

    def groups(self, typed: Typed) -> tuple[Group, ...]:
        return tuple(self._row(number, typed) for number in range(_filled(self.name, typed) + SPARE_ROWS))

    def _row(self, number: int, typed: Typed) -> Group:
        place = (*self.path, str(number + 1))
        groups = [group for one in self._inputs(number) for group in _placed(one.groups(typed), len(place), place)]
        plain = tuple(control for group in groups if not group.legend for control in group.controls)
        inner = tuple(group for group in groups if group.legend)
        return Group(f"{self.label} {number + 1}", plain, self.help if not number else "", inner)

    def show(self, value: Any) -> dict[str, str]:
        shown: dict[str, str] = {}
        for number, entry in enumerate(value or ()):
            for one in self._inputs(number):
                shown |= one.show(entry.get(one.path[-1]))
        return shown

    def read(self, typed: Typed) -> Any:
        entries = []
        for number in range(_filled(self.name, typed)):
            read = {one.path[-1]: one.read(typed) for one in self._inputs(number)}
            entries.append({key: value for key, value in read.items() if value is not None})
        return entries or None

    def keeping(self, before: Any, after: Any) -> Any:
        """Return `after` with what its entries had before and the form does not show."""
        shown = {one.path[-1] for one in self.inputs}
        known = {str(entry.get(self.identity)): entry for entry in before or ()}
        return [
            {**{k: v for k, v in known.get(str(entry.get(self.identity)), {}).items() if k not in shown}, **entry}
            for entry in after or ()
        ] or None

    def _inputs(self, number: int) -> Iterator[Input]:
        for one in self.inputs:
            yield replace(one, path=(*self.path, str(number), *one.path))


@dataclass(frozen=True, slots=True)
class Table(Input):
    """A table of names and values, such as closed days: the name is the key, the value one input."""

    key: str = "Code"
    value: Input = field(default_factory=lambda: Line((), "Value"))

    def groups(self, typed: Typed) -> tuple[Group, ...]:
        return tuple(self._row(number, typed) for number in range(_filled(self.name, typed) + SPARE_ROWS))

    def _row(self, number: int, typed: Typed) -> Group:
        key = typed.get(f"{self.name}.{number}.key", "").strip()
        control = Control(f"{self.name}.{number}.key", (*self.path, key), self.key)
        groups = tuple(_placed(self._value(number).groups(typed), len(self.path) + 2, (*self.path, key)))
        help = "" if number else self.help
        if any(group.legend for group in groups):
            return Group(f"{self.label} {number + 1}", (control,), help, groups)
        values = [one for group in groups for one in group.controls]
        return Group(self.label, (control, *values), help, row=number)

    def show(self, value: Any) -> dict[str, str]:
        shown: dict[str, str] = {}
        for number, (key, entry) in enumerate((value or {}).items()):
            shown[f"{self.name}.{number}.key"] = str(key)
            shown |= self._value(number).show(entry)
        return shown

    def read(self, typed: Typed) -> Any:
        return {key: self._value(number).read(typed) or "" for number, key in self._keys(typed)}

    def repeated(self, typed: Typed) -> tuple[Path, ...]:
        keys = [key for _, key in self._keys(typed)]
        return tuple((*self.path, key) for key in dict.fromkeys(keys) if keys.count(key) > 1)

    def _keys(self, typed: Typed) -> Iterator[tuple[int, str]]:
        for number in range(_filled(self.name, typed)):
            yield number, typed.get(f"{self.name}.{number}.key", "").strip()

    def _value(self, number: int) -> Input:
        return replace(self.value, path=(*self.path, str(number), "value"))


def _placed(groups: Sequence[Group], cut: int, place: Path) -> Iterator[Group]:
    """Give the controls of a row its place in the document, instead of its place in the form."""
    for group in groups:
        yield replace(group, controls=tuple(replace(one, path=(*place, *one.path[cut:])) for one in group.controls))


def without_blank_rows(typed: Typed, tables: Sequence[Input]) -> dict[str, str]:
    """Return what was typed with the rows of tables moved up over those into which nothing was typed."""
    kept = dict(typed)
    for table in tables:
        start = f"{table.name}."
        new = {
            one.name.removeprefix(f"{start}0."): one.initial
            for group in table.groups({})
            for inner in group.walk()
            for one in inner.controls
        }
        rows: dict[int, dict[str, str]] = {}
        for name in [name for name in kept if name.startswith(start)]:
            number, _, rest = name.removeprefix(start).partition(".")
            if number.isdigit() and rest:
                rows.setdefault(int(number), {})[rest] = kept.pop(name)
        filled = [
            row for _, row in sorted(rows.items()) if any(row[name].strip() not in ("", new.get(name)) for name in row)
        ]
        kept |= {f"{start}{number}.{rest}": value for number, row in enumerate(filled) for rest, value in row.items()}
    return kept


def _filled(name: str, typed: Typed) -> int:
    start = f"{name}."
    numbers = [
        int(number)
        for key in typed
        if key.startswith(start) and (number := key.removeprefix(start).partition(".")[0]).isdigit()
    ]
    return max(numbers, default=-1) + 1


def _one_line(item: Any) -> str:
    return " | ".join(str(item.get(language, "")) for language in LANGUAGES) if isinstance(item, Mapping) else str(item)


def _by_language(line: str) -> dict[str, str]:
    """Read five texts; what is missing is missing in the document too, and refused there."""
    return {language: text.strip() for language, text in zip(LANGUAGES, line.split("|"), strict=False) if text.strip()}


def _commas(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _number(text: str) -> int | str | None:
    text = text.strip()
    return int(text) if text.isdigit() and text.isascii() else text or None
