"""The stories of the demonstration: read from the files beside this one, and told with numbers and times of their own.

In a text, `{name}` is a fact of the ticket (a number, an id, a time) and `[[one|other]]` is a turn of phrase to pick.
In a field, `@name` is the instant of that time as ISO 8601, and `@name_date` its day.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

FOLDER = Path(__file__).resolve().parent / "stories"
ZONES = {
    "us": "America/New_York", "gb": "Europe/London", "br": "America/Sao_Paulo", "de": "Europe/Berlin",
    "es": "Europe/Madrid", "mx": "America/Mexico_City", "ru": "Europe/Moscow",
}  # fmt: skip
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "pt-br": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_DAY_FORMS = {"en": "{} {}", "pt-br": "{} de {}", "de": "{}. {}", "es": "{} de {}", "ru": "{} {}"}
_FACT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CHOICE = re.compile(r"\[\[(.+?)\]\]", re.S)


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One story of a topic. `turns` are pairs of who speaks (see `lives`) and what they say."""

    topic: str
    language: str
    country: str
    zone: str  # of the times that it names
    impact: str
    workaround: bool
    environment: str
    filer: str  # partner, client or any
    about: tuple[str, ...] | None  # the clients whose business it is; None: anybody's
    subjects: tuple[str, ...]
    description: str
    fields: Mapping[str, Any]
    times: Mapping[str, float]  # minutes before filing; below zero: ahead
    picks: Mapping[str, tuple[Any, ...]]
    files: tuple[Mapping[str, str], ...]
    turns: tuple[tuple[str, str], ...]


@cache
def all_stories() -> tuple[Story, ...]:
    """Return every story, by topic and then as written."""
    return tuple(
        _story(path.stem, one)
        for path in sorted(FOLDER.glob("*.yaml"))
        for one in yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    )


def _story(topic: str, raw: dict[str, Any]) -> Story:
    return Story(
        topic=topic,
        language=raw["language"],
        country=raw["country"],
        zone=raw.get("zone") or ZONES[raw["country"]],
        impact=raw.get("impact", "limited"),
        workaround=raw.get("workaround", True),
        environment=raw.get("environment", "production"),
        filer=raw.get("filer", "any"),
        about=tuple(raw["about"]) if "about" in raw else None,
        subjects=tuple(raw["subjects"]),
        description=raw["description"].strip(),
        fields=raw.get("fields", {}),
        times=raw.get("times", {}),
        picks={name: tuple(values) for name, values in raw.get("picks", {}).items()},
        files=tuple(raw.get("files", ())),
        turns=tuple((speaker, str(text).strip()) for turn in raw["turns"] for speaker, text in turn.items()),
    )


class Telling:
    """A story told once: its facts are settled when it is filed, its words are picked as they are asked for."""

    def __init__(
        self, story: Story, facts: Mapping[str, str], *, filed_at: datetime, dice: random.Random, taken: set[str]
    ) -> None:
        self.story = story
        self._dice = dice
        self._instants = _instants(story, filed_at, dice)
        picked = {name: str(dice.choice(values)) for name, values in story.picks.items()}
        self._facts = {**picked, **facts, **self._spoken_times()}
        self.subject = self._subject(taken)

    def say(self, text: str) -> str:
        """Return a text with its facts filled in and one of each [[turn|of phrase]] picked."""
        text = _CHOICE.sub(lambda found: self._dice.choice(found[1].split("|")), text)
        return _FACT.sub(lambda found: self._facts.get(found[1], found[0]), text)

    def answers(self, **common: Any) -> dict[str, Any]:
        """Return what is filed: the fields of every topic and those of this one."""
        story = self.story
        return {
            "subject": self.subject,
            "description": self.say(story.description),
            "language": story.language,
            "environment": story.environment,
            "impact": story.impact,
            "workaround": story.workaround,
            **{code: self._value(value) for code, value in story.fields.items()},
            **common,
        }

    def _subject(self, taken: set[str]) -> str:
        """Return a subject that no other ticket has yet; `taken` remembers it."""
        subjects = [self.say(one) for one in self._dice.sample(self.story.subjects, len(self.story.subjects))]
        named = [f"{subjects[0]} ({self._facts[name]})" for name in ("number_text", "waba", "case")]
        subject = next(one for one in [*subjects, *named] if one not in taken)
        taken.add(subject)
        return subject

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, dict):
            return {code: self._value(one) for code, one in value.items()}
        if not isinstance(value, str):
            return value
        if value.startswith("@"):
            name = value[1:]
            if name in self._instants:
                return self._instants[name].isoformat()
            return self._instants[name.removesuffix("_date")].date().isoformat()
        return self.say(value)

    def _spoken_times(self) -> dict[str, str]:
        language = self.story.language
        spoken = {}
        for name, at in self._instants.items():
            month = _MONTHS[language].split()[at.month - 1]
            spoken[name] = f"{at:%H:%M}"
            spoken[f"{name}_date"] = _DAY_FORMS[language].format(at.day, month)
        return spoken


def _instants(story: Story, filed_at: datetime, dice: random.Random) -> dict[str, datetime]:
    # One factor for all of them keeps their order; to the second, as logs have it.
    factor = dice.uniform(0.75, 1.4)
    zone = ZoneInfo(story.zone)
    return {
        name: (filed_at - timedelta(seconds=round(minutes * 60 * factor))).astimezone(zone).replace(microsecond=0)
        for name, minutes in story.times.items()
    }
