"""Compile the catalogue of translations where it is newer than what was compiled."""

from typing import Any

from django.core.management.base import BaseCommand

from config.translations import compile_catalogues


class Command(BaseCommand):
    help = "Compiles config/locale/*/LC_MESSAGES/django.po where it changed. Needs no gettext."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        written = compile_catalogues()
        self.stdout.write(f"Compiled {len(written)} catalogues." if written else "The catalogues are compiled already.")
