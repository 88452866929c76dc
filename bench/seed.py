"""Makes tickets with all that belongs to them, by COPY: `DATABASE_URL=postgres:///bench_seed python bench/seed.py`.

    … bench/seed.py --tickets 1000000        (the default; some minutes, 6 GiB)
    … bench/seed.py --tickets 10000 --seed 2

Makes the database that DATABASE_URL names anew. The same seed and size give the same tickets, told back from this hour:
2 % are open, the others are spread over two years. Leaves with status 1 when it writes fewer than 5,000 a second, with
conversations, events and timers; how many are made a second with indexes and statistics is told beside it.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.databases import make_database, set_up  # noqa: E402  found from the root

LEAST_A_SECOND = 5_000
AN_ORGANISATION = 500  # tickets
TABLES = "tickets_%"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=1_000_000, help="how many (1000000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes others (1)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that tell and copy")
    options = parser.parse_args()
    url = os.environ["DATABASE_URL"]
    make_database(url, fresh=True)
    set_up(url)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    written = seed(options.tickets, seed=options.seed, workers=options.workers)
    took = time.perf_counter() - began
    rate = options.tickets / written
    from tickets.actions.figures import count_closed_hours

    count_closed_hours(now=datetime.now(UTC))  # as the worker does, for the dashboard
    print(f"wrote {options.tickets:,} tickets with all that belongs to them in {written:.0f} s: {rate:,.0f} a second")
    print(f"with indexes and statistics in {took:.0f} s: {options.tickets / took:,.0f} a second")
    sys.exit(rate < LEAST_A_SECOND)


def seed(tickets: int, *, seed: int = 1, workers: int = 1) -> float:
    """Fill the migrated, empty database that Django is connected to. Return the seconds that writing rows took."""
    from bench.seed_rows import CHUNK

    world = make_world(tickets, seed)
    chunks = range(-(-tickets // CHUNK))
    with _without_indexes(workers):
        _say("people")
        began = time.perf_counter()
        _share(copy, [(world, chunks[one::workers]) for one in range(workers)], workers)
        written = time.perf_counter() - began
        _say("rows")
    _execute(*(f"SELECT setval(pg_get_serial_sequence('{one}', 'id'), {(tickets + 2) * 16})" for one in _numbered()))
    if tickets >= CHUNK:  # a test is within a transaction, which allows none
        _execute("VACUUM ANALYZE")
    _say("statistics")
    return written


def copy(world: Any, chunks: Any) -> None:
    """Tell some chunks and copy them, each in one transaction."""
    from django.db import connection, transaction

    from bench.seed_rows import Teller

    teller = Teller(world)
    for chunk in chunks:
        teller.tell(chunk)
        with transaction.atomic(), connection.cursor() as cursor:
            # A row's neighbours are right by construction, and some come later: the test of this file looks at them.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL synchronous_commit = off")
            for rows in teller.tables:
                columns = ", ".join(f'"{name}"' for name in rows.columns)
                with cursor.copy(f"COPY {rows.table} ({columns}) FROM STDIN") as lines:
                    lines.write(rows.take())


def make_world(tickets: int, seed: int) -> Any:
    """Make the policy, organisations and people."""
    from django.core.management import call_command

    from bench.seed_rows import World
    from packages.models import Package, Topic
    from packages.queries.policies import in_force

    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    call_command("load_policy", starts_at=until + timedelta(minutes=90), stdout=StringIO())
    terms = in_force(until)
    return World(
        seed=seed,
        count=tickets,
        until=until,
        policy=terms.policy,
        version_id=terms.id,
        packages=dict(Package.objects.order_by("code").values_list("code", "pk")),
        topics=dict(Topic.objects.order_by("code").values_list("code", "pk")),
        houses=_houses(max(20, tickets // AN_ORGANISATION), Random(seed), until),
        agents=[one.pk for one in _people(30, "agent")],
    )


def _houses(wanted: int, chance: Random, until: datetime) -> list[Any]:
    """Make groups of five organisations: a partner, three clients of it, and one that is nobody's client."""
    from accounts.models import Membership, Organisation
    from bench.seed_rows import House
    from packages.models import Package, Subscription
    from tickets.policy.words import words_of

    managers = [one.pk for one in _people(max(2, wanted // 50), "growth_manager")]
    rows, numbers = [], count(1)
    for group in range(-(-wanted // 5)):
        tier = ("gold", "silver", "platinum", "")[group % 4]
        manager = managers[group % len(managers)] if tier else None
        rows.append(Organisation(name=f"Partner {next(numbers)}", kind="partner", tier=tier, growth_manager_id=manager))
        rows += [Organisation(name=f"Client {next(numbers)}", kind="client") for _ in range(4)]
    Organisation.objects.bulk_create(rows, batch_size=1000)
    for place, row in enumerate(rows):
        if place % 5 in (1, 2, 3):
            row.partner = rows[place - place % 5]
    Organisation.objects.bulk_update(rows, ["partner"], batch_size=1000)
    packages = [chance.choice(("standard", "standard", "premium")) for _ in rows]
    premium = Package.objects.get(code="premium")
    Subscription.objects.bulk_create(
        Subscription(organisation=row, package=premium, starts_at=until - timedelta(days=1000))
        for row, package in zip(rows, packages, strict=True)
        if package == "premium"
    )
    people = _people(3 * len(rows), "member")
    Membership.objects.bulk_create(
        (
            Membership(user=person, organisation=rows[place // 3], is_admin=place % 3 == 0)
            for place, person in enumerate(people)
        ),
        batch_size=1000,
    )
    return [
        House(
            id=row.pk,
            words=words_of(row.name).plain,
            partner_id=row.pk if row.is_partner else row.partner_id,
            manager_id=rows[place - place % 5].growth_manager_id if place % 5 != 4 else None,
            package=packages[place],
            members=tuple(one.pk for one in people[3 * place : 3 * place + 3]),
            clients=tuple(one.pk for one in rows[place + 1 : place + 4]) if place % 5 == 0 else (),
            phones=tuple(f"+4930{chance.randrange(10**8):08d}" for _ in range(3)),
            accounts=tuple(f"1{chance.randrange(10**14):014d}" for _ in range(2)),
        )
        for place, row in enumerate(rows)
    ]


def _people(wanted: int, role: str) -> list[Any]:
    from accounts.models import User

    return User.objects.bulk_create(
        (
            User(email=f"{role}{place}@example.org", name=f"{role.capitalize()} {place}", role=role, password="!")
            for place in range(1, wanted + 1)
        ),
        batch_size=1000,
    )


@contextmanager
def _without_indexes(workers: int) -> Iterator[None]:
    """Have the indexes that forbid nothing away while rows come, and make them anew afterwards."""
    found = _execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid::regclass::text LIKE %s AND NOT i.indisunique AND NOT i.indisprimary"
        " ORDER BY pg_get_indexdef(i.indexrelid) LIKE '%% gin %%' DESC, c.relname",
        parameters=[TABLES],
    )
    _execute(*(f'DROP INDEX "{name}"' for name, _ in found))
    yield
    _share(_index, [(definition,) for _, definition in found], workers)


def _index(statement: str) -> None:
    _execute("SET maintenance_work_mem = '1GB'", "SET synchronous_commit = off", statement)


def _share(work: Callable[..., None], parts: Sequence[tuple[Any, ...]], workers: int) -> None:
    """Do the parts of some work in so many processes; one is this one, as a test needs it."""
    from django.db import connections

    if workers == 1:
        for part in parts:
            work(*part)
        return
    connections.close_all()  # a connection is nothing to share
    with ProcessPoolExecutor(workers) as pool:
        for done in [pool.submit(work, *part) for part in parts]:
            done.result()


def _numbered() -> list[str]:
    return [
        "tickets_ticket", "tickets_promise", "tickets_message", "tickets_ticketevent", "tickets_timer",
        "tickets_follower", "tickets_informationrequest", "tickets_escalation",
    ]  # fmt: skip


def _execute(*statements: str, parameters: list[Any] | None = None) -> list[Any]:
    from django.db import connection

    rows: list[Any] = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall() if cursor.description else []
    return rows


def _say(what: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {what}", flush=True)


if __name__ == "__main__":
    main()
