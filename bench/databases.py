"""What every bench begins with: a database of its own, and Django on it."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def make_database(url: str, *, fresh: bool = False) -> None:
    """Make the database that an address names; a `fresh` one is emptied first."""
    import psycopg

    base, _, name = url.rpartition("/")
    with psycopg.connect(f"{base}/postgres".replace("postgres://", "postgresql://"), autocommit=True) as maintenance:
        if fresh:
            maintenance.execute(f'DROP DATABASE IF EXISTS "{name}"')
        if not maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            maintenance.execute(f'CREATE DATABASE "{name}"')


def set_up(url: str) -> None:
    """Start Django on a database, as in production: no list of queries grows, and no template is read twice."""
    sys.path.insert(0, str(ROOT))
    os.environ.update(DATABASE_URL=url, DEBUG="1", DJANGO_SETTINGS_MODULE="config.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False


def has_database(url: str) -> bool:
    import psycopg

    base, _, name = url.rpartition("/")
    with psycopg.connect(f"{base}/postgres".replace("postgres://", "postgresql://"), autocommit=True) as maintenance:
        return maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None
