"""What would have happened, over a million promises: `DATABASE_URL=postgres:///anything python bench/replay.py [N]`.

Makes a database of its own beside the one named, with N tickets over 90 days (1,000,000 by default), replays them under
a draft whose Critical target is halved, and prints seconds, promises a second and peak memory. The baseline in the same
run is reading the same rows through the same cursor and doing nothing with them.
"""

import copy
import os
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.databases import make_database, set_up  # noqa: E402  found from the root

NAME = "bench_replay"
MOST_SECONDS = 60
DAYS = 90

TICKETS = """
INSERT INTO tickets_ticket (reference, organisation_id, client_name, is_shared, is_confidential, topic_id,
  form_version_id, language, subject, description, environment, impact, workaround, severity, severity_cause, answers,
  typed, status, is_escalated, platform_case, version, public_seq, seq, filed_at,
  status_since, activity_at, public_activity_at)
SELECT 'B' || n, %(organisation)s, '', false, false, (SELECT min(id) FROM packages_topic) + n %% 13, %(version)s, 'en',
  's', 'd', 'production', (ARRAY['halted', 'reduced', 'limited'])[1 + n %% 3], n %% 2 = 0, 'standard', 'impact', '{}',
  '{}', 'closed', false, '', 1, 1, 1, at, at, at, at
FROM (SELECT n, %(now)s::timestamptz - n * (interval '90 days' / %(count)s) AS at
  FROM generate_series(1, %(count)s) n) rows
"""
PROMISES = """
INSERT INTO tickets_promise (ticket_id, number, version_id, package_id, calendar, severity, target, started_at,
  close_at, due_at, cause, made_at, answered_at, ended_at, used, outcome)
SELECT id, 1, %(version)s, %(package)s, 'standard', (ARRAY['critical', 'urgent', 'standard'])[1 + id %% 3],
  interval '4 hours', filed_at, filed_at + interval '3 hours', filed_at + interval '4 hours', 'filed', filed_at,
  filed_at + (id %% 300) * interval '1 minute', filed_at + (id %% 300) * interval '1 minute', interval '1 hour',
  CASE WHEN id %% 300 < 240 THEN 'kept' ELSE 'missed' END
FROM tickets_ticket
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    database = os.environ.get("DATABASE_URL", "postgres:///postgres").rpartition("/")[0] + f"/{NAME}"
    make_database(database, fresh=True)
    set_up(database)
    draft = _fill(count)
    from tickets.actions.replaying import _given, ask_for_replay, run
    from tickets.models import Promise

    began = time.perf_counter()
    rows = sum(1 for _ in _given(Promise.objects.all()))
    reading = time.perf_counter() - began
    print(f"read and do nothing   {reading:6.1f} s   {rows:,} promises")
    began = time.perf_counter()
    replay = run(ask_for_replay(draft, days=DAYS + 1, by=None, now=datetime.now(UTC)), clock=lambda: datetime.now(UTC))
    took = time.perf_counter() - began
    figures = replay.report["groups"]
    print(
        f"replay and its report {took:6.1f} s   {replay.done / took:,.0f} a second   {took / reading:.1f} times reading"
    )
    print(
        f"moved {sum(one['moved'] for one in figures):,}, late instead {sum(one['would_be_late'] for one in figures):,}"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    sys.exit(took > MOST_SECONDS * count / 1_000_000)


def _fill(count: int) -> Any:
    import yaml
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import Organisation
    from packages.actions.versions import make_draft, publish
    from packages.management.commands.load_policy import SHIPPED
    from packages.models import Package

    began = time.perf_counter()
    now = datetime.now(UTC)
    call_command("migrate", verbosity=0)
    document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    version = publish(
        make_draft(document, by=None, now=now), starts_at=now - timedelta(days=400), by=None, now=now, reason="bench"
    )
    organisation = Organisation.objects.create(name="Bench", kind="client")
    facts = {
        "count": count,
        "now": now,
        "organisation": organisation.pk,
        "version": version.pk,
        "package": Package.objects.get(code="standard").pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(TICKETS, facts)
        cursor.execute(PROMISES, facts)
        cursor.execute("ANALYZE")
    print(f"made {count:,} tickets in {time.perf_counter() - began:.0f} s")
    changed = copy.deepcopy(document)
    changed["packages"]["standard"]["targets"]["critical"] = "2h"
    return make_draft(changed, by=None, now=now)


if __name__ == "__main__":
    main()
