"""Issue and revoke API tokens. A token is shown once; the table keeps its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions import audit
from accounts.models import ApiToken, Organisation, User
from accounts.policy.scopes import SCOPES

PREFIX = "psp_"  # makes a leaked token recognisable to secret scanners
LIFETIME = timedelta(days=365)


def hash_of(secret: str) -> str:
    """Return what is stored of a secret. It is random and long: a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *,
    user: User | None,
    organisation: Organisation | None,
    name: str,
    by: User | None,
    now: datetime,
    scopes: tuple[str, ...] = SCOPES,
    ends_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for a person or an organisation; return it with its secret, which is never shown again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        organisation=organisation,
        name=name,
        hash=hash_of(secret),
        hint=secret[-4:],
        scopes=list(scopes),
        ends_at=ends_at or now + LIFETIME,
    )
    after = {"scopes": list(scopes), "ends_at": token.ends_at.isoformat()}
    audit.record("token.issued", token, by=by, now=now, after=after)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, now: datetime) -> None:
    """End a token at once. Its row stays, so that the record can name it."""
    ApiToken.objects.filter(pk=token.pk).update(ends_at=min(token.ends_at, now))
    audit.record("token.revoked", token, by=by, now=now)
