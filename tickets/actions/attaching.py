"""Files: staged while a person types, moved to the ticket when it is filed or the message sent, purged otherwise."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from PIL import Image

from accounts.actor import Actor
from tickets.models import Attachment, Draft
from tickets.policy.uploads import INLINE, FileRefused, clean_name, content_type, named_for

HEAD = 64 * 1024  # bytes that decide what a file is
MOST_PIXELS = 64_000_000  # of a picture: a megabyte can hold so many that no browser can show them


def stage(file: UploadedFile, *, by: Actor, now: datetime, draft: Draft | None = None, field: str = "") -> Attachment:
    """Keep a file for the person who uploads it, until it is filed or sent.

    Raises: FileRefused, if it is empty, too large (in pixels too), one too many, or of a kind that is not taken, and if
    its draft was filed meanwhile.
    """
    size = file.size or 0
    if size == 0:
        raise FileRefused("empty")
    if size > settings.ATTACHMENT_MAX_BYTES:
        raise FileRefused("too_large", most=settings.ATTACHMENT_MAX_BYTES)
    if _staged(by, draft).count() >= settings.ATTACHMENTS_MAX * (1 if draft else 10):
        raise FileRefused("too_many", most=settings.ATTACHMENTS_MAX)
    name = clean_name(file.name or "")
    kind = _kind(name, file)
    if kind in INLINE and _pixels(file) > MOST_PIXELS:
        raise FileRefused("too_many_pixels")
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    attachment = Attachment(
        organisation=by.organisation,
        uploaded_by=by.user,
        draft=draft,
        field=field[:50],
        name=named_for(name, kind),
        content_type=kind,
        digest=digest.hexdigest(),
        size=size,
        at=now,
    )
    attachment.file.save(name, file, save=False)
    with transaction.atomic():
        # Taken, so that whoever files the draft finds the file, or is found to have filed it.
        if draft is None or Draft.objects.select_for_update(no_key=True).filter(pk=draft.pk).exists():
            attachment.save()
            return attachment
    attachment.file.delete(save=False)
    raise FileRefused("filed")


def staged_files(by: Actor, ids: list[str], *, draft: Draft | None = None) -> list[Attachment]:
    """Return the actor's own staged files among these ids; unknown and others' are left out."""
    wanted = [one for one in ids if _is_uuid(one)]
    return list(_staged(by, draft).filter(pk__in=wanted)) if wanted else []


def move_to_draft(files: Iterable[Attachment], draft: Draft) -> None:
    """Let a draft have files that its person staged elsewhere."""
    Attachment.objects.filter(pk__in=[one.pk for one in files], ticket=None, uploaded_by=draft.user_id).update(
        draft=draft, organisation=draft.organisation_id
    )


def discard(attachment: Attachment) -> None:
    """Remove a staged file. One of a ticket stays: it is part of the record."""
    # Asked of the table: it may have been sent since it was read.
    gone, _ = Attachment.objects.filter(pk=attachment.pk, ticket=None).delete()
    if gone:
        attachment.file.delete(save=False)


def purge(*, now: datetime) -> int:
    """Remove drafts left alone and staged files that nobody sent; return how many drafts went."""
    before = now - timedelta(days=settings.DRAFT_DAYS)
    old = Draft.objects.filter(saved_at__lt=before)
    for attachment in Attachment.objects.filter(
        Q(draft__in=old) | Q(draft=None, ticket=None, at__lt=before)
    ).iterator():
        discard(attachment)
    gone, _ = old.delete()
    return gone


def _staged(by: Actor, draft: Draft | None) -> QuerySet[Attachment]:
    files = Attachment.objects.filter(ticket=None)
    if draft is not None:
        return files.filter(draft=draft)
    if by.user is not None:
        return files.filter(draft=None, uploaded_by=by.user)
    return files.filter(draft=None, uploaded_by=None, organisation=by.organisation)


def _kind(name: str, file: UploadedFile) -> str:
    head = file.read(HEAD)
    file.seek(0)
    try:
        found: str | None = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        found = None
    return content_type(name, head, found)


def _pixels(file: UploadedFile) -> int:
    """Return how many pixels a picture says that it has; 0 where that can't be read. It is not drawn."""
    try:
        with Image.open(file, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
            return picture.width * picture.height
    except Image.DecompressionBombError:
        return MOST_PIXELS + 1
    except Exception:  # whatever is wrong with it, a browser shows nothing of it
        return 0
    finally:
        file.seek(0)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
