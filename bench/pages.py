"""The server's part of each page, at several sizes: `DATABASE_URL=postgres:///anything python bench/pages.py`.

    … bench/pages.py --sizes 10000 1000000           (the default)
    … bench/pages.py --sizes 100000 --rounds 50 --again

Takes the databases bench_pages_<size> beside the one named, and makes those that are missing (bench/seed.py; `--again`
makes them anew). Asks with Django's test client in this process: middleware, session, SQL, template, no network. Each
size has its turn three times, so that a busy machine is busy for all of them. "busy" is the processor's time
of this process and of its database's, which others on the machine hardly move (their database must be this machine's).
A page's ratio is its busy time by that of an empty page in the same frame, signed in as the same person. Medians
throughout. Leaves with status 1 when a limit is broken.
"""

import argparse
import gc
import os
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.databases import ROOT, has_database, set_up  # noqa: E402  found from the root

MOST_TIMES_EMPTY = 4.0
MOST_GROWTH = 1.3
MOST_STATEMENTS = 15
TURNS = 3  # of each size: what a new connection must learn is not counted
MOST_PORTAL_MS = 50
MOST_MANAGER_MS = 250  # who has 40 organisations, and at 1,000,000 tickets 20,000 of them
MOST_SEARCH_MS = 150
MOST_RARE_MS = 50  # for a word that few tickets hold
# django-helpdesk 2.6.1 and escalated-django 0.7.8 at 100,000 tickets: medians in ms, 2 cores, through gunicorn.
RIVALS_SIZE = 100_000
RIVALS = {
    "desk: queue, open": (385, 330),
    "desk: queue, ended": (2499, 466),
    "desk: a ticket": (120, 106),
    "desk: search, a common word": (2057, 712),
    "desk: search, a rare word": (1759, 579),
    "desk: dashboard": (4295, 165),
}


@dataclass(slots=True)
class Place:
    """A database of one size: who asks for what in it, and how long each took, in milliseconds."""

    size: int
    name: str
    clients: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)  # name: who, address
    statements: dict[str, int] = field(default_factory=dict)
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    busy: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def took(self, page: str) -> float:
        return statistics.median(self.taken[page])

    def worked(self, page: str) -> float:
        return statistics.median(self.busy[page])

    def times_empty(self, page: str) -> float:
        return self.worked(page) / self.worked(f"{page.split(':')[0]}: empty page")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000], help="how many tickets")
    parser.add_argument("--rounds", type=int, default=25, help="how often each page is asked for (25)")
    parser.add_argument("--again", action="store_true", help="make the databases anew")
    options = parser.parse_args()
    base = os.environ.get("DATABASE_URL", "postgres:///postgres").rpartition("/")[0]
    places = [Place(size, f"bench_pages_{size}") for size in options.sizes]
    for place in places:
        if options.again or not has_database(f"{base}/{place.name}"):
            make = f"{sys.executable} {ROOT}/bench/seed.py --tickets {place.size}"
            os.system(f"DATABASE_URL={base}/{place.name} {make}")  # noqa: S605  our own words
    set_up(f"{base}/{places[0].name}")
    from django.conf import settings

    settings.ROOT_URLCONF = "bench.pages_urls"
    print(f"load before: {', '.join(f'{one:.1f}' for one in os.getloadavg())}; {os.cpu_count()} cores", flush=True)
    for place in places:
        _open(place)
        _prepare(place)
    gc.freeze()
    for _ in range(TURNS):
        for place in places:
            _open(place)
            for _ in range(-(-options.rounds // TURNS)):
                _ask(place)
    print(f"load after:  {', '.join(f'{one:.1f}' for one in os.getloadavg())}\n")
    sys.exit(_report(places))


def _open(place: Place) -> None:
    """Let Django's connection lead to a place."""
    from django.core.cache import cache
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = place.name
    cache.clear()
    for who, address in place.pages.values():
        place.clients[who].get(address)


def _prepare(place: Place) -> None:
    from django.db import connection
    from django.test import Client

    from accounts.models import User
    from bench.pages_asked import addresses, people

    for who, email in people().items():
        client = Client(raise_request_exception=True)
        client.force_login(User.objects.get(email=email), backend="accounts.backend.RoleBackend")
        place.clients[who] = client
    place.pages = {f"{who}: {name}": (who, address) for who, name, address in addresses()}
    for page, (who, address) in place.pages.items():
        place.clients[who].get(address)
        said: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any, said: list[str] = said) -> Any:
            said.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            response = place.clients[who].get(address)
        assert response.status_code == 200, f"{page}: {response.status_code} at {address}"
        place.statements[page] = len(said)


def _ask(place: Place) -> None:
    from django.db import connection

    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    for page, (who, address) in place.pages.items():
        worked, begun = _worked(backend), time.perf_counter()
        place.clients[who].get(address)
        place.taken[page].append((time.perf_counter() - begun) * 1000)
        place.busy[page].append((_worked(backend) - worked) * 1000)


def _worked(backend: Path) -> float:
    """Return the processor's seconds of this process and of its database's."""
    return time.process_time() + int(backend.read_text().split()[0]) / 1e9


def _report(places: list[Place]) -> bool:
    first, last = places[0], places[-1]
    head = "".join(f"{f'{place.size:,} tickets':>31}" for place in places)
    print(f"{'':46}   {head}\n{'':46}SQL{'       ms  busy ms  times empty' * len(places)}   growth")
    broken = []
    for page in first.pages:
        cells = "".join(
            f"{place.took(page):9.1f}{place.worked(page):9.1f}{place.times_empty(page):13.2f}" for place in places
        )
        growth = last.times_empty(page) / first.times_empty(page)
        wrong = _broken(page, last, growth)
        broken += [f"{page}: {one}" for one in wrong]
        print(f"{page:46}{last.statements[page]:3}{cells}{growth:9.2f}{'  !' if wrong else ''}")
    for place in places:
        if place.size == RIVALS_SIZE:
            _compare(place)
    print("\n".join(["", *broken]) if broken else "\nall limits kept")
    return bool(broken)


def _compare(place: Place) -> None:
    print(f"\n{'':46}       ms   django-helpdesk   escalated-django")
    for page, rivals in RIVALS.items():
        if page in place.pages:
            ours = place.took(page)
            print(f"{page:46}{ours:9.1f}" + "".join(f"{rival:9,} {rival / ours:5.1f} ×" for rival in rivals))


def _most_ms(page: str, size: int) -> int | None:
    """Return the limit of a page that has one in milliseconds."""
    if page.startswith("desk: search"):
        return MOST_RARE_MS if page == "desk: search, a rare word" else MOST_SEARCH_MS
    if page.startswith("manager"):
        return MOST_MANAGER_MS
    return MOST_PORTAL_MS if page.startswith("portal") and size <= 100_000 else None


def _broken(page: str, place: Place, growth: float) -> list[str]:
    median = place.took(page)
    wrong = []
    if place.statements[page] > MOST_STATEMENTS:
        wrong.append(f"{place.statements[page]} statements, more than {MOST_STATEMENTS}")
    if (most := _most_ms(page, place.size)) is not None:
        return wrong + [f"{median:.0f} ms, more than {most}"] * (median > most)
    if place.times_empty(page) > MOST_TIMES_EMPTY:
        wrong.append(f"{place.times_empty(page):.1f} times an empty page, more than {MOST_TIMES_EMPTY:.0f}")
    if growth > MOST_GROWTH:
        wrong.append(f"grew {growth:.2f} times, more than {MOST_GROWTH}")
    return wrong


if __name__ == "__main__":
    main()
