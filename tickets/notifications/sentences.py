"""What a mail says of an event, in the language that is active: what happened, what to do, and by when."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import get_language, gettext

from accounts.actor import Actor
from accounts.models import ApiToken
from packages.policy.wording import wording
from packages.queries.policies import version
from tickets.models import Escalation, InformationRequest, Message, Promise, Ticket, TicketEvent
from tickets.models.timer import PENDING
from tickets.queries.escalations import reads_texts


@dataclass(frozen=True, slots=True)
class Said:
    """`ask` is "" when there is nothing to do; `by` is the instant that matters, named by `label`, None without one."""

    what: str
    ask: str = ""
    by: datetime | None = None
    label: str = ""  # "": by when it is to be done
    quote: str = ""  # as written by a person: Markdown
    asked_fields: tuple[tuple[str, str], ...] = ()  # label and reason of each field that is asked for


Sentence = Callable[[TicketEvent, Ticket], Said]


def said(event: TicketEvent, *, reader: Actor) -> Said:
    """Return what there is to say of an event to somebody who may see it."""
    sentence = None if reader.is_staff else OUTSIDE.get(event.kind)
    sentence = sentence or SENTENCES.get(event.kind)
    if sentence is None:
        return Said(gettext("The ticket has changed."))
    whole = sentence(event, event.ticket)
    return replace(whole, quote="") if whole.quote and _is_kept_from(reader, event) else whole


def _is_kept_from(reader: Actor, event: TicketEvent) -> bool:
    """Was what is quoted of an escalation written for others than the reader, who may know of it all the same?"""
    escalation = _escalation(event)
    return escalation is not None and not reads_texts(reader, escalation)


def _who(event: TicketEvent) -> str:
    if event.actor is not None:
        return str(event.actor)
    # The token itself may be deleted since.
    token = ApiToken.objects.select_related("organisation").filter(pk=event.token_id or 0).first()
    if token is not None and token.organisation is not None:
        return str(token.organisation)
    return gettext("The portal")


def _message_text(event: TicketEvent, key: str) -> str:
    """Return the free text beside an event; "" when it was erased or there is none."""
    found = Message.objects.filter(ticket=event.ticket_id, pk=event.payload.get(key)).first()
    return found.body if found else ""


def _reason(event: TicketEvent) -> str:
    return _message_text(event, "reason_id")


def _pending(ticket: Ticket, kind: str) -> datetime | None:
    """Return when a timer of the ticket will be due, as it stands now."""
    return ticket.timers.filter(PENDING, kind=kind).values_list("due_at", flat=True).first()


def _promise(event: TicketEvent) -> Promise | None:
    return Promise.objects.filter(ticket=event.ticket_id, pk=event.payload.get("promise")).first()


def _answer_by(event: TicketEvent, what: str) -> Said:
    promise = _promise(event)
    return Said(what, gettext("Give the first response."), promise.due_at if promise else None)


def _filed(event: TicketEvent, ticket: Ticket) -> Said:
    if ticket.severity == Ticket.Severity.CRITICAL:
        return _answer_by(event, gettext("%(who)s filed a critical ticket.") % {"who": _who(event)})
    return _answer_by(event, gettext("%(who)s filed a ticket.") % {"who": _who(event)})


def _completed(event: TicketEvent, ticket: Ticket) -> Said:
    return _answer_by(event, gettext("%(who)s gave the information that was missing.") % {"who": _who(event)})


def _message(event: TicketEvent, ticket: Ticket) -> Said:
    text = _message_text(event, "message")
    return Said(gettext("%(who)s wrote a message.") % {"who": _who(event)}, quote=text)


def _note(event: TicketEvent, ticket: Ticket) -> Said:
    text = _message_text(event, "message")
    return Said(gettext("%(who)s wrote an internal note.") % {"who": _who(event)}, quote=text)


def _sent_back(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("Support needs more information. No clock runs until you have given it."),
        gettext("Fill in the fields below; then the time for the first response starts anew, in full."),
        _pending(ticket, "information_withdraw"),
        label=gettext("Without them it is withdrawn on"),
        asked_fields=_asked_fields(event, ticket),
    )


def _information_reminder(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("Support still waits for information. No clock runs until you have given it."),
        gettext("Fill in the fields below; then the time for the first response starts anew, in full."),
        _pending(ticket, "information_withdraw"),
        label=gettext("Without them it is withdrawn on"),
        asked_fields=_asked_fields(event, ticket),
    )


def _asked_fields(event: TicketEvent, ticket: Ticket) -> tuple[tuple[str, str], ...]:
    request = InformationRequest.objects.filter(ticket=ticket, ended_at=None).first()
    topic = version(ticket.form_version_id).policy.topics.get(ticket.topic.code)
    if request is None or topic is None:
        return ()
    labels = {one.code: wording(one.label, get_language() or "en") for one in topic.all_fields}
    return tuple((labels.get(code, code), str(reason)) for code, reason in request.asks.items())


def _assigned(event: TicketEvent, ticket: Ticket) -> Said:
    due = ticket.promise.due_at if ticket.promise and ticket.promise.outcome is None else None
    ask = gettext("Give the first response.") if due else ""
    return Said(gettext("%(who)s assigned the ticket to you.") % {"who": _who(event)}, ask, due)


def _reclassified(event: TicketEvent, ticket: Ticket) -> Said:
    severity = ticket.get_severity_display()
    what = gettext("Support changed the severity; it is now: %(severity)s.") % {"severity": severity}
    if event.actor is not None and not event.actor.is_staff:
        what = gettext("%(who)s said that it got worse; the severity is now: %(severity)s.") % {
            "who": _who(event),
            "severity": severity,
        }
    return Said(what, quote=_reason(event))


def _topic_changed(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("Support moved the ticket to another topic."), quote=_reason(event))


def _waiting_platform(event: TicketEvent, ticket: Ticket) -> Said:
    what = gettext("Support waits for the platform. The case number there is %(number)s.") % {
        "number": ticket.platform_case
    }
    ask = gettext("There is nothing that you need to do.")
    return Said(what, ask, ticket.check_at, label=gettext("Next update by"))


def _waiting_partner(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("Support has asked you something and waits for your answer."),
        gettext("Answer in the portal."),
        _pending(ticket, "auto_resolve"),
        label=gettext("Without an answer it counts as resolved on"),
        quote=_reason(event),
    )


def _partner_reminder(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("Support still waits for your answer."),
        gettext("Answer in the portal."),
        _pending(ticket, "auto_resolve"),
        label=gettext("Without an answer it counts as resolved on"),
    )


def _resolved(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("%(who)s marked the ticket as resolved.") % {"who": _who(event)},
        gettext("If it is not solved, reopen it before it closes."),
        _pending(ticket, "auto_close"),
        label=gettext("It closes on"),
        quote=_reason(event),
    )


def _auto_resolved(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("No answer came, so the ticket was marked as resolved."),
        gettext("If it is not solved, reopen it before it closes."),
        _pending(ticket, "auto_close"),
        label=gettext("It closes on"),
    )


def _auto_withdrawn(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("The information that support needs did not come, so the ticket was withdrawn."),
        gettext("If you still need help, file it anew."),
    )


def _reopened(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("%(who)s reopened the ticket.") % {"who": _who(event)}, quote=_reason(event))


def _withdrawn(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("%(who)s withdrew the ticket.") % {"who": _who(event)}, quote=_reason(event))


def _merged(event: TicketEvent, ticket: Ticket) -> Said:
    what = gettext("Support merged the ticket into %(ticket)s and goes on there.")
    return Said(
        what % {"ticket": event.payload["reference"]},
        gettext("There is nothing that you need to do: you follow that ticket now, and this one can still be read."),
        quote=_reason(event),
    )


def _unmerged(event: TicketEvent, ticket: Ticket) -> Said:
    what = gettext("Support undid the merge into %(ticket)s: the ticket goes on by itself.")
    promise = _promise(event)
    return Said(
        what % {"ticket": event.payload["reference"]},
        by=promise.due_at if promise else None,
        label=gettext("First response by"),
    )


def _disputed(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("%(who)s says that the answer did not answer.") % {"who": _who(event)}, quote=_reason(event))


def _followed(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("%(who)s added you to a ticket. You are told what happens on it.") % {"who": _who(event)})


def _got_worse(event: TicketEvent, ticket: Ticket) -> Said:
    what = gettext("%(who)s says that it got worse. The severity is now: %(severity)s.") % {
        "who": _who(event),
        "severity": ticket.get_severity_display(),
    }
    return Said(what, quote=_reason(event))


def _warned(event: TicketEvent, ticket: Ticket) -> Said:
    share = event.payload.get("share")
    return _answer_by(event, gettext("%(share)s %% of the time for the first response is used.") % {"share": share})


def _missed(event: TicketEvent, ticket: Ticket) -> Said:
    promise = _promise(event)
    return Said(
        gettext("The first response is late."),
        gettext("Answer now."),
        promise.due_at if promise else None,
        label=gettext("It was due"),
    )


def _promise_missed(event: TicketEvent, ticket: Ticket) -> Said:
    """Say it to those whom it was promised to."""
    promise = _promise(event)
    return Said(
        gettext("Our first response is late: we did not keep our promise."),
        gettext("The leads of support were told as well. The ticket's page says how it can be escalated."),
        promise.due_at if promise else None,
        label=gettext("It was due"),
    )


def _check_due(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(
        gettext("The date for the next check has come."),
        gettext("Look at the platform's case %(number)s and tell the partner.") % {"number": ticket.platform_case},
    )


def _escalation(event: TicketEvent) -> Escalation | None:
    found = Escalation.objects.filter(pk=event.payload.get("escalation"), ticket=event.ticket_id)
    return found.select_related("partner").first()


def _escalation_asked(event: TicketEvent, ticket: Ticket) -> Said:
    found = _escalation(event)
    what = gettext("%(who)s asks for an escalation.") % {"who": _who(event)}
    if found is None:
        return Said(what)
    return Said(what, gettext("The growth manager decides."), found.decide_by, quote=found.reason)


def _escalation_escalated(event: TicketEvent, ticket: Ticket) -> Said:
    found = _escalation(event)
    what = gettext("%(who)s escalated the ticket.") % {"who": _who(event)}
    if found is None:
        return Said(what)
    return Said(what, gettext("A support lead acknowledges."), found.acknowledge_by, quote=found.reason)


def _escalation_declined(event: TicketEvent, ticket: Ticket) -> Said:
    found = _escalation(event)
    quote = found.decline_reason if found else ""
    return Said(gettext("%(who)s declined the escalation.") % {"who": _who(event)}, quote=quote)


def _escalation_acknowledged(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("%(who)s in support has taken up the escalation.") % {"who": _who(event)})


def _escalation_concluded(event: TicketEvent, ticket: Ticket) -> Said:
    found = _escalation(event)
    quote = found.outcome if found else ""
    return Said(gettext("%(who)s concluded the escalation.") % {"who": _who(event)}, quote=quote)


def _escalation_withdrawn(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("%(who)s withdrew the request for an escalation.") % {"who": _who(event)})


def _escalation_lapsed(event: TicketEvent, ticket: Ticket) -> Said:
    return Said(gettext("The escalation has ended, as the ticket is not worked on any more."))


def _escalation_reminder(event: TicketEvent, ticket: Ticket) -> Said:
    found, is_decision = _escalation(event), event.payload.get("step") == "decide"
    by = (found.decide_by if is_decision else found.acknowledge_by) if found else None
    # One reminder comes before that time, the others at it and after.
    label = gettext("It was due") if by is not None and by <= event.at else ""
    if is_decision:
        return Said(gettext("A request for an escalation waits for a decision."), gettext("Decide on it."), by, label)
    return Said(gettext("An escalation waits for a support lead."), gettext("Acknowledge it."), by, label)


SENTENCES: dict[str, Sentence] = {
    "filed": _filed,
    "completed": _completed,
    "message": _message,
    "note": _note,
    "sent_back": _sent_back,
    "assigned": _assigned,
    "reclassified": _reclassified,
    "topic_changed": _topic_changed,
    "waiting_platform": _waiting_platform,
    "waiting_partner": _waiting_partner,
    "resolved": _resolved,
    "reopened": _reopened,
    "withdrawn": _withdrawn,
    "merged": _merged,
    "unmerged": _unmerged,
    "answer_disputed": _disputed,
    "followed": _followed,
    "got_worse": _got_worse,
    "promise_warned": _warned,
    "promise_missed": _missed,
    "information_reminder": _information_reminder,
    "partner_reminder": _partner_reminder,
    "auto_resolved": _auto_resolved,
    "auto_withdrawn": _auto_withdrawn,
    "check_due": _check_due,
    "escalation_asked": _escalation_asked,
    "escalation_escalated": _escalation_escalated,
    "escalation_declined": _escalation_declined,
    "escalation_acknowledged": _escalation_acknowledged,
    "escalation_concluded": _escalation_concluded,
    "escalation_withdrawn": _escalation_withdrawn,
    "escalation_lapsed": _escalation_lapsed,
    "escalation_reminder": _escalation_reminder,
}
# What the partner and the client read otherwise than support does.
OUTSIDE: dict[str, Sentence] = {"promise_missed": _promise_missed}
