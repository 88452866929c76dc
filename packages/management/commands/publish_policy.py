"""Publish a new version of the policy from a file, or say in words what it would change."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from packages.actions.versions import NotPublishable, make_draft, publish
from packages.policy.compare import compare
from packages.policy.document import parse
from packages.policy.reading import DocumentInvalid
from packages.queries.policies import in_force


class Command(BaseCommand):
    help = (
        "Publishes a policy file (such as packages/default_policy.yaml, changed) as the next version, from now or from "
        "--starts-at on. Says first, in words, what it changes; with --compare that is all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--compare", action="store_true", help="only say what would change")
        parser.add_argument(
            "--starts-at", type=datetime.fromisoformat, help="in force from, with its offset; default now"
        )
        parser.add_argument("--by", help="e-mail address of the administrator who publishes it")
        parser.add_argument("--reason", default="", help="why, for the history")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        document = _read(options["file"])
        try:
            changes = compare(in_force(now).policy, parse(document))
        except DocumentInvalid as error:
            raise CommandError("\n".join(str(problem) for problem in error.problems)) from error
        for change in changes:
            self.stdout.write(str(change))
        if not changes:
            self.stdout.write("Nothing differs from the policy in force.")
        if options["compare"] or not changes:
            return
        version = _publish(document, options, now)
        self.stdout.write(f"Published policy {version.number}, in force from {version.starts_at:%Y-%m-%d %H:%M} UTC.")


def _read(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"{file} can't be read: {error}") from error


@transaction.atomic
def _publish(document: Any, options: dict[str, Any], now: datetime) -> Any:
    starts_at = options["starts_at"] or now
    if starts_at.tzinfo is None:
        raise CommandError("--starts-at needs an offset, such as 2026-12-01T00:00:00+01:00.")
    by = User.objects.filter(email=(options["by"] or "").lower(), role=User.Role.ADMINISTRATOR).first()
    if by is None or not options["reason"].strip():
        raise CommandError("Name the administrator with --by and say why with --reason: the history keeps both.")
    try:
        return publish(
            make_draft(document, by=by, now=now), starts_at=starts_at, by=by, now=now, reason=options["reason"]
        )
    except NotPublishable as error:
        raise CommandError(str(error)) from error
