"""What will happen on each ticket of the demonstration, decided before the first one is filed."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tickets.demo.people import COMPANIES, PEOPLE, Kind, World
from tickets.demo.stories import ZONES, Story

WHOLE_STORY = 99


@dataclass(frozen=True, slots=True)
class Plan:
    """The fate of one ticket.

    `used` is the share of the promised time after which support answers; `turns` how many turns of the story are
    played; `escalation` the steps of the chain, before the first response if `early`. `age` places the filing: so much
    of the promised time has passed by now (None: `filed_at` says when). In _OPEN, `waits` plays up to that turn.
    """

    number: int
    story: Story
    company: str
    filer: str
    client: str = ""
    filed_at: datetime | None = None
    age: float | None = None
    used: float = 0.4
    turns: int = WHOLE_STORY
    vague: bool = False  # filed with a useless description, and sent back
    completed: bool = True
    reclassified: str = ""  # raise, lower or worse
    escalation: tuple[str, ...] = ()
    early: bool = False
    withdrawn: bool = False
    reopened: bool = False
    disputed: bool = False
    rating: int = 0
    by_token: bool = False


# What stands open when the demonstration starts: who, which topics, and what has become of it.
_OPEN: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("meridian", "templates", {"age": 0.22, "used": 9.0}),
    ("meridian", "number_porting", {"age": 0.55, "used": 9.0}),
    ("meridian", "onboarding", {"age": 0.86, "used": 9.0}),
    ("meridian", "business_verification", {"age": 1.15, "used": 9.0}),
    (
        "meridian",
        "messaging_delays",
        {"age": 6.0, "used": 0.5, "turns": 3, "escalation": ("ask", "escalate", "acknowledge")},
    ),
    ("meridian", "service_reduced", {"age": 4.0, "used": 0.6, "turns": 2, "escalation": ("ask",)}),
    ("meridian", "other", {"age": 0.5, "vague": True, "completed": False}),
    ("meridian", "changing_partners", {"age": 2.5, "used": 0.4, "waits": "ask"}),
    ("meridian", "commerce_policy", {"age": 3.0, "used": 0.4, "waits": "platform"}),
    ("meridian", "messaging_stopped", {"age": 9.0, "used": 0.7, "turns": 2, "by_token": True}),
    ("silverline", "templates", {"age": 0.9, "used": 9.0}),
    ("silverline", "number_porting", {"age": 1.3, "used": 9.0, "escalation": ("ask", "escalate"), "early": True}),
    ("silverline", "commerce_policy", {"age": 3.0, "used": 0.5, "turns": 2}),
    ("silverline", "number_registration", {"age": 0.3, "used": 9.0}),
    ("altiplano", "messaging_delays", {"age": 0.4, "used": 9.0}),
    ("altiplano", "number_registration", {"age": 3.0, "used": 0.8, "turns": 2, "escalation": ("initiate",)}),
    ("altiplano", "official_business_account", {"age": 2.0, "used": 0.3, "waits": "platform"}),
    ("altiplano", "service_reduced", {"age": 5.0, "used": 0.5, "turns": 2, "escalation": ("ask", "decline")}),
    ("altiplano", "api_unreachable", {"age": 8.0, "used": 0.6, "turns": 3}),
    ("volna", "templates", {"age": 0.6, "used": 9.0}),
    ("volna", "number_registration", {"age": 1.05, "used": 9.0}),
    ("volna", "number_porting", {"age": 4.0, "used": 0.5, "waits": "ask"}),
    ("volna", "official_business_account", {"age": 2.6, "used": 0.5, "waits": "platform"}),
    ("volna", "commerce_policy", {"age": 0.7, "vague": True, "completed": False}),
    ("volna", "messaging_delays", {"age": 5.0, "used": 0.7, "turns": 2}),
    ("kanalwerk", "service_reduced", {"age": 0.2, "used": 9.0}),
    ("kanalwerk", "number_porting", {"age": 1.8, "used": 0.6, "turns": 1}),
    ("kanalwerk", "business_verification", {"age": 2.2, "used": 0.4, "waits": "platform"}),
    ("kanalwerk", "onboarding", {"age": 1.6, "used": 0.2, "waits": "ask"}),
    ("kanalwerk", "onboarding", {"age": 0.35, "vague": True}),
    ("nordlicht", "templates", {"age": 0.15, "used": 9.0}),
    ("nordlicht", "other", {"age": 1.5, "used": 0.3, "waits": "ask"}),
    ("nordlicht", "number_registration", {"age": 0.84, "used": 9.0}),
    ("azul", "number_porting", {"age": 1.6, "used": 0.5, "turns": 1}),
    ("azul", "templates", {"age": 0.45, "used": 9.0}),
    ("velmira", "commerce_policy", {"age": 0.8, "vague": True, "completed": False}),
    ("velmira", "number_registration", {"age": 0.65, "used": 9.0}),
    ("altivega", "messaging_stopped", {"age": 9.0, "used": 0.5, "turns": 1}),
    ("verella", "number_registration", {"age": 1.2, "used": 0.9, "turns": 1}),
    ("tidewick", "number_registration", {"age": 0.3, "used": 9.0}),
    ("tidewick", "messaging_delays", {"age": 7.0, "used": 0.6, "turns": 2}),
    ("tidewick", "official_business_account", {"age": 1.4, "used": 0.3, "waits": "ask"}),
    ("wendelau", "official_business_account", {"age": 0.25, "used": 9.0}),
    ("wendelau", "messaging_stopped", {"age": 11.0, "used": 1.2, "turns": 2}),
)


_CHAINS: tuple[tuple[str, ...], ...] = (
    ("ask", "escalate", "acknowledge", "conclude"),
    ("initiate", "acknowledge", "conclude"),
    ("ask", "decline"),
    ("ask", "withdraw"),
)


def plan_all(
    stories: Sequence[Story], world: World, *, now: datetime, past: int, days: int, dice: random.Random
) -> list[Plan]:
    """Return the fate of `past` tickets over the last `days`, and of those that stand open now."""
    used: Counter[Story] = Counter()
    plans = [replace(plan, number=number) for number, plan in enumerate(_open_ones(stories, world, used, dice))]
    for story in _in_turns(stories, used, past, dice):
        company = _company_for(story, dice)
        plan = _filed(len(plans), story, company, world, dice)
        plans.append(_fated(replace(plan, filed_at=_a_moment(story, now, days, dice)), world, dice))
    return plans


def _open_ones(stories: Sequence[Story], world: World, used: Counter[Story], dice: random.Random) -> Iterator[Plan]:
    for company, topic, fate in _OPEN:
        fitting = [one for one in stories if one.topic == topic and _fits(one, company)]
        waits = str(fate.get("waits", ""))
        if waits:
            fitting = [one for one in fitting if _turns_until(one, waits)]
        story = min(fitting, key=lambda one: (used[one], dice.random()))
        used[story] += 1
        facts = {name: value for name, value in fate.items() if name != "waits"}
        if waits:
            facts["turns"] = _turns_until(story, waits)
        if (share := facts.get("used", 9.0)) < 1:  # type: ignore[operator]
            facts["used"] = share * dice.uniform(0.75, 1.1)  # type: ignore[operator]
        yield replace(_filed(0, story, company, world, dice), **facts)  # type: ignore[arg-type]


def _turns_until(story: Story, speaker: str) -> int:
    """Return after how many turns the story waits for somebody, 0 if it never does."""
    return next((place for place, (who, _) in enumerate(story.turns, 1) if who == speaker), 0)


def _in_turns(stories: Sequence[Story], used: Counter[Story], how_many: int, dice: random.Random) -> Iterator[Story]:
    """Yield stories so that none is told much more often than another."""
    for _ in range(how_many):
        story = min(stories, key=lambda one: (used[one], dice.random()))
        used[story] += 1
        yield story


def _fits(story: Story, key: str) -> bool:
    company = COMPANIES[key]
    kind = "partner" if company.kind == Kind.PARTNER else "client"
    speaks = story.language in company.speaks and story.filer in ("any", kind)
    return speaks and (kind == "partner" or _is_about(story, key))


def _is_about(story: Story, client: str) -> bool:
    return story.about is None or client in story.about


def _company_for(story: Story, dice: random.Random) -> str:
    fitting = [key for key in COMPANIES if _fits(story, key)]
    weights = [COMPANIES[key].busy * COMPANIES[key].speaks[story.language] for key in fitting]
    return dice.choices(fitting, weights)[0]


def _filed(number: int, story: Story, company: str, world: World, dice: random.Random) -> Plan:
    members = world.members(company)
    speakers = [key for key in members if PEOPLE[key].language == story.language] or members[:1]
    clients = [
        key for key in world.clients(company) if story.language in COMPANIES[key].speaks and _is_about(story, key)
    ]
    if story.topic in ("onboarding", "changing_partners"):  # about somebody who is no client yet
        clients = []
    client = dice.choice(clients) if clients and dice.random() < 0.55 else ""
    return Plan(number, story, company, dice.choice(speakers), client)


def _fated(plan: Plan, world: World, dice: random.Random) -> Plan:
    """Decide what becomes of a ticket of the past."""
    chance = dice.random
    # Most answers come well in time, some close to it, a few too late.
    used = dice.triangular(0.06, 0.95, 0.3) if chance() > 0.09 else dice.uniform(1.02, 1.7)
    escalated = bool(world.partner_in_a_tier(plan.company)) and chance() < 0.1
    if escalated:
        early = used > 1
        steps = dice.choices(_CHAINS, weights=(6, 2, 2, 2))[0]
        return replace(plan, used=used, escalation=steps, early=early, rating=dice.choice([0, 2, 3]))
    if chance() < 0.08:
        return replace(plan, used=used, vague=True, completed=chance() < 0.75, rating=dice.choice([0, 2, 3]))
    if chance() < 0.05:
        return replace(plan, withdrawn=True)
    return replace(
        plan,
        used=used,
        # Now and then nobody answers support's question.
        turns=(_turns_until(plan.story, "ask") if chance() < 0.25 else 0) or WHOLE_STORY,
        reclassified=dice.choice(["raise", "lower", "worse"]) if chance() < 0.07 else "",
        reopened=chance() < 0.06,
        disputed=chance() < 0.03,
        rating=dice.choice([3, 3, 3, 2, 1 if used > 1 else 3]) if chance() < 0.4 else 0,
        by_token=plan.company == "meridian" and plan.story.topic == "messaging_stopped",
    )


def _a_moment(story: Story, now: datetime, days: int, dice: random.Random) -> datetime:
    """Return a moment of the last `days`, but for the last six: mostly a working day, mostly office hours there."""
    zone = ZoneInfo(ZONES[story.country])
    while True:
        day = now.astimezone(zone) - timedelta(days=dice.uniform(6, days))
        if day.weekday() < 5 or dice.random() < 0.25:
            break
    hour = dice.triangular(8, 20, 11) if dice.random() < 0.9 else dice.uniform(0, 24)
    moment = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(seconds=round(hour * 3600))
    return min(moment, now - timedelta(days=6)).astimezone(now.tzinfo)
