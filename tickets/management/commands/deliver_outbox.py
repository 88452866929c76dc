"""Sends what waits in the outbox, without Celery."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.actions.webhook_delivery import deliver_webhooks
from tickets.notifications.delivery import deliver_due


class Command(BaseCommand):
    help = "Sends the mails and webhooks that are due until none is left."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = failed = withheld = 0
        for deliver in (deliver_due, deliver_webhooks):
            settled = 1
            while settled:
                result = deliver(timezone.now)
                sent, failed, withheld = sent + result.sent, failed + result.failed, withheld + result.withheld
                settled = result.settled
        self.stdout.write(f"{sent} sent, {failed} failed and tried again later, {withheld} withheld.")
