"""The facts beside a conversation: what was answered, the files, who follows, with whom it is shared."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Membership, User
from accounts.policy.roles import May
from packages.policy.document import Topic as TopicFacts
from packages.policy.fields import Field, Kind
from packages.queries.policies import InForce
from packages.web.wording import in_city
from tickets.actions.guards import is_filing_side
from tickets.answer_words import answer_text
from tickets.models import Attachment, Ticket
from tickets.policy.lifecycle import OPEN
from tickets.wording import day_and_time, policy_text


def details(ticket: Ticket, terms: InForce, files: Sequence[Attachment]) -> list[dict[str, Any]]:
    """Return label, text and (for files) links, in the order of the form; what was not answered is left out."""
    topic = terms.policy.topics.get(ticket.topic.code)
    found = [*_common(ticket, topic)]
    if topic is None:
        return [one for one in found if one["text"]]
    by_id = {str(one.pk): one for one in files}
    for field in topic.fields:
        value = ticket.answers.get(field.code)
        if value in (None, "", []):
            continue
        found.append(_answer(field, value, by_id))
    return [one for one in found if one["text"] or one["links"]]


def people(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """Return who follows a ticket and whom the actor can add. Two queries at most."""
    following = list(
        User.objects.filter(following__ticket=ticket, is_active=True)
        .select_related("membership__organisation")
        .order_by("name")
    )
    ids = {one.pk for one in following}
    colleagues: list[User] = []
    if actor.organisation is not None and actor.may(May.FILE):
        members = Membership.objects.filter(organisation=actor.organisation, user__is_active=True).select_related(
            "user"
        )
        colleagues = [one.user for one in members.order_by("user__name") if one.user_id not in ids]
    is_following = actor.user is not None and actor.user.pk in ids
    return {
        "following": [
            {"name": str(one), "is_you": actor.user is not None and one.pk == actor.user.pk} for one in following
        ],
        "is_following": is_following,
        "colleagues": [{"id": one.pk, "name": str(one)} for one in colleagues if not _is(one, actor)],
        "own_id": actor.user.pk if actor.user and not is_following and not actor.is_staff else None,
    }


def allowed(ticket: Ticket, actor: Actor, *, is_running: bool) -> dict[str, Any]:
    """Return which buttons the page shows. The actions ask again: a button that is missing protects nothing."""
    files = actor.may(May.FILE)
    is_open = ticket.state in OPEN
    needs_information = ticket.status == Ticket.Status.NEEDS_INFORMATION
    decides = is_filing_side(ticket, actor)
    is_owner = actor.organisation is not None and actor.organisation.pk == ticket.organisation_id
    return {
        "resolve": decides and is_open and not needs_information,
        "complete": files and needs_information,
        "reopen": decides and ticket.status == Ticket.Status.RESOLVED,
        "withdraw": is_open and decides,
        "worsen": decides and is_running,
        "rate": decides
        and ticket.satisfaction is None
        and ticket.merged_into_id is None
        and ticket.status in (Ticket.Status.RESOLVED, Ticket.Status.CLOSED),
        "share": files and is_owner and ticket.client_id is not None,
        "desk_url": reverse("admin:desk_ticket", args=[ticket.reference]) if actor.is_staff else "",
    }


def writing(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """Return whether the composer writes on a ticket, or begins one that follows it as it has ended."""
    ended = ticket.status in (Ticket.Status.CLOSED, Ticket.Status.WITHDRAWN)
    return {
        "write": not ended and not actor.is_staff,
        "follow_up": ended and actor.may(May.FILE) and ticket.merged_into_id is None,
    }


def head_line(ticket: Ticket, about: str, topic: str, *, now: datetime) -> list[str]:
    """Return the short facts under the subject."""
    filed = timezone.localtime(ticket.filed_at)
    when = f"{filed:%H:%M}" if filed.date() == timezone.localdate(now) else day_and_time(filed)
    who = str(ticket.filed_by) if ticket.filed_by else ticket.organisation.name
    filed_by = _("filed by %(who)s, %(moment)s") % {"who": who, "moment": when}
    return [part for part in (about, topic, filed_by) if part]


def _common(ticket: Ticket, topic: TopicFacts | None) -> list[dict[str, Any]]:
    client = ticket.client.name if ticket.client else ticket.client_name
    label = {one.code: policy_text(one.label) for one in topic.common} if topic else {}
    known = {one.code: one for one in topic.common} if topic else {}
    zone = timezone.get_current_timezone_name()
    update = in_city(day_and_time(timezone.localtime(ticket.check_at)), zone) if ticket.check_at else ""

    def chosen(code: str, value: Any) -> str:
        return answer_text(known[code], value) if code in known else str(value)

    return [
        _fact(_("Next update by"), update if ticket.status == Ticket.Status.WAITING_PLATFORM else ""),
        _fact(_("Platform's case"), ticket.platform_case),
        _fact(label.get("client") or _("Client"), client),
        _fact(label.get("impact") or _("Impact"), chosen("impact", ticket.impact)),
        _fact(label.get("workaround") or _("Workaround"), chosen("workaround", ticket.workaround)),
        _fact(label.get("environment") or _("Environment"), chosen("environment", ticket.environment)),
        _fact(label.get("language") or _("Language"), dict(settings.LANGUAGES).get(ticket.language, ticket.language)),
    ]


def _answer(field: Field, value: Any, files: dict[str, Attachment]) -> dict[str, Any]:
    label = policy_text(field.label)
    if field.kind is not Kind.FILE:
        return _fact(label, answer_text(field, value))
    ids = value if isinstance(value, list) else [value]
    links = [
        {"url": reverse("download", args=[files[str(one)].pk]), "name": files[str(one)].name}
        for one in ids
        if str(one) in files
    ]
    return {"label": label, "text": "", "links": links}


def _fact(label: str, text: str) -> dict[str, Any]:
    return {"label": label, "text": text, "links": []}


def _is(person: User, actor: Actor) -> bool:
    return actor.user is not None and person.pk == actor.user.pk
