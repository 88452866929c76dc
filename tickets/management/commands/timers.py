"""Timers from a terminal: what is due, fire it now, and compare what is pending with what ought to be."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from tickets.actions.change import take
from tickets.actions.firing import fire_due
from tickets.actions.timer_plan import Difference, compare, replan
from tickets.models import Ticket, Timer
from tickets.queries import timers


class Command(BaseCommand):
    help = "Shows what is due, fires it now, or verifies pending timers against the tickets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        listing = commands.add_parser("due", help="what is overdue, what failed and what comes next")
        listing.add_argument("--limit", type=int, default=20, help="at most so many of each (20)")
        commands.add_parser("run", help="fire everything that is due, without Celery")
        verify = commands.add_parser("verify", help="recompute from the tickets what timers ought to exist")
        verify.add_argument("--repair", action="store_true", help="set what is missing, cancel what is too much")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "due":
            self._due(options["limit"])
        elif options["what"] == "run":
            self._run()
        else:
            self._verify(repair=options["repair"])

    def _due(self, limit: int) -> None:
        now = timezone.now()
        parts = {
            "Overdue": timers.due(now),
            "Failed, tried again": timers.failing(),
            "Next": timers.coming(now),
        }
        for title, found in parts.items():
            self.stdout.write(f"{title}:")
            lines = [_line(timer) for timer in found.select_related("ticket")[:limit]]
            self.stdout.write("\n".join(lines) if lines else "  nothing")

    def _run(self) -> None:
        fired = skipped = failed = 0
        settled = 1
        while settled:
            result = fire_due(timezone.now(), limit=100)
            fired, skipped, failed = fired + result.fired, skipped + result.skipped, failed + result.failed
            settled = result.settled
        self.stdout.write(f"{fired} fired, {skipped} skipped, {failed} failed and tried again later.")

    def _verify(self, *, repair: bool) -> None:
        looked_at = differing = 0
        for ticket in timers.tickets_with_timers():
            looked_at += 1
            # Read without its row taken, so it may have changed: what differs is looked at again under the lock.
            if compare(ticket) and (difference := _settled(ticket, repair=repair)):
                differing += 1
                self._show(ticket, difference)
        verb = "repaired" if repair else "differ"
        self.stdout.write(f"{looked_at} tickets looked at, {differing} {verb}.")
        if differing and not repair:
            sys.exit(1)

    def _show(self, ticket: Ticket, difference: Difference) -> None:
        for planned in difference.missing:
            self.stdout.write(f"{ticket.reference}: missing {planned.kind} {planned.key} due {planned.due_at:%FT%TZ}")
        for timer, planned in difference.moved:
            at = f"is due {timer.due_at:%FT%TZ}, ought to be {planned.due_at:%FT%TZ}"
            self.stdout.write(f"{ticket.reference}: {timer.kind} {timer.key} {at}")
        for timer in difference.surplus:
            self.stdout.write(f"{ticket.reference}: too much {timer.kind} {timer.key} due {timer.due_at:%FT%TZ}")


def _settled(ticket: Ticket, *, repair: bool) -> Difference:
    with transaction.atomic():
        current = take(ticket.pk)
        difference = compare(current)
        if repair and difference:
            replan(current, now=timezone.now())
    return difference


def _line(timer: Timer) -> str:
    again = f", failed {timer.attempts} times: {timer.note}" if timer.attempts else ""
    return f"  {timer.due_at:%FT%TZ}  {timer.ticket.reference}  {timer.kind} {timer.key}{again}"
