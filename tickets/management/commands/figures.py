"""Figures of reports from a terminal: count what is not counted, or everything anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.actions.figures import count_closed_hours, rebuild
from tickets.queries.figures import counted


class Command(BaseCommand):
    help = "Counts the hours that are over and not counted yet. The scheduler does the same every hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="count every hour anew; the same rows come of it")

    def handle(self, *args: Any, **options: Any) -> None:
        count = rebuild if options["rebuild"] else count_closed_hours
        hours = count(now=timezone.now())
        until = counted().until
        standing = f"counted until {until:%FT%TZ}" if until else "no promise has ended yet"
        self.stdout.write(f"{hours} hours counted, {standing}.")
