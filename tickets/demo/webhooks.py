"""Meridian's program hears what happens: an endpoint that works, one that was given up, and what was sent to both."""

from datetime import datetime, timedelta
from itertools import chain

from django.conf import settings

from accounts.actor import Actor
from accounts.models import Organisation, User
from tickets.actions.webhooks import make_endpoint
from tickets.models import Outbox, Ticket, TicketEvent, WebhookEndpoint
from tickets.notifications.outbox import webhook
from tickets.policy.webhook_kinds import Group, group_of

SHOWN = 40  # deliveries of the one that works
HOLD_UP = 7  # each so many took more than one attempt
OLD_ADDRESS = "https://tools.meridian.example/support-events"


def tell_of_webhooks(admin: Actor, *, now: datetime) -> None:
    """Write two endpoints of an admin's organisation, with the log that they would have."""
    organisation, by = admin.organisation, admin.user
    assert organisation is not None and by is not None  # the world says so
    # The demonstration takes its own webhooks: what happens now is really sent, and arrives.
    works = _endpoint(organisation, f"{settings.SITE_URL}/demo/hook/", tuple(Group), by, now - timedelta(days=34))
    chosen = (Group.FILED, Group.ESCALATIONS)
    gone = _endpoint(organisation, OLD_ADDRESS, chosen, by, now - timedelta(days=61))
    last_at = now - timedelta(days=33)
    WebhookEndpoint.objects.filter(pk=gone.pk).update(off=WebhookEndpoint.Off.GONE)
    seen = TicketEvent.objects.filter(ticket__in=Ticket.objects.visible_to(admin), is_public=True).order_by("-at")
    lately = list(seen.filter(at__lt=now)[:SHOWN])
    before = [event for event in seen.filter(at__lt=last_at)[:SHOWN] if group_of(event.kind) in chosen]
    arrived = (_arrived(works, event, number) for number, event in enumerate(lately))
    Outbox.objects.bulk_create(chain(arrived, (_refused(gone, event) for event in before[:1]), _older(gone, before)))


def _endpoint(
    organisation: Organisation, url: str, groups: tuple[Group, ...], by: User, at: datetime
) -> WebhookEndpoint:
    endpoint, _secret = make_endpoint(organisation, url=url, groups=groups, by=by, now=at)
    return endpoint


def _older(endpoint: WebhookEndpoint, events: list[TicketEvent]) -> list[Outbox]:
    return [_arrived(endpoint, event, number) for number, event in enumerate(events[1:], start=1)]


def _arrived(endpoint: WebhookEndpoint, event: TicketEvent, number: int) -> Outbox:
    row = webhook(endpoint, event, now=event.at)
    row.attempts = 3 if number % HOLD_UP == HOLD_UP - 1 else 1
    row.sent_at = event.at + (timedelta(seconds=1) if row.attempts == 1 else timedelta(seconds=96))
    row.status = 204
    return row


def _refused(endpoint: WebhookEndpoint, event: TicketEvent) -> Outbox:
    row = webhook(endpoint, event, now=event.at)
    row.attempts, row.status, row.error = 1, 410, "status: Gone"
    row.dead_at = event.at + timedelta(seconds=1)
    return row
