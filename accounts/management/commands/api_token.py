"""Print a new API token of a person, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.credentials import issue_token
from accounts.actor import actor_for
from accounts.models import User


class Command(BaseCommand):
    help = "Makes an API token for the person with this e-mail address and prints it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody active has the address {options['email']}.")
        organisation = actor_for(user).organisation
        _, secret = issue_token(user=user, organisation=organisation, name=options["name"], by=None, now=timezone.now())
        self.stdout.write(secret)
