"""Changes of a policy document: dictionaries in, dictionaries out. Nothing that is passed in is changed.

A path is a tuple of keys; within a list of fields the key is the field's code.
"""

import copy
from collections.abc import Mapping
from typing import Any

from packages.policy.document import Policy, parse
from packages.policy.field_reading import read_field
from packages.policy.reading import DocumentInvalid, Problem, Reader

Document = Mapping[str, Any]
Path = tuple[str, ...]


class NoSuchEntry(LookupError):
    """The document has nothing at that path."""


def entry_at(document: Any, path: Path) -> Any:
    """Return what stands at a path. Raises: NoSuchEntry."""
    found = document
    for key in path:
        if isinstance(found, list):
            found = next((one for one in found if one.get("field") == key), None)
        elif isinstance(found, Mapping):
            found = found.get(key)
        else:
            found = None
        if found is None:
            raise NoSuchEntry(" › ".join(path))
    return found


def with_entry(document: Document, path: Path, entry: Any) -> dict[str, Any]:
    """Return the document with another entry at a path, in the place of the one that was there, or last."""
    changed = copy.deepcopy(dict(document))
    if not path:
        return copy.deepcopy(dict(entry))
    holder, key = entry_at(changed, path[:-1]), path[-1]
    if isinstance(holder, list):
        places = [number for number, one in enumerate(holder) if one.get("field") == key]
        if places:
            holder[places[0]] = entry
        else:
            holder.append(entry)
    else:
        holder[key] = entry
    return changed


def without_entry(document: Document, path: Path) -> dict[str, Any]:
    """Return the document without the entry at a path. Raises: NoSuchEntry."""
    entry_at(document, path)
    changed = copy.deepcopy(dict(document))
    holder, key = entry_at(changed, path[:-1]), path[-1]
    if isinstance(holder, list):
        holder[:] = [one for one in holder if one.get("field") != key]
    else:
        del holder[key]
    return changed


def moved(document: Document, path: Path, by: int) -> dict[str, Any]:
    """Return the document with an entry that many places further down, or up (negative), in its list or table.

    At the end of it the entry stays. Raises: NoSuchEntry.
    """
    entry_at(document, path)
    changed = copy.deepcopy(dict(document))
    holder, key = entry_at(changed, path[:-1]), path[-1]
    keys = [one.get("field") for one in holder] if isinstance(holder, list) else list(holder)
    place = keys.index(key)
    target = min(max(place + by, 0), len(keys) - 1)
    keys.insert(target, keys.pop(place))
    if isinstance(holder, list):
        by_code = {one.get("field"): one for one in holder}
        holder[:] = [by_code[code] for code in keys]
    else:
        entries = {one: holder[one] for one in keys}
        holder.clear()
        holder.update(entries)
    return changed


def copied(document: Document, part: str, source: str, code: str) -> dict[str, Any]:
    """Return the document with a new entry of a part, a copy of another one. Raises: NoSuchEntry; DocumentInvalid."""
    entry = copy.deepcopy(entry_at(document, (part, source)))
    reader = Reader()
    reader.code(code, part, code)
    if code in document[part]:
        reader.wrong("is there already", part, code)
    if reader.problems:
        raise DocumentInvalid(tuple(reader.problems))
    return with_entry(document, (part, code), entry)


def problems_of(document: Document) -> tuple[Problem, ...]:
    """Return what is wrong with a document, fields of the library that no topic uses included."""
    found: list[Problem] = []
    try:
        parse(document)
    except DocumentInvalid as error:
        found += error.problems
    reader = Reader()
    library = document.get("fields") or {}
    for code, entry in library.items():
        with reader.at("fields", code):
            read_field(reader, code, entry)
    return (*found, *reader.problems)


def checked(document: Document, *, before: Document) -> Policy:
    """Return the policy of a changed document. Raises: DocumentInvalid, with the problems that are new."""
    known = set(problems_of(before))
    new = [problem for problem in problems_of(document) if problem not in known]
    if new:
        raise DocumentInvalid(tuple(dict.fromkeys(new)))
    return parse(document)


def users_of_field(document: Document, code: str) -> tuple[str, ...]:
    """Return the codes of the topics that ask a field of the library; "common" when every ticket does."""
    topics = [
        topic
        for topic, entry in document["topics"].items()
        if any(one.get("field") == code for one in entry.get("fields") or ())
    ]
    everywhere = ["common"] if any(one.get("field") == code for one in document["common"]) else []
    return (*everywhere, *topics)
