"""Fill an empty installation with the demonstration's organisations, people and tickets, once."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from tickets.actions.figures import count_closed_hours
from tickets.demo.stage import play
from tickets.models import Ticket


class Command(BaseCommand):
    help = "Writes the demonstration's organisations and about 300 tickets, once. Only where DEBUG is on."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo's passwords are known to everybody: it is only made where DEBUG is on.")
        if User.objects.filter(email="partner@example.com").exists():
            self.stdout.write(f"The demo data is there already: {Ticket.objects.count()} tickets.")
            return
        self.stdout.write("Writing demo organisations and three months of tickets (some twenty seconds)")
        self.stdout.flush()
        started = time.monotonic()
        tickets = play(now=timezone.now())
        count_closed_hours(now=timezone.now())
        self.stdout.write(f"Wrote {tickets} tickets in {time.monotonic() - started:.0f} s.")
