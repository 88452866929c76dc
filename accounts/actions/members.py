"""Who belongs to an organisation: invite, change the role, switch off and on again."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actions import audit
from accounts.actions.people import end_access
from accounts.models import Membership, Organisation, User
from accounts.notifications.invitations import send_invitation
from accounts.queries.invitations import is_pending


class AlreadyMember(ValueError):
    """The address belongs to an active member of the organisation."""


class AddressTaken(ValueError):
    """The address belongs to somebody else: a person belongs to one organisation."""


class LastAdmin(ValueError):
    """Without this admin the organisation would have none."""


class NotYourself(ValueError):
    """Nobody switches themselves off."""


def invite(organisation: Organisation, *, email: str, is_admin: bool, by: User, now: datetime) -> Membership:
    """Invite an address to an organisation; the mail with the link leaves after the commit.

    One who was a member before comes back, with the role given now.

    Raises: AlreadyMember, AddressTaken.
    """
    try:
        with transaction.atomic():
            membership = _membership_for(organisation, email.strip().lower(), is_admin=is_admin)
            after = {"email": membership.user.email, "is_admin": is_admin}
            audit.record("member.invited", membership, by=by, now=now, after=after)
            if is_pending(membership.user):
                _send_after_commit(membership, by=by)
            return membership
    except IntegrityError as error:  # somebody invited the same address a moment earlier
        raise AddressTaken(email) from error


@transaction.atomic
def invite_again(membership: Membership, *, by: User, now: datetime) -> None:
    """Send a new link; the one before it works no more. Does nothing for one who has come."""
    user = membership.user
    if not is_pending(user):
        return
    user.set_unusable_password()
    user.save(update_fields=["password"])
    audit.record("member.invited", membership, by=by, now=now, after={"email": user.email, "again": True})
    _send_after_commit(membership, by=by)


@transaction.atomic
def accept_invitation(user: User, *, name: str, password: str, language: str, now: datetime) -> User:
    """Let an invited person in, with their name and password; they read on in the language of the page."""
    user.name, user.language = name, language
    user.set_password(password)
    user.save(update_fields=["name", "language", "password"])
    audit.record("member.joined", user, by=user, now=now)
    return user


@transaction.atomic
def change_role(membership: Membership, *, is_admin: bool, by: User, now: datetime) -> Membership:
    """Make a member an admin of their organisation, or an admin a plain member.

    Raises: LastAdmin.
    """
    members = _locked(membership.organisation)
    if not is_admin:
        _keep_an_admin(members, membership)
    before = {"is_admin": membership.is_admin}
    membership.is_admin = is_admin
    membership.save(update_fields=["is_admin"])
    audit.record("member.role_changed", membership, by=by, now=now, before=before, after={"is_admin": is_admin})
    return membership


@transaction.atomic
def switch_off(membership: Membership, *, by: User, now: datetime) -> None:
    """End a member's access at once: their sessions and their tokens. What they wrote stays theirs.

    Raises: NotYourself, LastAdmin.
    """
    if membership.user_id == by.pk:
        raise NotYourself
    _keep_an_admin(_locked(membership.organisation), membership)
    User.objects.filter(pk=membership.user_id).update(is_active=False)
    end_access(membership.user, now=now)
    audit.record("member.switched_off", membership, by=by, now=now)


@transaction.atomic
def switch_on(membership: Membership, *, by: User, now: datetime) -> None:
    """Give a member access again, with the password that they had; sessions and tokens stay ended."""
    User.objects.filter(pk=membership.user_id).update(is_active=True)
    audit.record("member.switched_on", membership, by=by, now=now)


def _membership_for(organisation: Organisation, email: str, *, is_admin: bool) -> Membership:
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email)
        return Membership.objects.create(user=user, organisation=organisation, is_admin=is_admin)
    membership = Membership.objects.filter(user=user, organisation=organisation).first()
    if membership is None:
        raise AddressTaken(email)
    if user.is_active:
        raise AlreadyMember(email)
    user.is_active = True
    user.save(update_fields=["is_active"])
    membership.is_admin = is_admin
    membership.save(update_fields=["is_admin"])
    membership.user = user
    return membership


def _send_after_commit(membership: Membership, *, by: User) -> None:
    # Robust: the invitation stands when the mail can't leave; the page offers to send it again.
    transaction.on_commit(lambda: send_invitation(membership.user, membership.organisation, by=by), robust=True)


def _locked(organisation: Organisation) -> list[Membership]:
    """Return the active members with their rows locked: two admins can't remove each other at once."""
    members = Membership.objects.select_for_update().filter(organisation=organisation, user__is_active=True)
    return list(members.order_by("pk"))


def _keep_an_admin(members: list[Membership], leaving: Membership) -> None:
    if not any(member.is_admin and member.pk != leaving.pk for member in members):
        raise LastAdmin
