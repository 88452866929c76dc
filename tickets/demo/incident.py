"""Declares what goes wrong for many in the demonstration: `incident.yaml`, and some tickets that are part of it."""

from datetime import datetime, timedelta
from pathlib import Path

import yaml

from packages.models import Topic
from tickets.actions.incidents import Declared, declare, mark, subscribe
from tickets.demo.people import World
from tickets.models import Ticket

FILE = Path(__file__).resolve().parent / "incident.yaml"
BEGAN = timedelta(minutes=70)
PARTS = 3  # tickets
WAITING = ("tomas", "pilar", "samir")  # who wants to know when it is over


def play_incident(world: World, *, now: datetime) -> None:
    row = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    texts = {language: text.strip() for language, text in row["texts"].items()}
    topics = list(Topic.objects.filter(code__in=row["topics"]))
    began = now - BEGAN
    by = world.actors["ravi"]
    incident = declare(Declared(row["titles"], texts, topics), by=by, now=began)
    for key in WAITING:
        subscribe(incident, by=world.actors[key], now=began + timedelta(minutes=20))
    tickets = Ticket.objects.open().filter(topic__in=topics).order_by("-filed_at")
    for ticket in tickets[:PARTS]:
        mark(ticket, incident, by=by, now=max(ticket.filed_at, began) + timedelta(minutes=5))
