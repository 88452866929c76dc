"""A ticket on one page of the desk: conversation, minimum information, promise, organisation, and what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.views.decorators.http import require_GET

from accounts.actor import Actor
from accounts.policy.roles import May
from packages.policy.document import Topic
from packages.policy.wording import wording
from packages.queries.policies import InForce, in_force, version
from packages.web.hours import support_line
from tickets.actions.attaching import staged_files
from tickets.actions.completing import open_request
from tickets.actions.guards import needs_lead
from tickets.actions.promising import running
from tickets.admin import desk_cards
from tickets.admin.desk_drafts import draft_of
from tickets.admin.desk_forms import ConcludeForm, PlatformForm, ReclassifyForm, TopicForm
from tickets.admin.desk_frame import actor_of, frame, ticket_url
from tickets.admin.desk_information import askable, information
from tickets.admin.incident_words import incident_card
from tickets.admin.prepared_words import prepared_answers, used_answer
from tickets.admin.queue_words import staff_choices
from tickets.admin.refusals import merge_sentence
from tickets.models import Ticket
from tickets.policy.lifecycle import ENDED, Status, may_move
from tickets.policy.merging import undo_refusal
from tickets.policy.uploads import ACCEPT
from tickets.queries.access import ticket_or_404
from tickets.queries.escalations import latest_escalation
from tickets.queries.merging import merged_conversations, side
from tickets.queries.neighbours import earlier_for, recent_of_organisation
from tickets.queries.related import related_to
from tickets.queries.timeline import Timeline, timeline_of
from tickets.web.thread_entries import Reader, shown_entries, shown_merged
from tickets.wording import status_word

SHOWN = (
    "organisation__growth_manager", "organisation__deputy",
    "organisation__partner__growth_manager", "organisation__partner__deputy", "incident",
)  # fmt: skip
DIALOGS = ("send_back", "reclassify", "topic", "platform", "conclude")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what an agent wanted was not done: the page comes back with it and with all that was entered.

    `seen` is the last event that they had seen, when the ticket changed meanwhile; `dialog` is the one that was sent.
    """

    sentence: str
    entered: QueryDict
    dialog: str = ""
    seen: int | None = None
    status: int = 409


@require_GET
def desk_ticket(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a ticket. `?do=reclassify` opens that dialog, for browsers without scripts."""
    return ticket_page(request, ticket_for(request, reference))


def ticket_for(request: HttpRequest, reference: str) -> Ticket:
    """Return the ticket with all that its page shows of organisations and managers. Raises: Http404."""
    return ticket_or_404(actor_of(request), reference, *SHOWN)


def ticket_page(request: HttpRequest, ticket: Ticket, trouble: Trouble | None = None) -> HttpResponse:
    """Show a ticket's page, perhaps with what could not be done."""
    now, actor = timezone.now(), actor_of(request)
    terms = in_force(now)
    form_terms = terms if ticket.form_version_id == terms.id else version(ticket.form_version_id)
    topic = form_terms.policy.topics.get(ticket.topic.code)
    timeline = timeline_of(ticket, form_terms, with_internal=True)
    context = {
        "ticket": ticket,
        "trouble": trouble,
        "status": status_word(ticket, is_staff=True)[0],
        "topic": wording(topic.name, "en") if topic else ticket.topic.code,
        "language": get_language_info(ticket.language)["name"],
        "entries": _entries(ticket, timeline, actor, now, trouble),
        "seen": timeline.last_seq,
        "nonce": _nonce(trouble),
        "accept": ACCEPT,
        "max_bytes": settings.ATTACHMENT_MAX_BYTES,
        "staff": staff_choices(now=now),
        "support_line": support_line(terms.policy, terms.policy.packages[terms.policy.default_package], now),
        **_may(ticket, actor, timeline, now),
        **_cards(ticket, topic, terms, timeline, actor, now),
        **_relations(ticket, actor, trouble, now),
        **_composer(request, ticket, actor, trouble, now),
        "incident_card": incident_card(ticket, now=now),
    }
    context |= _dialogs(request, ticket, topic, terms, context, trouble)
    status = trouble.status if trouble is not None else 200
    return render(request, "admin/desk/ticket.html", frame(request, **context), status=status)


def _entries(
    ticket: Ticket, timeline: Timeline, actor: Actor, now: datetime, trouble: Trouble | None
) -> list[dict[str, Any]]:
    """Return the conversation; what came while an agent wrote is marked."""
    shown = shown_entries(ticket, timeline, Reader(actor, now))
    seen = trouble.seen if trouble is not None else None
    if seen is None:
        return shown
    later = {f"e{entry.event.seq}" for entry in timeline.entries if entry.event.seq > seen}
    later |= {f"m{entry.message.pk}" for entry in timeline.entries if entry.message and entry.event.seq > seen}
    for one in shown:
        one["is_unseen"] = one["anchor"] in later
    return shown


def _may(ticket: Ticket, actor: Actor, timeline: Timeline, now: datetime) -> dict[str, Any]:
    """Return what can be done now, and why not; the actions decide again."""
    runs = running(ticket) is not None
    is_open = ticket.is_open
    guarded = (
        is_open and not actor.may(May.LEAD) and needs_lead(ticket, now=now, record=[e.event for e in timeline.entries])
    )
    return {
        "is_open": is_open,
        "is_running": runs,
        "is_guarded": guarded,
        "is_mine": actor.user is not None and ticket.assignee_id == actor.user.pk,
        "may_assign": is_open or ticket.state is Status.RESOLVED,
        "may_reclassify": is_open and not (guarded and ticket.severity == Ticket.Severity.CRITICAL),
        "may_send_back": runs and may_move(ticket.state, Status.NEEDS_INFORMATION),
        "may_resolve": is_open and not runs and may_move(ticket.state, Status.RESOLVED),
        "may_take_up": ticket.state in (Status.WAITING_PARTNER, Status.WAITING_PLATFORM),
        "may_wait": is_open and not runs and may_move(ticket.state, Status.WAITING_PARTNER),
        "may_wait_platform": is_open and not runs and may_move(ticket.state, Status.WAITING_PLATFORM),
        "is_resolved": ticket.state is Status.RESOLVED,
        "may_answer": ticket.state not in ENDED or ticket.state is Status.RESOLVED,
        "may_finish": ticket.state not in (Status.NEEDS_INFORMATION, *ENDED),
        "missing_stops": ticket.state is Status.NEEDS_INFORMATION,
    }


def _cards(
    ticket: Ticket, topic: Topic | None, terms: InForce, timeline: Timeline, actor: Actor, now: datetime
) -> dict[str, Any]:
    request = open_request(ticket) if ticket.state is Status.NEEDS_INFORMATION else None
    nothing: dict[str, Any] = {"fields": [], "not_given": "", "missing": 0}
    told = information(ticket, topic, list(timeline.files), request, now=now) if topic else nothing
    escalated = any(entry.event.kind.startswith("escalation_") for entry in timeline.entries)
    escalation = latest_escalation(ticket) if escalated else None
    return {
        "promise": desk_cards.promise_card(ticket, now=now),
        "information": told,
        "organisation": desk_cards.organisation_card(ticket, terms, now=now),
        "recent": desk_cards.neighbours(recent_of_organisation(actor, ticket), now=now),
        "earlier": desk_cards.neighbours(earlier_for(actor, ticket, topic), now=now),
        "escalation": desk_cards.escalation_card(escalation, actor, now=now),
        "ledger": desk_cards.ledger(timeline.promises, now=now),
    }


def _relations(ticket: Ticket, actor: Actor, trouble: Trouble | None, now: datetime) -> dict[str, Any]:
    """Return where it was merged and whether that can be undone, what was merged into it, and what is linked."""
    related = related_to(actor, ticket)
    into = related.merged_into
    code = undo_refusal(side(ticket), side(into)) if into is not None else None
    reader = Reader(actor, now)
    refused = trouble if trouble is not None and trouble.dialog == "link" else None
    kin = [one for one in (related.before, *related.after) if one is not None]
    return {
        "merged_into": into,
        "undo_why_not": merge_sentence(code) if code else "",
        "merged": [
            {"ticket": one.ticket, "entries": shown_merged(one, reader)}
            for one in merged_conversations(related.merged, with_internal=True)
        ],
        "kin": desk_cards.neighbours(kin, now=now),
        "linked": desk_cards.neighbours(related.linked, now=now),
        "link_entered": refused.entered.get("other", "") if refused else "",
        "link_trouble": refused.sentence if refused else "",
    }


def _composer(
    request: HttpRequest, ticket: Ticket, actor: Actor, trouble: Trouble | None, now: datetime
) -> dict[str, Any]:
    """Return what stands in the composer: what was not sent, else what the agent was writing."""
    entered = trouble.entered if trouble is not None and not trouble.dialog else None
    source: Any = entered if entered is not None and "body" in entered else draft_of(request, ticket)
    return {
        "body": source.get("body", ""),
        "kind": "note" if source.get("kind") == "note" else "answer",
        "not_answer": bool(source.get("not_answer")),
        "then": source.get("then", ""),
        "prepared": used_answer(ticket, source.get("prepared", ""), by=actor, now=now),
        "prepared_answers": prepared_answers(ticket),
        "staged": staged_files(actor, entered.getlist("files")) if entered is not None else [],
    }


def _dialogs(
    request: HttpRequest,
    ticket: Ticket,
    topic: Topic | None,
    terms: InForce,
    shown: dict[str, Any],
    trouble: Trouble | None,
) -> dict[str, Any]:
    opened = trouble.dialog if trouble is not None else request.GET.get("do", "")

    def entered(name: str) -> QueryDict | None:
        return trouble.entered if trouble is not None and trouble.dialog == name else None

    return {
        "opened": opened if opened in DIALOGS else "",
        "fields": askable(ticket, topic, shown["information"], entered("send_back")) if topic else [],
        "reclassify_form": ReclassifyForm(entered("reclassify"), ticket=ticket, only_higher=shown["is_guarded"]),
        "topic_form": TopicForm(entered("topic"), ticket=ticket, policy=terms.policy),
        "platform_form": PlatformForm(entered("platform"), initial={"case": ticket.platform_case}),
        "conclude_form": ConcludeForm(entered("conclude")),
        "here": ticket_url(ticket.reference),
    }


def _nonce(trouble: Trouble | None) -> str:
    """Return the form's own word: what was not sent keeps it, so that sending it twice is still once."""
    return (trouble.entered.get("nonce") if trouble is not None else "") or str(uuid4())
