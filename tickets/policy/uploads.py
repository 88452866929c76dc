"""Which files are taken: decided by content, never by name.

Source: field formats, "Picture or file".
"""

import re
import unicodedata

TEXT_ENDINGS = {".txt": "text/plain", ".log": "text/plain", ".json": "application/json", ".csv": "text/csv"}
BINARY = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "application/pdf": (".pdf",),
}
ACCEPT = ".png,.jpg,.jpeg,.webp,.gif,.pdf,.txt,.log,.json,.csv"
INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})  # shown in the page; all else is downloaded


class FileRefused(ValueError):
    """The file can't be taken. `code` says why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def content_type(name: str, head: bytes, found: str | None) -> str:
    """Return the type of a file by its content. `found` is what its first bytes say (None: nothing known).

    Raises: FileRefused, if it is none of those taken, or not what its name says.
    """
    ending = "." + name.rpartition(".")[2].lower() if "." in name else ""
    if found in BINARY:
        if ending and ending not in BINARY[found] and ending in _all_endings():
            raise FileRefused("not_what_it_says", ending=ending)
        return found
    if ending in TEXT_ENDINGS and _is_text(head):
        return TEXT_ENDINGS[ending]
    raise FileRefused("not_what_it_says" if ending in _all_endings() else "kind_of_file")


def clean_name(name: str) -> str:
    """Return a file name that can be shown and downloaded: no path, no control characters, at most 200 characters."""
    base = re.split(r"[\\/]", name)[-1]
    kept = "".join(one for one in base if unicodedata.category(one)[0] != "C" and one not in '"<>|:*?')
    kept = kept.strip(". ") or "file"
    stem, dot, ending = kept.rpartition(".")
    return kept if len(kept) <= 200 else f"{stem[:190]}{dot}{ending[:8]}"


def named_for(name: str, content_type: str) -> str:
    """Return a clean name that ends as its type does: who keeps a picture called .hta must not run it."""
    endings = BINARY.get(content_type, ())
    return name if not endings or name.lower().endswith(endings) else f"{name}{endings[0]}"


def _all_endings() -> set[str]:
    return set(TEXT_ENDINGS) | {ending for endings in BINARY.values() for ending in endings}


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    for cut in range(4):  # the head may end inside a character
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return all(byte >= 32 or byte in (9, 10, 13) for byte in head)  # a log in an older encoding
