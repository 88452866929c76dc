"""Answers a repeated POST with what the first one answered. The table's unique key decides who is first."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import ApiToken, IdempotencyKey

KEPT_FOR = timedelta(days=7)


class KeyReused(ValueError):
    """The key stands for another request already."""


def claim(token: ApiToken, key: str, *, digest: str, now: datetime) -> tuple[IdempotencyKey, bool]:
    """Return the key's row and whether it is new; on an old one, `status` and `body` are the answer to give.

    To be called in the transaction of what the request does: a second request with the key waits there until the
    first has ended, and finds its answer, or nothing when that one failed.

    Raises: KeyReused.
    """
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(token=token, key=key, digest=digest, created_at=now), True
    except IntegrityError:
        first = IdempotencyKey.objects.get(token=token, key=key)
    if first.digest != digest:
        raise KeyReused(key)
    return first, False


def keep_answer(row: IdempotencyKey, *, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keep what was answered, in the same transaction."""
    row.status, row.headers, row.body = status, dict(headers), body
    row.save(update_fields=["status", "headers", "body"])


def forget_old_keys(*, now: datetime) -> int:
    """Delete the keys of more than a week ago; return how many they were."""
    return IdempotencyKey.objects.older_than(now - KEPT_FOR).delete()[0]
