"""Judges answers of the shipped policy's topics, made valid by its examples and then changed."""

import json
from zoneinfo import ZoneInfo

from packages.policy.document import parse
from tests.answers import answers_for
from tests.instants import NOW
from tests.shipped_policy import shipped_document
from tickets.policy.answers import Checked, check

POLICY = parse(json.loads(shipped_document()))
BERLIN = ZoneInfo("Europe/Berlin")
WAMID = "wamid.HBgLMTIwMjU1NTAxNzMVAgARGBJDQTc1Qzk4QzA3MEU0NEE1ODEA"


def judge(topic: str, *, filer: str = "partner", zone=BERLIN, files=(), only=None, **changes) -> Checked:
    facts = POLICY.topics[topic]
    answers = answers_for(facts, filer=filer, **changes)
    return check(facts, answers, filer=filer, now=NOW, zone=zone, files=files, only=only)


def said(remarks) -> list[tuple[str, str]]:
    return [(remark.key, remark.code) for remark in remarks]


def outcome(topic: str, code: str, value) -> tuple[object, str, str]:
    """Return the value of one answer, and the codes by which it is refused and asked about."""
    checked = judge(topic, **{code: value})
    refused = [remark.code for remark in checked.refused if remark.field == code]
    asked = [remark.code for remark in checked.asked if remark.field == code]
    return checked.values.get(code), ", ".join(refused), ", ".join(asked)
