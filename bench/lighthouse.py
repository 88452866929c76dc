"""Lighthouse on the pages that people see first, as a phone sees them, served as in production.

Needs a demonstration (`make demo` once), chromium, and lighthouse from npm: `npm install --prefix DIR lighthouse`, then
`LIGHTHOUSE=DIR/node_modules/.bin/lighthouse make lighthouse`. Leaves with 1 when a figure is below 95 or a page is too
heavy. Measure on a machine that does nothing else.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browsers import chromium  # noqa: E402  found from the root

READER = "partner@example.com"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 95
MOST_BYTES = 150 * 1024
MOST_SHIFT = 0.01  # what a busy machine gives a page that does not move
DATABASE = os.environ.get("DATABASE_URL") or f"sqlite:///{ROOT / 'var/portal.sqlite3'}"


def main() -> int:
    """Return the exit status."""
    lighthouse = os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")
    browser = chromium()
    if not lighthouse or not browser:
        print("Lighthouse or chromium is missing: see the head of bench/lighthouse.py")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        site = f"http://127.0.0.1:{_free_port()}"
        environment = _production(site, folder)
        _manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
        key, draft, reference = _manage(environment, "shell", "--no-imports", "--command", PREPARE).split()[-3:]
        command = [sys.executable, "-m", "gunicorn", "--bind", site.removeprefix("http://"), "--threads", "4"]
        server = subprocess.Popen([*command, "config.wsgi"], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            _wait_for(site)
            pages = {"sign-in": "/account/login/", "list": "/", "new ticket": f"/tickets/new/{draft}/"}
            pages["ticket"] = f"/tickets/{reference}/"
            print(f"{'page':<12}{'perf.':>7}{'access.':>9}{'practices':>11}{'KiB':>7}{'shift':>8}")
            return max(_measure(lighthouse, browser, site, name, path, key, folder) for name, path in pages.items())
        finally:
            server.terminate()
            server.wait()


# Runs inside the portal: a session of the reader's, their draft and a ticket of theirs.
PREPARE = f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from accounts.actor import actor_for
from accounts.models import User
from packages.models import Topic
from tickets.models import Draft, Ticket
reader = User.objects.get(email="{READER}")
session = SessionStore()
session.update({{
    SESSION_KEY: str(reader.pk), BACKEND_SESSION_KEY: "accounts.backend.RoleBackend",
    HASH_SESSION_KEY: reader.get_session_auth_hash(),
}})
session.save()
actor = actor_for(reader)
topic = Topic.objects.get(code="messaging_delays")
facts = {{"user": reader, "organisation": actor.organisation, "topic": topic}}
draft = Draft.objects.filter(**facts).first() or Draft.objects.create(**facts, saved_at=timezone.now())
ticket = Ticket.objects.visible_to(actor).filter(status="in_progress").order_by("-pk").first()
print(session.session_key, draft.pk, ticket.reference)
"""


def _measure(lighthouse: str, browser: str, site: str, name: str, path: str, key: str, folder: str) -> int:
    """Print one page's figures; return 1 if one of them is not good enough."""
    report = Path(folder) / "report.json"
    flags = "--headless=new --disable-gpu" + (" --no-sandbox" if os.geteuid() == 0 else "")
    command = [
        lighthouse, site + path, "--quiet", "--output=json", f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}",
    ]  # fmt: skip
    if name != "sign-in":
        command.append("--extra-headers=" + json.dumps({"Cookie": f"sessionid={key}"}))
    subprocess.run(command, env={**os.environ, "CHROME_PATH": browser}, check=True, timeout=300)
    found = json.loads(report.read_text())
    scores = [round((found["categories"][one]["score"] or 0) * 100) for one in CATEGORIES]
    weight, shift = (found["audits"][one]["numericValue"] for one in ("total-byte-weight", "cumulative-layout-shift"))
    print(f"{name:<12}{scores[0]:>7}{scores[1]:>9}{scores[2]:>11}{weight / 1024:>7.0f}{shift:>8.3f}", flush=True)
    for audit in found["audits"].values():
        if audit["score"] is not None and audit["score"] < 0.9:
            print(f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")
    return int(min(scores) < LEAST or weight > MOST_BYTES or shift > MOST_SHIFT)


def _production(site: str, folder: str) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "DEMO")}
    return given | {
        "SECRET_KEY": secrets.token_urlsafe(64), "SITE_URL": site, "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0", "STATIC_ROOT": f"{folder}/static", "DATABASE_URL": DATABASE,
        "CACHE_URL": "locmemcache://", "CELERY_BROKER_URL": "redis://127.0.0.1:6379/15",
        "EMAIL_URL": "smtp://localhost:25", "MEDIA_ROOT": str(ROOT / "var/files"), "LOG_LEVEL": "ERROR",
    }  # fmt: skip


def _manage(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(site: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{site}/healthz", timeout=5)
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("The server did not answer.")


if __name__ == "__main__":
    sys.exit(main())
