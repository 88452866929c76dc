"""Change the selected tickets of the queue one by one, and say what was done, what was skipped, and why.

What is selected and what was typed outlives the change: it waits in the session for the queue's next page.
"""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.models import User
from accounts.policy.roles import STAFF, May
from packages.policy.severity import Severity
from tickets.actions import triage
from tickets.actions.change import Forbidden, NotNow, StaleTicket
from tickets.actions.completing import send_back
from tickets.actions.ending import resolve
from tickets.actions.incidents import mark
from tickets.actions.merging import merge
from tickets.actions.promising import Cause
from tickets.admin.bulk_steps import SHOWN, NotSaid, Skip, ask_merge, ask_send_back, asked_in, oldest
from tickets.admin.desk_forms import REASON_MOST
from tickets.admin.desk_frame import actor_of
from tickets.admin.desk_incident import chosen_incident
from tickets.admin.queue import address
from tickets.admin.refusals import sentence
from tickets.admin.selection import keep
from tickets.models import Incident, Ticket
from tickets.policy.lifecycle import ENDED
from tickets.queries.desk import Narrowing

MOST = 100  # tickets at once
CAUSES = {Cause.CORRECTED.value: Cause.CORRECTED, Cause.WORSE.value: Cause.WORSE}
OTHERS = "somebody else has it, and only a lead reassigns those in bulk"
CHANGED = "it changed since you looked"
NO_INCIDENT = "Nothing was changed: choose an incident that goes on."

STEPS: dict[str, Callable[..., HttpResponse]] = {"merge": ask_merge, "send_back": ask_send_back}

Change = Callable[[Ticket, int], object]  # a ticket and the version of it that was seen


class Itself(Exception):
    """The ticket into which the others are merged: there is nothing to say of it."""


@require_POST
def change_selected(request: HttpRequest) -> HttpResponse:
    """Do something with what is selected. Each is a change of its own: one that fails stops no other.

    Merging and sending back ask once more, on a page of their own, before they are done.
    """
    by, now, post = actor_of(request), timezone.now(), request.POST
    back = redirect(address(Narrowing.read(QueryDict(post.get("back", "")))))
    selected = _selected(request)
    if not selected:
        messages.warning(request, "Select at least one ticket first.")
        return back
    keep(request)
    if post.get("do") == "nothing":
        return back
    found = list(Ticket.objects.visible_to(by).filter(reference__in=selected).select_related(*SHOWN).order_by("pk"))
    ask = STEPS.get(post.get("do", ""))
    try:
        if ask is not None and not post.get("sure"):
            return ask(request, found, selected)
        try:
            did, change = _change(post, found, by=by, now=now)
        except NotSaid as problem:
            if ask is None:
                raise
            return ask(request, found, selected, str(problem))
    except Skip as problem:
        keep(request, typed=True)
        messages.warning(request, str(problem))
        return back
    done, skipped = _each(found, selected, change, now=now)
    if done:
        messages.success(request, f"{did}: {_listed(done)}.")
    for reason, references in skipped.items():
        messages.warning(request, f"Skipped {_listed(references)}: {reason}.")
    return back


def _selected(request: HttpRequest) -> dict[str, int]:
    """Read "TK-7F3K9Q:12" as a reference and the version that the person saw."""
    found = {}
    for value in request.POST.getlist("selected")[:MOST]:
        reference, _, version = value.partition(":")
        if reference.isprintable() and version.isascii() and version.isdigit() and len(version) < 10:
            found[reference] = int(version)
    return found


def _change(post: QueryDict, found: list[Ticket], *, by: Actor, now: datetime) -> tuple[str, Change]:
    """Return what to do with each ticket, and the words for having done it. Raises: Skip."""
    match post.get("do"):
        case "assign":
            person = _person(post.get("assignee", ""), by)
            return f"Assigned to {person or 'nobody'}", lambda ticket, seen: _assign(ticket, person, by, now, seen)
        case "reclassify":
            severity, cause, reason = post.get("severity", ""), post.get("cause", ""), post.get("reason", "").strip()
            if severity not in list(Severity) or cause not in CAUSES or not reason:
                raise NotSaid("Nothing was changed: choose a severity and a cause, and write the reason.")
            label = Ticket.Severity(severity).label
            return f"Reclassified as {label}", lambda ticket, seen: triage.reclassify(
                ticket, Severity(severity), cause=CAUSES[cause], reason=reason, by=by, now=now, expected=seen
            )
        case "mark":
            incident = _incident(post.get("incident", ""))
            return f"Marked as part of “{incident}”", lambda ticket, seen: _mark(ticket, incident, by, now, seen)
        case "resolve":
            return "Resolved", lambda ticket, seen: resolve(ticket, by=by, now=now, expected=seen)
        case "send_back":
            asks = asked_in(post)
            return "Sent back", lambda ticket, seen: send_back(ticket, asks, by=by, now=now, expected=seen)
        case "merge":
            target = oldest(found)
            reason = post.get("reason", "")[:REASON_MOST]
            return f"Merged into {target.reference}", lambda ticket, seen: _merge(ticket, target, reason, by, now, seen)
    raise Skip("Nothing was changed: choose what to do with the selected tickets.")


def _person(value: str, by: Actor) -> User | None:
    if value == "nobody":
        return None
    if value == "me":
        return by.user
    people = User.objects.filter(role__in=sorted(STAFF), is_active=True)
    person = people.filter(pk=int(value)).first() if value.isascii() and value.isdigit() and len(value) < 16 else None
    if person is None:
        raise Skip("Nothing was changed: choose a person of support.")
    return person


def _incident(value: str) -> Incident:
    incident = chosen_incident(value)
    if incident is None or incident.is_over:
        raise NotSaid(NO_INCIDENT)
    return incident


def _assign(ticket: Ticket, person: User | None, by: Actor, now: datetime, seen: int) -> None:
    someone_elses = ticket.assignee_id is not None and by.user is not None and ticket.assignee_id != by.user.pk
    if someone_elses and not by.may(May.LEAD):
        raise Skip(OTHERS)
    triage.assign(ticket, person, by=by, now=now, expected=seen)


def _mark(ticket: Ticket, incident: Incident, by: Actor, now: datetime, seen: int) -> None:
    # What it is now says why not only if that is what the person saw; of anything else the action says that it changed.
    if ticket.version == seen and (why := _unmarkable(ticket, incident)):
        raise Skip(why)
    mark(ticket, incident, by=by, now=now, expected=seen)


def _unmarkable(ticket: Ticket, incident: Incident) -> str:
    """Say why a selected ticket is not marked; on its own page it still can be."""
    if ticket.incident_id == incident.pk:
        return "it is part of it already"
    if ticket.incident_id is not None:
        return "it is part of another incident"
    if ticket.merged_into_id is not None:
        return "it is merged into another"
    return "it has ended" if ticket.state in ENDED else ""


def _merge(ticket: Ticket, target: Ticket, reason: str, by: Actor, now: datetime, seen: int) -> None:
    if ticket.pk == target.pk:
        raise Itself
    merge(ticket, target, reason=reason, by=by, now=now, expected=seen)


def _each(
    found: list[Ticket], selected: dict[str, int], change: Change, *, now: datetime
) -> tuple[list[str], dict[str, list[str]]]:
    """Change one ticket after the other. Return those that were changed, and the others by the reason why not."""
    by_reference = {ticket.reference: ticket for ticket in found}
    done: list[str] = []
    skipped: dict[str, list[str]] = {}
    for reference, seen in selected.items():
        if reference not in by_reference:
            continue
        try:
            change(by_reference[reference], seen)
        except Itself:
            continue
        except StaleTicket:
            skipped.setdefault(CHANGED, []).append(reference)
        except (Forbidden, NotNow) as problem:
            why = sentence(problem, by_reference[reference], now=now).rstrip(".")
            skipped.setdefault(why, []).append(reference)
        except Skip as problem:
            skipped.setdefault(str(problem), []).append(reference)
        else:
            done.append(reference)
    return done, skipped


def _listed(references: list[str]) -> str:
    count = f"{len(references)} ticket{'' if len(references) == 1 else 's'}"
    return f"{count} ({', '.join(references)})" if len(references) <= 8 else count
