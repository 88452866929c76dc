"""Change the selected tickets of the queue one by one, and say what was done, what was skipped, and why."""

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
from tickets.actions.ending import resolve
from tickets.actions.promising import Cause
from tickets.admin.desk_frame import actor_of
from tickets.admin.queue import address
from tickets.models import Ticket
from tickets.queries.desk import Narrowing
from tickets.wording import refusal

MOST = 100  # tickets at once
CAUSES = {Cause.CORRECTED.value: Cause.CORRECTED, Cause.WORSE.value: Cause.WORSE}
OTHERS = "somebody else has it, and only a lead reassigns those in bulk"
CHANGED = "it changed since you looked"

Change = Callable[[Ticket, int], object]  # a ticket and the version of it that was seen


class _Skip(Exception):
    """This one is left as it is; the message says why."""


@require_POST
def change_selected(request: HttpRequest) -> HttpResponse:
    """Assign, reclassify or resolve what is selected. Each is a change of its own: one that fails stops no other."""
    back = redirect(address(Narrowing.read(QueryDict(request.POST.get("back", "")))))
    selected = _selected(request)
    if not selected:
        messages.warning(request, "Select at least one ticket first.")
        return back
    try:
        did, change = _change(request.POST, by=actor_of(request), now=timezone.now())
    except _Skip as problem:
        messages.warning(request, str(problem))
        return back
    done, skipped = _each(actor_of(request), selected, change)
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
        if version.isascii() and version.isdigit() and len(version) < 10:
            found[reference] = int(version)
    return found


def _change(post: QueryDict, *, by: Actor, now: datetime) -> tuple[str, Change]:
    """Return what to do with each ticket, and the words for having done it. Raises: _Skip."""
    match post.get("do"):
        case "assign":
            person = _person(post.get("assignee", ""), by)
            return f"Assigned to {person or 'nobody'}", lambda ticket, seen: _assign(ticket, person, by, now, seen)
        case "reclassify":
            severity, cause, reason = post.get("severity", ""), post.get("cause", ""), post.get("reason", "").strip()
            if severity not in list(Severity) or cause not in CAUSES or not reason:
                raise _Skip("Nothing was changed: choose a severity and a cause, and write the reason.")
            label = Ticket.Severity(severity).label
            return f"Reclassified as {label}", lambda ticket, seen: triage.reclassify(
                ticket, Severity(severity), cause=CAUSES[cause], reason=reason, by=by, now=now, expected=seen
            )
        case "resolve":
            return "Resolved", lambda ticket, seen: resolve(ticket, by=by, now=now, expected=seen)
    raise _Skip("Nothing was changed: choose what to do with the selected tickets.")


def _person(value: str, by: Actor) -> User | None:
    if value == "nobody":
        return None
    if value == "me":
        return by.user
    people = User.objects.filter(role__in=sorted(STAFF), is_active=True)
    person = people.filter(pk=int(value)).first() if value.isascii() and value.isdigit() and len(value) < 16 else None
    if person is None:
        raise _Skip("Nothing was changed: choose a person of support.")
    return person


def _assign(ticket: Ticket, person: User | None, by: Actor, now: datetime, seen: int) -> None:
    someone_elses = ticket.assignee_id is not None and by.user is not None and ticket.assignee_id != by.user.pk
    if someone_elses and not by.may(May.LEAD):
        raise _Skip(OTHERS)
    triage.assign(ticket, person, by=by, now=now, expected=seen)


def _each(by: Actor, selected: dict[str, int], change: Change) -> tuple[list[str], dict[str, list[str]]]:
    """Change one ticket after the other. Return those that were changed, and the others by the reason why not."""
    found = {ticket.reference: ticket for ticket in Ticket.objects.visible_to(by).filter(reference__in=selected)}
    done: list[str] = []
    skipped: dict[str, list[str]] = {}
    for reference, seen in selected.items():
        if reference not in found:
            continue
        try:
            change(found[reference], seen)
        except StaleTicket:
            skipped.setdefault(CHANGED, []).append(reference)
        except (Forbidden, NotNow) as problem:
            sentence = refusal(problem.code, **problem.params).rstrip(".")
            skipped.setdefault(sentence, []).append(reference)
        except _Skip as problem:
            skipped.setdefault(str(problem), []).append(reference)
        else:
            done.append(reference)
    return done, skipped


def _listed(references: list[str]) -> str:
    count = f"{len(references)} ticket{'' if len(references) == 1 else 's'}"
    return f"{count} ({', '.join(references)})" if len(references) <= 8 else count
