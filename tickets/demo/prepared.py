"""Writes what the demonstration's leads prepared: `prepared.yaml`."""

from pathlib import Path

import yaml

from packages.models import Topic
from tickets.models import PreparedAnswer

FILE = Path(__file__).resolve().parent / "prepared.yaml"


def prepare_answers() -> None:
    topics = {topic.code: topic for topic in Topic.objects.all()}
    for row in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        texts = {language: text.strip() for language, text in row["texts"].items()}
        answer = PreparedAnswer.objects.create(name=row["name"], texts=texts, is_receipt=row.get("receipt", False))
        answer.topics.set(topics[code] for code in row.get("topics", ()))
