"""The mails that the demonstration sent: files in one folder, newest first."""

import email
import email.policy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

END_OF_MAIL = b"-" * 79 + b"\n"  # what Django's file backend writes between mails


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as it was sent. `key` names it in an address."""

    key: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def recipient(self) -> str:
        return str(self.message["To"] or "")

    @property
    def at(self) -> datetime | None:
        date = self.message["Date"]
        return parsedate_to_datetime(str(date)) if date else None

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body else ""


def sent_mails(folder: Path, *, most: int = 200) -> list[SentMail]:
    """Return the newest mails of a folder, the newest first."""
    if not folder.is_dir():
        return []
    found: list[SentMail] = []
    for path in sorted(folder.glob("*.log"), key=lambda one: one.stat().st_mtime, reverse=True):
        found.extend(reversed(list(_mails_in(path))))
        if len(found) >= most:
            break
    return found[:most]


def sent_mail(folder: Path, key: str) -> SentMail | None:
    """Return one mail, None if there is none with that key."""
    return next((one for one in sent_mails(folder) if one.key == key), None)


def _mails_in(path: Path) -> Iterator[SentMail]:
    for place, raw in enumerate(path.read_bytes().split(END_OF_MAIL)):
        if raw.strip():
            message = email.message_from_bytes(raw, policy=email.policy.default)
            key = hashlib.sha256(f"{path.name} {place}".encode()).hexdigest()[:12]
            yield SentMail(key, message)  # type: ignore[arg-type]  # the policy decides the class
