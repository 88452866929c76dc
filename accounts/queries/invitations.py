"""The link of an invitation: signed, for two weeks, and worth nothing once it was used or another one was sent."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from accounts.policy.invitations import HOLDS_FOR

SALT = "accounts.invitation"


def is_pending(user: User) -> bool:
    """Was this person invited, and has not come yet?"""
    return not user.has_usable_password() and user.last_login is None


def invitation_link(user: User) -> str:
    """Return the address at which an invited person takes part."""
    token = signing.dumps({"user": user.pk, "seal": _seal(user)}, salt=SALT)
    return f"{settings.SITE_URL}{reverse('accept_invitation', args=[token])}"


def invited_by_link(token: str) -> User | None:
    """Return whom a link invites; None if it is forged, too old, used, or replaced by a newer one."""
    try:
        payload = signing.loads(token, salt=SALT, max_age=HOLDS_FOR)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=payload.get("user"), is_active=True).first()
    if user is None or not is_pending(user) or not constant_time_compare(payload.get("seal", ""), _seal(user)):
        return None
    return user


def _seal(user: User) -> str:
    # An unusable password is random: a new one with each invitation makes the links before it void.
    return salted_hmac(SALT, f"{user.password}{user.email}").hexdigest()[:20]
