"""Runs the suite on every database that answers here, and says what this machine could not check and why.

`make test` runs everything; `make test-fast` leaves out the browser, the faults, the desk's pages and whatever is slow.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browsers import chromium  # noqa: E402  found from the root
from tests.checkers import html_checker  # noqa: E402

DEFAULT_POSTGRES = "postgres:///portal"
DEFAULT_REDIS = "redis://127.0.0.1:6379/15"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
TOGETHER = "not browser and not faults"
# Faults start processes of their own and watch the clock: nothing runs beside them.
ALONE = "faults"
DESK = "tests/tickets/admin"  # its pages are the longest: a third of what else would be quick
# Folders that do the same on every database, as they ask it nothing, or only through what is tested on both: they run
# once, on PostgreSQL where it answers. Whatever is not named here runs on both.
ONCE = (
    "tests/architecture",
    "tests/journeys",
    "tests/*/policy",
    "tests/*/api",
    "tests/tickets/web",
    DESK,
)
DEMO = "tests/tickets/demo"  # the demonstration's own database is SQLite


def main() -> int:
    """Return the exit status: 0 when every test that could run passed, and in CI only if all of them could run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="leave out browser, faults, the desk and slow tests")
    fast = parser.parse_args().fast
    os.chdir(ROOT)
    if fast:
        return _pytest("SQLite", f"{TOGETHER} and not slow", {"DATABASE_URL": ""}, without=(DESK,))
    postgres, redis, missing = _find_parts()
    for line in missing:
        print(f"Will not be checked: {line}", flush=True)
    if missing and IN_CI:
        print("CI must check everything: the parts above have to be installed and to answer.")
        return 1
    environment = {"NOT_CHECKED": "\n".join(missing), "REDIS_URL": redis}
    statuses = []
    if postgres:
        on_sqlite = {**environment, "DATABASE_URL": ""}
        on_postgres = {**environment, "DATABASE_URL": postgres}
        print(f"Only on PostgreSQL: {', '.join(ONCE)}; only on SQLite: {DEMO}", flush=True)
        statuses.append(_pytest("SQLite", TOGETHER, on_sqlite, without=ONCE))
        statuses.append(_pytest("PostgreSQL", ALONE, on_postgres, together=False))
        statuses.append(_pytest("PostgreSQL", "browser", on_postgres))
        statuses.append(_pytest("PostgreSQL", TOGETHER, on_postgres, without=(DEMO,)))
    else:
        on_sqlite = {**environment, "DATABASE_URL": ""}
        statuses.append(_pytest("SQLite", "browser", on_sqlite))
        statuses.append(_pytest("SQLite", TOGETHER, on_sqlite))
    return max(statuses)


def _find_parts() -> tuple[str, str, list[str]]:
    """Return the URLs of PostgreSQL and Redis ("" where none answers), and a line for whatever is missing."""
    missing = []
    postgres = os.environ.get("DATABASE_URL", "")
    if not postgres.startswith("postgres"):
        postgres = DEFAULT_POSTGRES
    if problem := _postgres_problem(postgres):
        missing.append(
            f"anything on PostgreSQL, and how the portal stands its loss ({problem}). "
            "Install it and allow this user to make databases, or set DATABASE_URL: apt-get install postgresql"
        )
        postgres = ""
    redis = os.environ.get("REDIS_URL") or DEFAULT_REDIS
    if problem := _redis_problem(redis):
        missing.append(
            f"the loss of the broker ({problem}). Install it, or set REDIS_URL: apt-get install redis-server"
        )
        redis = ""
    if not chromium():
        missing.append("the pages in a real browser (none is installed): apt-get install chromium")
    if not html_checker():
        missing.append(
            "that the pages are valid HTML (Java, npm or the checker that it brings is missing): "
            "apt-get install default-jre-headless npm"
        )
    if not shutil.which("xgettext"):
        missing.append("that no new message lacks a translation (gettext is not installed): apt-get install gettext")
    return postgres, redis, missing


def _postgres_problem(url: str) -> str:
    import environ
    import psycopg

    found = environ.Env.db_url_config(url)
    parts = {"host": found["HOST"], "port": found["PORT"], "user": found["USER"], "password": found["PASSWORD"]}
    try:
        # Tests make a database of their own; any other is good enough to ask for it.
        given = {name: value for name, value in parts.items() if value}
        with psycopg.connect(dbname="postgres", connect_timeout=5, **given) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return "" if row and row[0] else "this user may not make databases"


def _redis_problem(url: str) -> str:
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except redis.RedisError as error:
        return str(error)
    return ""


def _pytest(
    database: str, which: str, environment: dict[str, str], *, together: bool = True, without: tuple[str, ...] = ()
) -> int:
    """Run what a marker expression picks, but for some folders; return pytest's exit status, 0 if it picked none."""
    print(f"\n=== {database}: {which} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-m", which, *(f"--ignore-glob={one}" for one in without)]
    if together:
        # Half of them each, neighbours together; who is done takes from the other, so that both end at once.
        command += ["-n", "2", "--dist", "worksteal"]
    started = time.monotonic()
    inherited = {
        name: value for name, value in os.environ.items() if name != "DATABASE_URL" or environment["DATABASE_URL"]
    }
    given = {name: value for name, value in environment.items() if value}
    status = subprocess.run(command, env={**inherited, **given}, check=False).returncode  # noqa: S603
    print(f"({time.monotonic() - started:.0f} s)", flush=True)
    return 0 if status == 5 else status


if __name__ == "__main__":
    sys.exit(main())
