"""Load the shipped policy as version 1, once."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from packages.actions.versions import make_draft, publish
from packages.models import PolicyVersion
from packages.policy.reading import DocumentInvalid

SHIPPED = Path(__file__).resolve().parents[2] / "default_policy.yaml"


class Command(BaseCommand):
    help = "Loads the shipped support policy as version 1. Does nothing when a version has been published."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--starts-at", type=datetime.fromisoformat, help="in force from, with its offset; default now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if PolicyVersion.objects.exclude(state=PolicyVersion.State.DRAFT).exists():
            self.stdout.write("A policy is loaded already; nothing changed.")
            return
        now = timezone.now()
        starts_at = options["starts_at"] or now
        if starts_at.tzinfo is None:
            raise CommandError("--starts-at needs an offset, such as 2026-01-01T00:00:00+00:00.")
        draft = make_draft(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")), by=None, now=now)
        try:
            version = publish(draft, starts_at=starts_at, by=None, now=now, reason="As shipped")
        except DocumentInvalid as error:
            raise CommandError("\n".join(str(problem) for problem in error.problems)) from error
        self.stdout.write(
            f"Loaded policy {version.number}, in force from {starts_at:%Y-%m-%d %H:%M} {starts_at.tzname()}."
        )
