"""Composes one mail: of one event or of a digest, in the reader's language and time zone.

The Message-ID is the delivery's, so that a repeat is recognised; References put a ticket's mails into one thread.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts.actor import Actor, actor_for
from accounts.models import User
from accounts.notifications.mails import mail_of
from packages.policy.wording import wording
from tickets.models import Incident, Outbox, Ticket, WebhookEndpoint
from tickets.notifications.sentences import Said, said

LONGEST_QUOTE = 2000
MOST_IN_A_DIGEST = 50


@dataclass(frozen=True, slots=True)
class Item:
    """One event as the mail shows it. Times are words, with their zone."""

    said: Said
    at: str
    by: str
    quote: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A ticket with what happened on it, in order."""

    ticket: Ticket
    url: str
    items: tuple[Item, ...]


def compose(id: uuid.UUID, rows: Sequence[Outbox]) -> EmailMultiAlternatives:
    """Return the mail of a delivery. Its rows are one person's, and may be told to that person."""
    reader = rows[0].user
    assert reader is not None  # mail goes to people; who is gone was left out before
    zone = ZoneInfo(reader.timezone)
    endpoint = rows[0].endpoint
    if endpoint is not None:
        return _endpoint_mail(id, endpoint, reader)
    if rows[0].incident is not None:
        return _over_mail(id, rows[0].incident, reader, zone)
    with translation.override(reader.language or settings.LANGUAGE_CODE), timezone.override(zone):
        parts = _parts(rows[:MOST_IN_A_DIGEST], reader, zone)
        context = {
            "parts": parts,
            "first": parts[0],
            "language": translation.get_language(),
            "left_out": max(len(rows) - MOST_IN_A_DIGEST, 0),
            "notices_url": settings.SITE_URL + reverse("notices"),
        }
        kind = "ticket" if len(parts) == 1 else "digest"
        subject = " ".join(render_to_string(f"email/{kind}/subject.txt", context).split())
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"email/{kind}/body.txt", context).strip() + "\n",
            to=[reader.email],
            headers=_headers(id, parts),
        )
        message.attach_alternative(render_to_string(f"email/{kind}/body.html", context), "text/html")
    return message


def _endpoint_mail(id: uuid.UUID, endpoint: WebhookEndpoint, reader: User) -> EmailMultiAlternatives:
    """Return the mail that an endpoint was switched off, and why."""
    language = reader.language or settings.LANGUAGE_CODE
    url = settings.SITE_URL + reverse("webhook", args=[endpoint.pk])
    return mail_of("webhook_off", reader, language=language, headers=_own_headers(id), endpoint=endpoint, link=url)


def _over_mail(id: uuid.UUID, incident: Incident, reader: User, zone: ZoneInfo) -> EmailMultiAlternatives:
    """Return the mail that an incident is over."""
    language = reader.language or settings.LANGUAGE_CODE
    assert incident.ended_at is not None  # it is queued when it is over
    with translation.override(language):
        facts = {
            "title": wording(incident.titles, language),
            "outcome": wording(incident.outcomes, language),
            "since": _moment(incident.declared_at, zone),
            "until": _moment(incident.ended_at, zone),
        }
    return mail_of("incident_over", reader, language=language, headers=_own_headers(id), **facts)


def _own_headers(id: uuid.UUID) -> dict[str, str]:
    return {
        "Message-ID": f"<{id}@{_host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _headers(id: uuid.UUID, parts: Sequence[Part]) -> dict[str, str]:
    host = _host()
    headers = _own_headers(id)
    threads = " ".join(f"<{part.ticket.reference}@{host}>" for part in parts)
    if len(parts) == 1:
        headers["In-Reply-To"] = threads
    return {**headers, "References": threads}


def _parts(rows: Sequence[Outbox], reader: User, zone: ZoneInfo) -> list[Part]:
    actor = actor_for(reader)
    tickets: dict[int, list[Outbox]] = {}
    for row in sorted(rows, key=lambda row: (row.happened.at, row.happened.seq)):
        tickets.setdefault(row.happened.ticket_id, []).append(row)
    return [
        Part(
            of_one[0].happened.ticket,
            _url(of_one[0].happened.ticket, reader),
            tuple(_item(row, actor, zone) for row in of_one),
        )
        for of_one in tickets.values()
    ]


def _item(row: Outbox, reader: Actor, zone: ZoneInfo) -> Item:
    what = said(row.happened, reader=reader)
    return Item(
        said=what,
        at=_moment(row.happened.at, zone),
        by=_moment(what.by, zone) if what.by else "",
        quote=what.quote[:LONGEST_QUOTE],
        is_cut=len(what.quote) > LONGEST_QUOTE,
    )


def _moment(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant in words, with the zone that it is read in."""
    return f"{date_format(at.astimezone(zone), 'DATETIME_FORMAT')} ({zone.key})"


def _url(ticket: Ticket, reader: User) -> str:
    page = "admin:desk_ticket" if reader.is_staff else "ticket"
    return settings.SITE_URL + reverse(page, args=[ticket.reference])
