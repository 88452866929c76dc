"""Plays the lives of all tickets in the order of time, with every timer firing at its own moment in between."""

import gc
import heapq
import random
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions.credentials import issue_token
from accounts.actor import Actor, actor_for_token
from packages.policy.clock import Clock
from packages.queries.policies import in_force
from tickets.actions.change import Forbidden, NotNow
from tickets.actions.firing import due, fire_due
from tickets.demo.assets import facts_for
from tickets.demo.incident import play_incident
from tickets.demo.lives import Life
from tickets.demo.merging import play_merge
from tickets.demo.people import World, make_world
from tickets.demo.plans import Plan, plan_all
from tickets.demo.prepared import prepare_answers
from tickets.demo.stories import Telling, all_stories
from tickets.demo.webhooks import tell_of_webhooks
from tickets.notifications.outbox import quietly
from tickets.queries.offers import offer_for

SEED = "a portal that keeps its promises"
PAST_TICKETS = 255
DAYS = 90
FRESH = timedelta(hours=3)  # who was told of what is older knows it; of the rest there are mails to read


@transaction.atomic
def play(*, now: datetime) -> int:
    """Write people, organisations and their tickets of the last months; return how many tickets there are."""
    dice = random.Random(SEED)  # noqa: S311  the same story at each start
    world = make_world(now=now, since=timedelta(days=DAYS + 5))
    prepare_answers()
    token = _token(world, now=now - timedelta(days=DAYS + 5))
    plans = plan_all(all_stories(), world, now=now, past=PAST_TICKETS, days=DAYS, dice=dice)
    taken: set[str] = set()
    lives = [_life(plan, world, token, taken, now=now) for plan in plans]
    gc.disable()  # little of it goes before the end: searching it again and again would only take time
    try:
        _run([life.steps() for life in lives], until=now)
    finally:
        gc.enable()
    tell_of_webhooks(world.actors["partner"], now=now)
    play_incident(world, now=now)
    play_merge(world, now=now, dice=dice)
    return len(lives) + 1  # and the one that was merged


def _run(lives: list[Iterator[datetime]], *, until: datetime) -> None:
    queue = [(next(life), number, life) for number, life in enumerate(lives)]
    heapq.heapify(queue)
    while queue and queue[0][0] <= until:
        at, number, life = heapq.heappop(queue)
        with quietly() if at < until - FRESH else nullcontext():
            _fire_timers(until=at)
            try:
                following = next(life, None)
            except (NotNow, Forbidden):
                continue  # something else came first, such as a ticket that resolved itself: nobody goes on with it
        if following is not None:
            heapq.heappush(queue, (following, number, life))
    _fire_timers(until=until)


def _fire_timers(*, until: datetime) -> None:
    while True:
        due_at = due(until).values_list("due_at", flat=True)[:1]
        if not due_at:
            return
        fire_due(due_at[0])


def _life(plan: Plan, world: World, token: Actor, taken: set[str], *, now: datetime) -> Life:
    dice = random.Random(f"{SEED} {plan.number}")  # noqa: S311
    filed_at = plan.filed_at or _aged(plan, world, now=now)
    about = plan.client or plan.company
    facts = {**facts_for(about, plan.story.country, dice), **_names(plan, world)}
    telling = Telling(plan.story, facts, filed_at=filed_at, dice=dice, taken=taken)
    policy = in_force(now).policy  # the only one there is
    return Life(plan, telling, world, policy, filed_at=filed_at, today=now, token=token, dice=dice)


def _names(plan: Plan, world: World) -> dict[str, str]:
    person = world.actors[plan.filer].user
    about = world.organisations[plan.client or plan.company]
    names = {"me": person.get_short_name() if person else "", "company": world.organisations[plan.company].name}
    # Where it is about a client that we know, the story is not about somebody made up.
    known = dict.fromkeys(("firm", "shop", "name"), about.name) if not about.is_partner else {}
    return {**names, **known, "about": about.name}


def _aged(plan: Plan, world: World, *, now: datetime) -> datetime:
    """Return when to file so that by now a share of the promised opening time has passed."""
    story = plan.story
    offer = offer_for(
        world.organisations[plan.company],
        story.topic,
        impact=story.impact,
        workaround=story.workaround,
        environment=story.environment,
        now=now,
        version=in_force(now),
    )
    return _so_long_ago(offer.clock, offer.target * (plan.age or 0), now)


def _so_long_ago(clock: Clock, open_time: timedelta, now: datetime) -> datetime:
    early, late = now - timedelta(days=40), now
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if clock.open_time_between(middle, now) > open_time:
            early = middle
        else:
            late = middle
    return late


def _token(world: World, *, now: datetime) -> Actor:
    """Return Meridian's own token: its monitoring files a ticket when messaging stops."""
    by = world.actors["partner"]
    token, _ = issue_token(
        user=None,
        organisation=by.organisation,
        name="Monitoring",
        by=by.user,
        now=now,
        ends_at=now + timedelta(days=365),
    )
    return actor_for_token(token)
