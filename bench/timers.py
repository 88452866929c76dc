"""Measures the timers: an idle tick, a burst, lateness, a worker's memory; and rivals doing the same job.

Needs PostgreSQL and redis-server. It makes the database that DATABASE_URL names, and empties it:

    DATABASE_URL=postgres:///bench_timers python bench/timers.py            (all, some 15 minutes)
    DATABASE_URL=postgres:///bench_timers python bench/timers.py tick burst --pending 100000
    DATABASE_URL=postgres:///bench_timers SEED=1 python bench/timers.py storm
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.databases import make_database, set_up  # noqa: E402  found from the root

PER_TICKET = 8
SIZES = (10_000, 100_000, 1_000_000, 2_000_000)
PARTS = ("tick", "burst", "lateness", "sweep", "eta", "storm")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--pending", type=int, default=2_000_000, help="pending timers that lie beside (2000000)")
    parser.add_argument("--burst", type=int, default=10_000, help="timers due at once (10000)")
    parser.add_argument("--seconds", type=int, default=60, help="for how long 50 a second are due (60)")
    options = parser.parse_args()
    make_database(os.environ["DATABASE_URL"])
    set_up(os.environ["DATABASE_URL"])
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    bench = Bench(options)
    for part in options.parts or PARTS:
        print(f"\n{part}", flush=True)
        getattr(bench, part)()


class Bench:
    """The parts, in one database."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.log = Path(tempfile.mkdtemp(prefix="bench-timers-")) / "log"

    # The parts ------------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """A tick with nothing due, the more there is pending."""
        from django.utils import timezone

        from tickets.actions.firing import fire_due

        self._empty()
        print("  pending      tick p50     p99   of 300")
        for size in [size for size in SIZES if size <= self.options.pending]:
            self._fill(size)
            times = [_timed(lambda: fire_due(timezone.now())) for _ in range(300)]
            print(f"  {size:9,}  {_ms(statistics.median(times))}  {_ms(_share(times, 99))}", flush=True)

    def burst(self) -> None:
        """Many due at once, with all their effects, by two workers."""
        from tickets.models import Outbox

        self._empty()
        self._fill(self.options.pending)
        due_at = self._due_at_once(self.options.burst)
        with self._crew(workers=2, schedulers=1) as crew:
            before = self._memory_at_work(crew)
            self._wait_until_fired(due_at)
            took = time.time() - due_at.timestamp()
            print(f"  {self.options.burst:,} due at once, {Outbox.objects.count():,} mails written: {took:.1f} s")
            print(f"  memory of the workers: {before} MB before, {_memory(crew)} MB after")

    def lateness(self) -> None:
        """Fifty timers a second: how late they fire."""
        self._empty()
        self._fill(self.options.pending)
        last = self._due_steadily(50, self.options.seconds)
        with self._crew(workers=2, schedulers=1) as crew:
            before = self._memory_at_work(crew)
            self._wait_until_fired(last)
            print(f"  50 a second for {self.options.seconds} s: {self._fired_late()}")
            print(f"  memory of the workers: {before} MB before, {_memory(crew)} MB after")

    def sweep(self) -> None:
        """A rival: look at every open ticket; once with nothing due, once with the burst due."""
        from django.utils import timezone

        from bench.timers_rivals import sweep

        self._empty()
        for size in [size for size in SIZES if size <= self.options.pending]:
            self._fill(size)
            took = _timed(lambda: sweep(timezone.now()))
            print(f"  {size // PER_TICKET:9,} open tickets, nothing late: {took:.2f} s a sweep", flush=True)
        due_at = self._due_at_once(self.options.burst)
        while timezone.now() <= due_at:
            time.sleep(0.1)
        print(f"  {self.options.burst:,} late at once, one process: {_timed(lambda: sweep(timezone.now())):.1f} s")

    def eta(self) -> None:
        """A rival: a Redis message with an ETA for each timer; then the same with a worker killed half-way."""
        for kill in (False, True):
            self._eta(kill=kill)

    def storm(self) -> None:
        """20,000 timers in two minutes while everything is killed: the long form of the fault test."""
        from tests.faults.storm import Scale, run_storm
        from tests.faults.test_timers_survive import check

        self._empty()
        scale = Scale(tickets=6_667, seconds=120, kill_every=4, settle_seconds=600, pool="prefork")
        outcome = run_storm(self.cast, scale, int(os.environ.get("SEED") or Random().randrange(2**32)), self.log)
        print(f"  {outcome}")
        check(outcome)
        print("  Each fired once, none was lost, none for an answered ticket, each mail under one Message-ID.")

    # What they share ------------------------------------------------------------------------------------------------

    def _empty(self) -> None:
        from django.core.management import call_command

        from packages.queries import policies
        from tests.cast import make_cast
        from tests.faults.storm import always_open
        from tests.shipped_policy import load_shipped_policy

        call_command("flush", interactive=False, verbosity=0)
        policies.compiled.cache_clear()
        load_shipped_policy()
        always_open()
        self.cast = make_cast()

    def _fill(self, timers: int) -> None:
        """Have so many timers pending, none of them due for a month, on tickets whose promise runs."""
        from django.utils import timezone

        from tests.tickets.escalating import make_ticket
        from tickets.models import Ticket

        pattern = Ticket.objects.filter(reference="TK-B0").first()
        if pattern is None:
            pattern = make_ticket(self.cast.direct, now=timezone.now(), reference="TK-B0")
        have = Ticket.objects.filter(reference__startswith="TK-B").count() - 1
        wanted = timers // PER_TICKET
        due_at = timezone.now() + timedelta(days=30)
        _copy_rows("tickets_ticket", pattern.pk, {"reference": "'TK-B' || n", "promise_id": "NULL"}, have, wanted)
        _execute(
            "INSERT INTO tickets_promise (ticket_id, number, version_id, package_id, calendar, severity, target,"
            " started_at, close_at, due_at, cause, made_at) SELECT t.id, 1, p.version_id, p.package_id, p.calendar,"
            " p.severity, interval '30 days', p.started_at, %s, %s, p.cause, p.made_at FROM tickets_ticket t,"
            " tickets_promise p WHERE p.id = %s AND t.reference LIKE 'TK-B%%' AND t.promise_id IS NULL",
            [due_at, due_at, pattern.promise_id],
        )
        _execute(
            "UPDATE tickets_ticket t SET promise_id = p.id FROM tickets_promise p"
            " WHERE p.ticket_id = t.id AND t.promise_id IS NULL"
        )
        _execute(
            "INSERT INTO tickets_timer (ticket_id, kind, key, due_at, attempts, note)"
            " SELECT t.id, 'partner_reminder', k::text, %s::timestamptz + random() * interval '300 days', 0, ''"
            " FROM tickets_ticket t, generate_series(1, %s) k WHERE t.reference LIKE 'TK-B%%' AND t.id <> %s"
            " AND NOT EXISTS (SELECT 1 FROM tickets_timer o WHERE o.ticket_id = t.id)",
            [due_at, PER_TICKET, pattern.pk],
        )
        _execute("VACUUM ANALYZE")

    def _due_at_once(self, count: int) -> Any:
        return self._breaches(count, lambda number: 0.0)

    def _due_steadily(self, per_second: int, seconds: int) -> Any:
        return self._breaches(per_second * seconds, lambda number: number / per_second)

    def _breaches(self, count: int, after: Callable[[int], float]) -> Any:
        """Make tickets whose breach is due from a while on, spread by `after`. Return when the last one is due."""
        from django.utils import timezone

        from tests.faults.storm import TARGET, make_tickets_starting

        first = timezone.now() + timedelta(seconds=20 + count / 1000)
        starts = [first - TARGET + timedelta(seconds=after(number)) for number in range(count)]
        make_tickets_starting(self.cast, starts, kinds=("breach",))
        _execute("ANALYZE")
        return first + timedelta(seconds=after(count - 1))

    def _crew(self, *, workers: int, schedulers: int) -> Any:
        from bench.timers_crew import crew

        return crew(workers=workers, schedulers=schedulers, log=self.log)

    def _memory_at_work(self, crew: Any) -> str:
        """Return the workers' memory once they have ticked for a while."""
        from tickets.models import Heartbeat

        while not Heartbeat.objects.filter(job="timers").exists():
            time.sleep(0.2)
        time.sleep(5)
        return _memory(crew)

    def _wait_until_fired(self, last: Any) -> None:
        from django.utils import timezone

        from tickets.models import Timer
        from tickets.models.timer import PENDING

        while timezone.now() <= last or Timer.objects.filter(PENDING, due_at__lte=last).exists():
            time.sleep(0.1)

    def _fired_late(self) -> str:
        from tickets.models import Timer

        fired = Timer.objects.filter(fired_at__isnull=False).values_list("due_at", "fired_at")
        return _spread([(at - due_at).total_seconds() for due_at, at in fired])

    def _eta(self, *, kill: bool) -> None:
        from bench.timers_crew import redis_and_worker
        from bench.timers_rivals import app, breach
        from tickets.models import Ticket, TicketEvent

        self._empty()
        due_at = self._due_at_once(self.options.burst)
        os.environ["LATENESS_LOG"] = str(self.log) + f"-eta-{kill}"
        Path(os.environ["LATENESS_LOG"]).touch()
        with redis_and_worker(self.log) as (url, worker):
            ids = list(Ticket.objects.filter(reference__startswith="TK-S").values_list("pk", flat=True))
            with app.connection_for_write(url) as line:
                took = _timed(
                    lambda: [breach.apply_async((pk, due_at.timestamp()), eta=due_at, connection=line) for pk in ids]
                )
            print(f"  {len(ids):,} messages published in {took:.1f} s; worker's memory {worker.megabytes()} MB")
            while time.time() < due_at.timestamp() + (2 if kill else 0):
                time.sleep(0.1)
            if kill:
                worker.kill()
                worker.start()
            time.sleep(45)
            lines = Path(os.environ["LATENESS_LOG"]).read_text().splitlines()
            events = TicketEvent.objects.filter(kind="promise_missed")
            lost = len(ids) - events.values("ticket").distinct().count()
            how = "killed once and started again" if kill else "left alone"
            print(
                f"  {how}: {_spread([float(line.split()[1]) for line in lines])}; after 45 s {lost:,} had not fired, "
                f"{events.count() - events.values('ticket').distinct().count():,} fired twice"
            )


def _copy_rows(table: str, pk: int, replaced: dict[str, str], first: int, last: int) -> None:
    """Copy a row so often, within the database; `replaced` holds an expression of the number `n` for some columns."""
    rows = _execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'"
        " ORDER BY ordinal_position",
        [table],
    )
    names = [name for (name,) in rows]
    values = ", ".join(replaced.get(name, f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    _execute(
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, generate_series(%s, %s) n WHERE id = %s",
        [first + 1, last, pk],
    )


def _execute(sql: str, parameters: list[Any] | None = None) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def _memory(crew: Any) -> str:
    return " and ".join(str(megabytes(pid)) for name, pid in crew.pids.items() if name.startswith("worker"))


def megabytes(pid: int) -> int:
    return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)]).split()[0]) // 1024


def _timed(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _share(times: list[float], percent: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def _spread(times: list[float]) -> str:
    if not times:
        return "nothing fired"
    return f"p50 {_share(times, 50):.2f} s, p95 {_share(times, 95):.2f} s, p99 {_share(times, 99):.2f} s"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:6.2f} ms"


if __name__ == "__main__":
    main()
