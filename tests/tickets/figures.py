"""Promises that ended at random within some weeks, written directly, and a slow recount of them to compare with."""

import math
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from packages.models import Package
from tests.cast import Cast, make_ticket
from tickets.models import InformationRequest, Promise, Ticket

TARGETS = {"critical": timedelta(hours=4), "urgent": timedelta(hours=8), "standard": timedelta(hours=24)}
LOWER = {"critical": "urgent", "urgent": "standard"}


def end_promises(cast: Cast, count: int, *, until: datetime, days: int, seed: int = 1) -> None:
    """Write so many ended promises of six tickets, of two organisations and three topics, with every outcome."""
    dice = random.Random(seed)
    early = until - timedelta(days=days)
    tickets = [
        make_ticket(by, topic, now=early)
        for by in (cast.owner, cast.outsider)
        for topic in ("other", "templates", "onboarding")
    ]
    running = {ticket.pk: ticket.promise for ticket in tickets}
    packages = list(Package.objects.all())
    number = dict.fromkeys(running, 1)
    rows = []
    for _ in range(count):
        ticket = dice.choice(tickets)
        rows += _ended(ticket, running[ticket.pk], number, packages, early, until, dice)
    Promise.objects.bulk_create(rows)


def end_promise(ticket: Ticket, at: datetime, *, number: int = 1000) -> Promise:
    """Write a promise of a ticket that was kept at an instant, as it stands in the ledger: it can't be changed."""
    like = ticket.promise
    return Promise.objects.create(
        ticket=ticket, number=number, version=like.version, package=like.package, calendar=like.calendar,
        severity=like.severity, target=like.target, started_at=at - timedelta(hours=1), close_at=at,
        due_at=at + timedelta(hours=1), cause="filed", made_at=at - timedelta(hours=1), answered_at=at, ended_at=at,
        used=timedelta(hours=1), outcome="kept",
    )  # fmt: skip


def _ended(
    ticket: Ticket,
    like: Promise,
    number: dict[int, int],
    packages: list[Package],
    early: datetime,
    until: datetime,
    dice: random.Random,
) -> list[Promise]:
    severity = dice.choice(list(TARGETS))
    at = early + (until - early) * dice.random()
    outcome = dice.choices(["kept", "missed", "void", "replaced"], [70, 12, 9, 9])[0]
    used = TARGETS[severity] * (dice.random() * 0.999 if outcome != "missed" else 1 + dice.expovariate(1))
    answered = outcome == "kept" or (outcome == "missed" and dice.random() < 0.8)
    number[ticket.pk] += 1
    promise = Promise(
        ticket=ticket, number=number[ticket.pk], version=like.version, package=dice.choice(packages),
        calendar=like.calendar, severity=severity, target=TARGETS[severity], started_at=at - used,
        close_at=at - used, due_at=at + timedelta(hours=1) if outcome != "missed" else at, cause="filed",
        made_at=at - used, answered_at=at if answered else None, ended_at=at, used=used, outcome=outcome,
    )  # fmt: skip
    if outcome == "void" and dice.random() < 0.7:
        _send_back(ticket, at)
    if outcome != "replaced":
        return [promise]
    # What replaces it has ended too; a lowered one is followed by a lower severity.
    number[ticket.pk] += 1
    follower = Promise(
        ticket=ticket, number=number[ticket.pk], version=like.version, package=promise.package,
        calendar=like.calendar, severity=LOWER.get(severity, "critical"), target=timedelta(hours=3), started_at=at,
        close_at=at, due_at=at + timedelta(hours=3), cause="corrected", made_at=at,
        answered_at=at + timedelta(minutes=9), ended_at=at + timedelta(minutes=9), used=timedelta(minutes=9),
        outcome="kept",
    )  # fmt: skip
    return [promise, follower]


def _send_back(ticket: Ticket, at: datetime) -> None:
    InformationRequest.objects.create(ticket=ticket, asks={"subject": "x"}, by=ticket.filed_by, at=at, ended_at=at)


def recounted(promises: Iterable[Promise]) -> dict[str, int]:
    """Count promises one by one, each with a query of its own for what followed it."""
    found = dict.fromkeys(("kept", "missed", "void", "replaced", "sent_back", "lowered"), 0)
    for one in promises:
        found[str(one.outcome)] += 1
        found["sent_back"] += InformationRequest.objects.filter(ticket=one.ticket_id, at=one.ended_at).exists()
        following = Promise.objects.filter(ticket=one.ticket_id, number=one.number + 1).exclude(cause="completed")
        ranks = ["critical", "urgent", "standard"]
        found["lowered"] += any(ranks.index(two.severity) > ranks.index(one.severity) for two in following)
    return found


def exact_rank(values: Iterable[float], part: float) -> float:
    """Return the nearest rank of the values themselves."""
    ordered = sorted(values)
    return ordered[max(math.ceil(part * len(ordered)) - 1, 0)]


def grouped(promises: Iterable[Promise], key: Callable[[Promise], object]) -> dict[object, list[Promise]]:
    found: dict[object, list[Promise]] = {}
    for one in promises:
        found.setdefault(key(one), []).append(one)
    return found
