"""What people say on many a ticket, whatever its topic: `phrases.yaml`, by language and occasion."""

import random
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parent / "phrases.yaml"


def phrase(language: str, occasion: str, dice: random.Random) -> str:
    """Return one of the things that people say on an occasion."""
    return dice.choice(_phrases()[language][occasion]).strip()


@cache
def _phrases() -> dict[str, dict[str, list[str]]]:
    return yaml.load(FILE.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
