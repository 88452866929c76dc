"""Version 1 of the policy as a row, made once and cheaply, so that every test can afford it."""

import hashlib
import json
from functools import cache
from pathlib import Path

import yaml

from packages.models import Package, PolicyVersion, Topic
from packages.queries.policies import InForce, version
from tests.cast import LONG_AGO

SHIPPED = Path(__file__).resolve().parents[1] / "packages" / "default_policy.yaml"
# Far from what a sequence gives, and always the same: the compiled policy is cached by this id.
VERSION_ID = 1_000_001


@cache
def shipped_document() -> str:
    """Return the shipped policy as the JSON that a version holds."""
    return json.dumps(yaml.load(SHIPPED.read_text(encoding="utf-8"), yaml.CSafeLoader), ensure_ascii=False)  # noqa: S506


def load_shipped_policy() -> InForce:
    """Write what publishing version 1 writes, in force since 2026-01-01, and return it."""
    if not PolicyVersion.objects.filter(pk=VERSION_ID).exists():
        document = shipped_document()
        PolicyVersion.objects.create(
            pk=VERSION_ID,
            number=1,
            state=PolicyVersion.State.PUBLISHED,
            starts_at=LONG_AGO,
            document=document,
            digest=hashlib.sha256(document.encode()).hexdigest(),
            made_at=LONG_AGO,
            published_at=LONG_AGO,
            reason="As shipped",
        )
        codes = json.loads(document)
        Package.objects.bulk_create([Package(code=code) for code in codes["packages"]], ignore_conflicts=True)
        Topic.objects.bulk_create([Topic(code=code) for code in codes["topics"]], ignore_conflicts=True)
    return version(VERSION_ID)
