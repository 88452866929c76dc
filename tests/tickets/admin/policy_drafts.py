"""A draft of the policy as an administrator edits it through the pages."""

import json
from html.parser import HTMLParser
from typing import Any

from packages.actions.versions import make_draft
from packages.models import PolicyVersion
from packages.policy.parts import sheet_of
from tests.cast import NOW
from tests.shipped_policy import shipped_document


def shipped_draft(by: Any) -> PolicyVersion:
    """Make a draft that says what the shipped policy says."""
    return make_draft(json.loads(shipped_document()), by=by, now=NOW, reason="From policy 1")


def document_of(draft: PolicyVersion) -> dict[str, Any]:
    draft.refresh_from_db()
    return json.loads(draft.document)


def address(draft: PolicyVersion, *parts: str) -> str:
    return f"/admin/policy/{draft.pk}/{'/'.join(parts)}/"


def form_of(draft: PolicyVersion, part: str, code: str = "", field: str = "") -> dict[str, str]:
    """Return what the form of a part holds, as the browser sends it back."""
    document = document_of(draft)
    shown = sheet_of(document, part, code, field).shown(document)
    return {"version": str(draft.lock_version), **shown}


def save(client: Any, draft: PolicyVersion, part: str, code: str = "", field: str = "", **typed: str) -> Any:
    """Send the form of a part with something else typed; "." in a control's name is written "__"."""
    sent = {**form_of(draft, part, code, field), **{name.replace("__", "."): value for name, value in typed.items()}}
    return client.post(address(draft, *(one for one in (part, code, field) if one)), sent)


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.invalid: set[str] = set()
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag in ("input", "textarea", "select") and given.get("aria-invalid") == "true":
            self.invalid.add(name)
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.found[name] = given.get("value") or ""
        self._area = name if tag == "textarea" else ""
        if tag == "select":
            self._select = name
        if tag == "option" and "selected" in given:
            self.found[self._select] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] = self.found.get(self._area, "") + data.removeprefix("\n")


def controls(page: str) -> dict[str, str]:
    """Return what stands in the controls of a page, by name."""
    reader = _Controls()
    reader.feed(page)
    return reader.found


def invalid(page: str) -> set[str]:
    """Return the names of the controls that are marked as wrong."""
    reader = _Controls()
    reader.feed(page)
    return reader.invalid
