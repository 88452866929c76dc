"""Every setting is written down, and an unsafe or missing one stops the start with a sentence."""

import re
import subprocess
import sys

import pytest

from tests.architecture.source_files import ROOT

SAFE = {
    "SECRET_KEY": "x7" * 40,
    "SITE_URL": "https://support.example.com",
    "ALLOWED_HOSTS": "support.example.com",
    "DATABASE_URL": "postgres://portal@db.invalid/portal",
    "CACHE_URL": "redis://redis.invalid/1",
    "CELERY_BROKER_URL": "redis://redis.invalid/0",
    "MEDIA_ROOT": "/tmp/portal-files",
    "EMAIL_URL": "smtp://mail.invalid:25",
}


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "/usr/bin:/bin"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def names_in_settings() -> set[str]:
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"""(?:env\.\w+|required)\(\s*["']([A-Z0-9_]+)["']""", source))


def test_every_setting_is_in_the_example_and_in_the_readme():
    example = set(re.findall(r"^#? ?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M))
    table = set(re.findall(r"`([A-Z0-9_]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert names_in_settings() - example == set()
    assert names_in_settings() - table == set()
    assert {name for name in example if not name.startswith("ANYMAIL_")} - names_in_settings() == set()


@pytest.mark.slow
def test_production_starts_with_everything_set():
    assert start(SAFE).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SAFE))
def test_a_missing_setting_stops_the_start_and_is_named(name: str):
    started = start({key: value for key, value in SAFE.items() if key != name})

    assert started.returncode != 0
    assert f"ImproperlyConfigured: {name} is not set." in started.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("SECRET_KEY", "development-only-" + "k" * 50, "SECRET_KEY"),
        ("DEMO", "1", "DEMO is for demonstrations only"),
        ("WEBHOOKS_TO_LOCAL", "1", "WEBHOOKS_TO_LOCAL opens the way into your network"),
    ],
)
def test_an_unsafe_setting_stops_the_start(name: str, value: str, says: str):
    started = start({**SAFE, name: value})

    assert started.returncode != 0
    assert says in started.stderr
