"""Entries of a timeline as the ticket's page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import ApiToken, User
from accounts.policy.roles import May, Role
from accounts.web.zones import city
from packages.web.wording import in_city, moment
from tickets.event_words import event_sentence, first_response_words
from tickets.markdown import render_markdown
from tickets.models import Attachment, Message, Promise, Ticket
from tickets.policy.uploads import INLINE
from tickets.queries.merging import Merged
from tickets.queries.promise_state import promise_calendar, promise_terms
from tickets.queries.timeline import Entry, Timeline
from tickets.wording import day_and_time, policy_text, short_moment, time_of_day

_ICONS = {
    "resolved": "circle-check", "auto_resolved": "circle-check", "closed": "check", "auto_closed": "check",
    "reopened": "rotate-ccw", "sent_back": "undo-2", "completed": "play", "waiting_platform": "pause",
    "waiting_partner": "pause", "taken_up": "play", "withdrawn": "x", "auto_withdrawn": "x", "promise_missed": "clock",
    "information_reminder": "bell", "partner_reminder": "bell", "answer_disputed": "circle-alert", "shared": "users",
    "merged": "git-merge", "took_in": "git-merge", "unmerged": "undo-2", "gave_back": "undo-2", "linked": "link",
    "unlinked": "link", "got_worse": "arrow-up", "rated": "star", "topic_changed": "pencil",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page, and when."""

    actor: Actor
    now: datetime

    @property
    def may_dispute(self) -> bool:
        return self.actor.may(May.FILE)


def shown_entries(ticket: Ticket, timeline: Timeline, reader: Reader) -> list[dict[str, Any]]:
    """Return dicts for templates/tickets/_entries.html: `kind` is "message", "event" or "promise"."""
    shown: list[dict[str, Any]] = []
    for entry in timeline.entries:
        if entry.event.kind == "filed":
            shown.append(_filing(ticket, timeline, entry, reader))
        elif entry.message is not None:
            shown.append(_message(ticket, entry, entry.message, reader))
        else:
            shown.append(_event(entry, timeline, reader))
        if entry.promise is not None:
            shown.append(_promise(entry, entry.promise, reader))
    return shown


def shown_files(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Return dicts for components/_file.html."""
    return [_file(one) for one in files if one.content_type not in INLINE]


def shown_pictures(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Return the files that are shown as they are."""
    return [_file(one) for one in files if one.content_type in INLINE]


def shown_merged(merged: Merged, reader: Reader) -> list[dict[str, Any]]:
    """Return what was said on a ticket that was merged into another, as `shown_entries` does: description, messages."""
    ticket, anchor = merged.ticket, merged.ticket.reference
    filed = tuple(one for one in merged.files if one.message_id is None)
    shown = [_description(ticket, filed, ticket.filed_at, reader) | {"anchor": f"{anchor}-filed"}]
    for message in merged.messages:
        files = tuple(one for one in merged.files if one.message_id == message.pk)
        shown.append(_said(ticket, message, files, message.at, reader) | {"anchor": f"{anchor}-m{message.pk}"})
    return shown


def _filing(ticket: Ticket, timeline: Timeline, entry: Entry, reader: Reader) -> dict[str, Any]:
    return _description(ticket, timeline.filed_files, entry.at, reader) | {"anchor": "filed"}


def _description(ticket: Ticket, files: Sequence[Attachment], at: datetime, reader: Reader) -> dict[str, Any]:
    return {
        "kind": "message",
        "author": _author_name(ticket.filed_by, ticket.token, ticket.organisation.name),
        "organisation": ticket.organisation.name if ticket.filed_by else "",
        "body_html": _body(ticket, ticket.description),
        "files": shown_files(files),
        "pictures": shown_pictures(files),
        **_when(at, reader),
    }


def _message(ticket: Ticket, entry: Entry, message: Message, reader: Reader) -> dict[str, Any]:
    tag, tone = _message_tag(message, entry.answered)
    disputable = reader.may_dispute and message.is_answer and message.disputed_at is None
    return {
        **_said(ticket, message, entry.files, entry.at, reader),
        "anchor": f"m{message.pk}",
        "tag": tag,
        "tag_tone": tone,
        "is_disputed": message.disputed_at is not None,
        "dispute_url": reverse("dispute_answer", args=[ticket.reference, message.pk]) if disputable else "",
        "nonce": str(message.nonce or "") if _is_own(message, reader) else "",
    }


def _said(
    ticket: Ticket, message: Message, files: Sequence[Attachment], at: datetime, reader: Reader
) -> dict[str, Any]:
    return {
        "kind": "message",
        "author": _author_name(message.author, message.token, _("A person whose data was erased")),
        "organisation": _side(message),
        "is_manager": message.author is not None and message.author.role == Role.GROWTH_MANAGER,
        "is_note": message.kind == Message.Kind.NOTE,
        "body_html": _body(ticket, message.body),
        "files": shown_files(files),
        "pictures": shown_pictures(files),
        **_when(at, reader),
    }


def _body(ticket: Ticket, text: str) -> str:
    return render_markdown(text) if ticket.erased_at is None else format_html("<p>{}</p>", _("This text was erased."))


def _event(entry: Entry, timeline: Timeline, reader: Reader) -> dict[str, Any]:
    kind = entry.event.kind
    severity = entry.event.payload.get("to", "") if kind == "reclassified" else ""
    return {
        "kind": "event",
        "anchor": f"e{entry.number}",
        "text": event_sentence(entry.event, timeline.names),
        "quote": entry.reason,
        "icon": _ICONS.get(kind, "arrow-up" if kind.startswith("escalation_") else "info"),
        "severity": severity,
        **_when(entry.at, reader),
    }


def _promise(entry: Entry, promise: Promise, reader: Reader) -> dict[str, Any]:
    zone = ZoneInfo(promise_calendar(promise).zone)
    terms = promise_terms(promise)
    package = policy_text(terms.policy.packages[promise.package.code].name)
    text = _("Promised under policy %(number)s: %(severity)s, %(package)s, first response by %(moment)s %(city)s") % {
        "number": terms.number,
        "severity": Ticket.Severity(promise.severity).label,
        "package": package,
        "moment": moment(promise.due_at, now=entry.at, zone=zone),
        "city": city(zone.key),
    }
    return {"kind": "event", "anchor": "", "text": text, "quote": "", "icon": "", "severity": promise.severity} | _when(
        entry.at, reader
    )


def _message_tag(message: Message, answered: Promise | None) -> tuple[str, str]:
    if answered is None or answered.used is None:
        return "", ""
    return first_response_words(answered.used), "kept" if answered.outcome == Promise.Outcome.KEPT else "late"


def _side(message: Message) -> str:
    """Say for whom an author speaks."""
    if message.by_support:
        return _("Support")
    if message.author is None:
        return ""
    membership = getattr(message.author, "membership", None)
    return membership.organisation.name if membership else ""


def _author_name(author: User | None, token: ApiToken | None, otherwise: str) -> str:
    if author is not None:
        return str(author)
    return _token_name(token) if token is not None else otherwise


def _token_name(token: ApiToken) -> str:
    return _("%(organisation)s, token %(name)s") % {"organisation": token.organisation or "", "name": token.name}


def _is_own(message: Message, reader: Reader) -> bool:
    return reader.actor.user is not None and message.author_id == reader.actor.user.pk


def _when(at: datetime, reader: Reader) -> dict[str, str]:
    local = timezone.localtime(at)
    same_day = local.date() == timezone.localdate(reader.now)
    return {
        "at": time_of_day(local) if same_day else short_moment(at, now=reader.now),
        "at_iso": at.isoformat(timespec="seconds"),
        "at_full": in_city(day_and_time(local), timezone.get_current_timezone_name()),
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    url = reverse("download", args=[attachment.pk])
    return {
        "name": attachment.name,
        "size": filesizeformat(attachment.size),
        "url": url,
        "thumb_url": url if attachment.content_type in INLINE else "",
    }


def said_since(shown: Sequence[dict[str, Any]]) -> str:
    """Return what a screen reader is told of entries that came while the page was open."""
    authors = list(dict.fromkeys(one["author"] for one in shown if one["kind"] == "message"))
    if authors:
        return _("New message from %(names)s") % {"names": ", ".join(authors)}
    texts = [one["text"] for one in shown]
    return texts[-1] if texts else ""
