"""A new version from a file: compared in words, published with a name and a reason; no promise given before moves."""

import copy
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from django.core.management import CommandError, call_command

from packages.models import PolicyVersion
from packages.queries.policies import in_force
from tests.cast import NOW, Cast, make_ticket
from tests.packages.policy.shipped_policy import DOCUMENT
from tickets.models import Promise

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    document: dict[str, Any] = copy.deepcopy(dict(DOCUMENT))
    for package in document["packages"].values():
        package["targets"] = {"critical": "10m", "urgent": "20m", "standard": "1h"}
    for calendar in document["calendars"].values():
        calendar["zone"] = "America/Sao_Paulo"
        calendar["week"] = {"monday": ["09:00-17:00"], "tuesday": ["10:00-12:00"]}
        calendar["closed_days"] = {"2026-11-25": "A holiday"}
    for topic in document["topics"].values():
        topic["listed"] = {"standard": "critical", "premium": "critical"}
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def run(file: Path, *arguments: str) -> str:
    said = StringIO()
    with time_machine.travel(LATER, tick=False):
        call_command("publish_policy", str(file), *arguments, stdout=said)
    return said.getvalue()


def test_comparing_says_what_would_change_and_changes_nothing(cast: Cast, changed: Path):
    said = run(changed, "--compare")

    assert "Premium Support, Critical: 30 min → 10 min" in said
    assert PolicyVersion.objects.count() == 1


def test_publishing_leaves_each_deadline_given_before_it_to_the_microsecond(cast: Cast, changed: Path):
    for topic in ("messaging_delays", "number_porting", "templates"):
        for person in (cast.owner, cast.direct_member):
            make_ticket(person, topic, now=NOW + timedelta(microseconds=123456))
    before = list(Promise.objects.order_by("pk").values())

    said = run(changed, "--by", cast.administrator.email, "--reason", "Everything anew")

    assert "Published policy 2" in said
    assert list(Promise.objects.order_by("pk").values()) == before
    assert in_force(LATER).number == 2
    assert make_ticket(cast.direct_member, now=LATER).promise.version.number == 2


def test_nobody_publishes_without_a_name_and_a_reason(cast: Cast, changed: Path):
    for arguments in ((), ("--by", cast.administrator.email), ("--by", cast.agent.email, "--reason", "x")):
        with pytest.raises(CommandError, match="--by"):
            run(changed, *arguments)

    assert PolicyVersion.objects.count() == 1


def test_what_makes_no_sense_is_refused_with_its_place(cast: Cast, changed: Path):
    changed.write_text(changed.read_text(encoding="utf-8").replace("09:00-17:00", "09:00-17:00, x"), encoding="utf-8")

    with pytest.raises(CommandError, match="calendars › standard › week"):
        run(changed, "--compare")
