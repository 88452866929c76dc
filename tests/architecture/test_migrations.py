"""The tables are what the models say, and a migration stands alone."""

import pytest
from django.core.management import call_command

from .source_files import APPS, ROOT, imported_modules


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_import_nothing_from_the_apps_but_what_columns_name():
    # A storage path is a callable that the column names; Django writes that import itself.
    named = {"tickets.models.attachment", "tickets.models.attachment.stored_name", "accounts.models.user"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for app in APPS
        for path in sorted((ROOT / app / "migrations").glob("[0-9]*.py"))
        for line, name in imported_modules(path.relative_to(ROOT))
        if name.split(".")[0] in {*APPS, "config"} and name not in named
    ]

    assert wrong == []
