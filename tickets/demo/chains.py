"""How an escalation of the demonstration goes, step by step."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tickets.actions import escalations
from tickets.models import Escalation

if TYPE_CHECKING:
    from tickets.demo.lives import Life

MINUTE = timedelta(minutes=1)


def chain(life: "Life") -> Iterator[datetime]:
    """Play the steps of the plan on the ticket's opening time; each is taken by whoever may."""
    if not life.manager:
        return
    manager = life.world.actors[life.manager]
    partner = life.world.partner_in_a_tier(life.plan.company)
    # A client's own member can't ask: somebody of its partner does.
    asker = life.person if life.plan.company == partner else life.world.actors[life.world.members(partner)[0]]
    cause = "late" if life.plan.early else life.dice.choice(["no_progress", "impact_grew", "wrong_answer"])
    opened: Escalation | None = None
    if life.plan.early:
        yield life.open_time(life.target() * 1.03)
    for step in life.plan.escalation:
        yield life.open_time(life.dice.uniform(4, 14) * MINUTE * (6 if step == "conclude" else 1))
        if step in ("ask", "initiate"):
            act = escalations.ask if step == "ask" else escalations.initiate
            by = asker if step == "ask" else manager
            opened = act(life.ticket, cause=cause, reason=life.phrase(f"escalate_{cause}"), by=by, now=life.at)
        elif opened is not None:
            _go_on(life, step, opened, asker_may_withdraw=step == "withdraw")


def _go_on(life: "Life", step: str, opened: Escalation, *, asker_may_withdraw: bool) -> None:
    manager = life.world.actors[life.manager]
    if step == "escalate":
        escalations.escalate(opened, by=manager, now=life.at)
    elif step == "decline":
        escalations.decline(opened, reason=life.phrase("decline"), by=manager, now=life.at)
    elif step == "withdraw":
        escalations.withdraw(opened, by=life.person, now=life.at)
    elif step == "acknowledge":
        escalations.acknowledge(opened, by=life.lead, now=life.at)
    elif step == "conclude":
        escalations.conclude(opened, outcome=life.phrase("conclude"), by=life.lead, now=life.at)
