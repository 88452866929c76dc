"""What a person is still typing: begun, saved, given a topic, thrown away. A secret never reaches the table."""

from collections.abc import Mapping
from datetime import datetime

from accounts.actor import Actor
from accounts.policy.roles import May
from packages.models import Topic
from tickets.actions.attaching import discard
from tickets.actions.change import Forbidden, NotNow
from tickets.models import Draft, Ticket
from tickets.policy.cleaning import storable
from tickets.policy.secrets import masked_by_name

MOST_DRAFTS = 50  # of one person


def start_draft(
    *,
    by: Actor,
    now: datetime,
    topic: str = "",
    answers: Mapping[str, str] | None = None,
    follows: Ticket | None = None,
) -> Draft:
    """Begin a draft. `answers` are by input name, as the form sends them; without a topic the person chooses one next.

    Raises: Forbidden, if the actor files for nobody; NotNow, for an unknown topic.
    """
    if by.user is None or by.organisation is None or not by.may(May.FILE):
        raise Forbidden("files_for_nobody")
    _make_room(by)
    return Draft.objects.create(
        user=by.user,
        organisation=by.organisation,
        topic=_topic(topic) if topic else None,
        follows=follows,
        answers=masked_by_name({name: storable(text) for name, text in (answers or {}).items()})[0],
        saved_at=now,
    )


def choose_topic(draft: Draft, topic: str, *, now: datetime) -> Draft:
    """Give a draft another topic. Every answer stays: the new form shows those that both share. Raises: NotNow."""
    draft.topic = _topic(topic)
    draft.saved_at = now
    Draft.objects.filter(pk=draft.pk).update(topic=draft.topic, saved_at=now)
    return draft


def save_draft(
    draft: Draft, typed: Mapping[str, str], *, own: frozenset[str], now: datetime
) -> tuple[dict[str, str], frozenset[str]]:
    """Keep what was typed, with secrets replaced by ***; return it so, and the names of the inputs in which one was.

    `own` are the codes of the fields that the form has: their old inputs go, those of other topics stay. A draft that
    was filed meanwhile is not brought back.
    """
    kept = {name: text for name, text in draft.answers.items() if name.partition(".")[0] not in own}
    safe, found = masked_by_name(typed)
    draft.answers = {**kept, **safe}
    draft.saved_at = now
    Draft.objects.filter(pk=draft.pk).update(answers=draft.answers, saved_at=now)
    return safe, found


def discard_draft(draft: Draft) -> None:
    """Throw a draft away, with its files."""
    for attachment in draft.attachments.filter(ticket=None):
        discard(attachment)
    draft.delete()


def _topic(code: str) -> Topic:
    topic = Topic.objects.filter(code=code).first()
    if topic is None:
        raise NotNow("unknown_topic", topic=code)
    return topic


def _make_room(by: Actor) -> None:
    """Drop a person's oldest drafts beyond what anybody comes back to."""
    for old in Draft.objects.filter(user=by.user).order_by("-saved_at")[MOST_DRAFTS - 1 :]:
        discard_draft(old)
