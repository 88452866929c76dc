"""Files that people of the demonstration attach."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from tickets.actions.attaching import stage
from tickets.demo.portraits import screenshot
from tickets.models import Attachment


def stage_files(
    files: Sequence[Mapping[str, str]], answers: dict[str, Any], *, by: Actor, now: datetime
) -> list[Attachment]:
    """Stage what a story attaches: a drawn screenshot, or a text. One that answers a field is named in its answer."""
    staged = []
    for one in files:
        content = one["text"].encode() if "text" in one else screenshot(one.get("title", "Error"), one.get("line", ""))
        attachment = stage(SimpleUploadedFile(one["name"], content), by=by, now=now, field=one.get("field", ""))
        if one.get("field"):
            answers.setdefault(one["field"], []).append(str(attachment.pk))
        staged.append(attachment)
    return staged
