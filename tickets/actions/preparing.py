"""Begin a ticket from a text: a draft, which only its person sees, completes and files."""

from datetime import datetime

from django.db import transaction

from accounts.actions import audit
from accounts.actor import Actor
from accounts.models import Membership
from accounts.policy.roles import May
from tickets.actions.change import Forbidden
from tickets.models import Draft
from tickets.notifications.prepared import send_prepared
from tickets.policy.cleaning import storable
from tickets.policy.secrets import masked
from tickets.queries.escalations import manages


def begin_draft(text: str, *, by: Actor, now: datetime) -> Draft:
    """Keep a text as the description of a ticket that the person is about to file. Raises: Forbidden."""
    if by.user is None or by.organisation is None:
        raise Forbidden("files_for_nobody")
    return Draft.objects.create(user=by.user, organisation=by.organisation, answers=_answers(text), saved_at=now)


def prepare_draft(text: str, *, member: Membership, by: Actor, now: datetime) -> Draft:
    """Prepare a ticket for a member of one's partner: a growth manager files none, the member is told and completes it.

    Raises: Forbidden, if it isn't one of the growth manager's partners.
    """
    if by.user is None or not by.may(May.DECIDE_ESCALATION) or not manages(by, member.organisation):
        raise Forbidden("not_yours")
    manager = by.user
    with transaction.atomic():
        draft = Draft.objects.create(
            user=member.user, organisation=member.organisation, answers=_answers(text), saved_at=now
        )
        audit.record("draft.prepared", draft, by=manager, now=now, after={"member": member.user_id})
        # A mail server that is down costs the mail, never the draft.
        transaction.on_commit(lambda: send_prepared(draft, by=manager), robust=True)
    return draft


def _answers(text: str) -> dict[str, str]:
    return {"description": masked(storable(text)).strip()}
