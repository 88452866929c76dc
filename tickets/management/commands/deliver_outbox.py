"""Sends what waits in the outbox, without Celery."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.notifications.delivery import deliver_due


class Command(BaseCommand):
    help = "Sends what is due in the outbox until nothing is left."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = failed = withheld = 0
        settled = 1
        while settled:
            result = deliver_due(timezone.now)
            sent, failed, withheld = sent + result.sent, failed + result.failed, withheld + result.withheld
            settled = result.settled
        self.stdout.write(f"{sent} sent, {failed} failed and tried again later, {withheld} withheld.")
