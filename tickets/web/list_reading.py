"""The list's address: what a person looks for is in it, so that a view can be kept, sent and gone back to."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from tickets.queries.overview import Criteria, Sort, View, place_from

MOST = 200  # characters of a search


def read_criteria(given: Mapping[str, str]) -> Criteria:
    """Read the address; what is not understood narrows nothing."""
    sort = given.get("sort", "")
    name = sort.removeprefix("-")
    known_sort = name in set(Sort)
    organisation = given.get("client", "")
    return Criteria(
        view=View(given["view"]) if given.get("view") in set(View) else View.OPEN,
        text=" ".join(given.get("q", "").replace("\x00", "").split())[:MOST],
        organisation=int(organisation)
        if organisation.isascii() and organisation.isdigit() and len(organisation) < 18
        else None,
        topic=_word(given, "topic"),
        severity=_word(given, "severity"),
        status=_word(given, "status"),
        language=_word(given, "language"),
        sort=Sort(name) if known_sort else Sort.TURN,
        reverse=known_sort and sort.startswith("-"),
    )


def parameters(criteria: Criteria) -> dict[str, str]:
    """Return the address's parameters, without what says nothing."""
    sort = ("-" if criteria.reverse else "") + criteria.sort
    said = {
        "view": "" if criteria.view is View.OPEN else criteria.view,
        "q": criteria.text,
        "client": str(criteria.organisation or ""),
        "topic": criteria.topic,
        "severity": criteria.severity,
        "status": criteria.status,
        "language": criteria.language,
        "sort": "" if sort == Sort.TURN else sort,
    }
    return {name: str(value) for name, value in said.items() if value}


def address(path: str, criteria: Criteria, **more: str) -> str:
    """Return the address of a list, of one page of it, or of its export."""
    query = urlencode({**parameters(criteria), **more})
    return f"{path}?{query}" if query else path


def write_place(place: Sequence[str]) -> str:
    return urlsafe_b64encode("|".join(place).encode()).decode().rstrip("=")


def read_place(text: str, criteria: Criteria) -> tuple[object, ...] | None:
    """Return where a page continues from; None, for the first page, when the address says nothing that fits."""
    try:
        texts = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return place_from(texts.split("|"), criteria) if texts else None


def _word(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").replace("\x00", "")[:50]
