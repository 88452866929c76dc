"""It got worse: until the first response a person changes impact and workaround, and sees the new deadline before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.web.guards import actor_of, signed_in
from packages.policy.severity import Severity
from tickets.actions.change import NotNow
from tickets.actions.guards import is_filing_side
from tickets.actions.promising import Cause, replacement, running
from tickets.actions.triage import REASON_NEEDED, get_worse
from tickets.models import Ticket
from tickets.queries.access import ticket_or_404
from tickets.queries.offers import found_severity
from tickets.queries.promise_state import promise_calendar, promise_terms
from tickets.web.promise_card import deadline_words
from tickets.web.refusals import back_to, done, posts
from tickets.wording import refusal, severity_reason


@dataclass(frozen=True, slots=True)
class Answers:
    """The two questions, as they stand or as they are answered now."""

    impact: str
    workaround: bool


@require_GET
@signed_in
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the two questions as they were answered; with other answers in the address, what they would promise."""
    actor = actor_of(request)
    found = ticket_or_404(actor, reference)
    if not is_filing_side(found, actor):
        raise PermissionDenied(refusal("partner_only"))
    if running(found) is None:
        return back_to(reference)
    return _page(request, found, _read(request.GET, found))


@posts
def worsen(request: HttpRequest, reference: str) -> HttpResponse:
    """Change the answers, with the reason; without scripts the same form first shows the new deadline."""
    actor, now = actor_of(request), timezone.now()
    found = ticket_or_404(actor, reference)
    answers, reason = _read(request.POST, found), request.POST.get("reason", "")[:2000]
    if "look" in request.POST and is_filing_side(found, actor) and running(found) is not None:
        return _page(request, found, answers, reason=reason)
    try:
        get_worse(found, impact=answers.impact, workaround=answers.workaround, reason=reason, by=actor, now=now)
    except NotNow as error:
        if error.code != REASON_NEEDED:
            raise
        return _page(request, found, answers, error=_("Say what got worse: support reads it."), status=400)
    done(request, _("Support knows that it got worse."))
    return back_to(reference)


def _page(
    request: HttpRequest, found: Ticket, answers: Answers, *, reason: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "ticket": found,
        "impacts": Ticket.Impact.choices,
        "answers": answers,
        "reason": reason,
        "error": error,
        "would": _would(found, answers, now=timezone.now()),
    }
    return render(request, "tickets/ticket_worse.html", context, status=status)


def _would(found: Ticket, answers: Answers, *, now: datetime) -> dict[str, Any]:
    """Return what the answers would promise, in words; the deadline stays when they raise nothing."""
    old = running(found)
    assert old is not None  # the callers asked
    terms = promise_terms(old)
    finding = found_severity(
        terms,
        terms.policy.packages[old.package.code],
        found.topic.code,
        impact=answers.impact,
        workaround=answers.workaround,
        environment=found.environment,
    )
    zone = promise_calendar(old).zone
    was = deadline_words(old.due_at, zone=zone, now=now)
    if finding.severity.rank >= Severity(found.severity).rank:
        return {"severity": found.severity, "is_raised": False, "was": was}
    offer = replacement(old, finding.severity, cause=Cause.WORSE, now=now)
    return {
        "severity": finding.severity.value,
        "is_raised": True,
        "why": severity_reason(finding.reason),
        "due": deadline_words(offer.due_at, zone=zone, now=now),
        "was": was,
    }


def _read(given: Any, found: Ticket) -> Answers:
    impact = given.get("impact", "")
    workaround = given.get("workaround", "")
    return Answers(
        impact=impact if impact in Ticket.Impact.values else found.impact,
        workaround=workaround == "yes" if workaround in ("yes", "no") else found.workaround,
    )
