"""A plain form over an entry of the policy's document: what it shows, how it is read, where a problem stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from packages.policy.editing import Document, Path, entry_at, with_entry
from packages.policy.inputs import Control, Group, Input, Rows, Table, Typed, without_blank_rows
from packages.policy.reading import DocumentInvalid, Problem


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form over the entry at `root`. `scopes` are the paths under which `parse` speaks of that entry.

    `base` is laid under the entry, as the library's field is under a topic's: what is the same as there is not kept.
    """

    title: str
    root: Path
    inputs: tuple[Input, ...]
    scopes: tuple[Path, ...]
    base: Mapping[str, Any] | None = None

    @property
    def has_rows(self) -> bool:
        return any(isinstance(one, Rows | Table) for one in self.inputs)

    def groups(self, typed: Typed) -> tuple[Group, ...]:
        """Return the controls under their legends; neighbours of one section stand together."""
        found: list[Group] = []
        for group in (group for one in self.inputs for group in one.groups(typed)):
            last = found.pop() if found and _stand_together(found[-1], group) else None
            if last:
                group = replace(last, controls=(*last.controls, *group.controls))
            found.append(group)
        return tuple(found)

    def controls(self, typed: Typed) -> tuple[Control, ...]:
        return tuple(control for group in self.groups(typed) for one in group.walk() for control in one.controls)

    def shown(self, document: Document) -> dict[str, str]:
        """Return the entry as the form shows it."""
        entry = self._merged(document)
        typed: dict[str, str] = {}
        for one in self.inputs:
            typed |= one.show(_value(entry, one.path))
        return typed

    def tidy(self, typed: Typed) -> dict[str, str]:
        """Return what was typed without blank rows between others."""
        return without_blank_rows(typed, [one for one in self.inputs if isinstance(one, Rows | Table)])

    def changed(self, document: Document, typed: Typed) -> dict[str, Any]:
        """Return the document with what was typed. Raises: DocumentInvalid, if a name is given twice."""
        problems = [
            Problem((*self.scopes[0], *path), "stands here twice")
            for one in self.inputs
            for path in one.repeated(typed)
        ]
        if problems:
            raise DocumentInvalid(tuple(problems))
        entry = self._merged(document)
        for one in self.inputs:
            value = one.read(typed)
            if isinstance(one, Rows):
                value = one.keeping(_value(entry, one.path), value)
            entry = _put(entry, one.path, value)
        return with_entry(document, self.root, self._own(entry))

    def place(self, problem: Problem, typed: Typed) -> str:
        """Return the name of the control at which a problem stands; "" for none of this form."""
        for scope in self.scopes:
            if problem.path[: len(scope)] == scope:
                rest = problem.path[len(scope) :]
                return _nearest(rest, self.controls(typed))
        return ""

    def _merged(self, document: Document) -> dict[str, Any]:
        return {**(self.base or {}), **entry_at(document, self.root)}

    def _own(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return what an entry says itself, over its base; what it takes away from the base is None."""
        if self.base is None:
            return entry
        own = {key: value for key, value in entry.items() if key not in self.base or self.base[key] != value}
        return own | {key: None for key in self.base if key not in entry}


def _stand_together(one: Group, other: Group) -> bool:
    return bool(one.legend) and one.legend == other.legend and one.row is None and not (one.inner or other.inner)


def _nearest(path: Path, controls: tuple[Control, ...]) -> str:
    above = [one for one in controls if path[: len(one.path)] == one.path]
    if above:
        # Of two rows of one name it stands at the later, and there at the name.
        return max(reversed(above), key=lambda one: (len(one.path), one.name.endswith(".key"))).name
    below = (one.name for one in controls if one.path[: len(path)] == path)
    return next(below, "") if path else ""


def _value(entry: Any, path: Path) -> Any:
    for key in path:
        entry = entry.get(key) if isinstance(entry, Mapping) else None
    return entry


def _put(entry: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    key, *rest = path
    changed = dict(entry)
    if rest:
        inner = changed.get(key)
        put = _put(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)
        if put or key in entry:
            changed[key] = put
    elif value is None:
        changed.pop(key, None)
    else:
        changed[key] = value
    return changed
