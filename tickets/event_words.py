"""The record in sentences: who did what, in the reader's language and zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from packages.policy.wording import Text
from tickets.models import Ticket, TicketEvent
from tickets.wording import day_and_time, duration, policy_text

_SENTENCES = {
    "filed": gettext_lazy("%(who)s filed the ticket"),
    "completed": gettext_lazy("%(who)s completed the information, the clock starts anew"),
    "sent_back": gettext_lazy("%(who)s sent it back for information: %(fields)s"),
    "topic_changed": gettext_lazy("%(who)s moved it to another topic: %(topic)s"),
    "topic_changed_missing": gettext_lazy("%(who)s moved it to another topic: %(topic)s. Please add: %(fields)s"),
    "waiting_platform": gettext_lazy("%(who)s waits for the platform, next update by %(check_at)s"),
    "waiting_partner": gettext_lazy("%(who)s waits for the partner"),
    "taken_up": gettext_lazy("%(who)s works on it again"),
    "resolved": gettext_lazy("%(who)s marked it as resolved"),
    "reopened": gettext_lazy("%(who)s reopened it"),
    "closed": gettext_lazy("%(who)s closed it"),
    "withdrawn": gettext_lazy("%(who)s withdrew it"),
    "erased": gettext_lazy("Texts and files were erased: they are kept for a limited time"),
    "merged": gettext_lazy("%(who)s merged it into %(ticket)s"),
    "took_in": gettext_lazy("%(who)s merged %(ticket)s into it"),
    "unmerged": gettext_lazy("%(who)s undid the merge into %(ticket)s, it goes on by itself"),
    "gave_back": gettext_lazy("%(who)s undid the merge of %(ticket)s, which goes on by itself"),
    "linked": gettext_lazy("%(who)s linked it with %(ticket)s"),
    "unlinked": gettext_lazy("%(who)s took away the link with %(ticket)s"),
    "answer_disputed": gettext_lazy("%(who)s said that this didn't answer it"),
    "shared": gettext_lazy("%(who)s shared it with the client"),
    "unshared": gettext_lazy("%(who)s no longer shares it with the client"),
    "followed": gettext_lazy("%(who)s added a follower"),
    "got_worse": gettext_lazy("%(who)s said that it got worse"),
    "incident_linked": gettext_lazy("%(who)s marked it as part of an incident"),
    "incident_unlinked": gettext_lazy("%(who)s took it out of an incident"),
    "rated": gettext_lazy("%(who)s answered how it went"),
    "assigned": gettext_lazy("%(who)s assigned it to %(to)s"),
    "assigned_self": gettext_lazy("%(who)s took it"),
    "unassigned": gettext_lazy("%(who)s gave it back, nobody has it"),
    "note": gettext_lazy("%(who)s wrote an internal note"),
    "message": gettext_lazy("%(who)s wrote"),
    "promise_warned": gettext_lazy("%(share)s %% of the time for the first response is used"),
    "promise_missed": gettext_lazy("The time for the first response has passed"),
    "information_reminder": gettext_lazy("A reminder for the missing information went out"),
    "partner_reminder": gettext_lazy("A reminder went out: support waits for an answer"),
    "auto_withdrawn": gettext_lazy("The missing information never came: the ticket is withdrawn"),
    "auto_resolved": gettext_lazy("No answer came: the ticket is resolved"),
    "auto_closed": gettext_lazy("It stayed resolved: the ticket is closed"),
    "check_due": gettext_lazy("The date of the next check has come"),
    "escalation_asked": gettext_lazy("%(who)s asked for an escalation"),
    "escalation_escalated": gettext_lazy("%(who)s escalated it"),
    "escalation_declined": gettext_lazy("%(who)s declined the escalation"),
    "escalation_acknowledged": gettext_lazy("%(who)s acknowledged the escalation"),
    "escalation_concluded": gettext_lazy("%(who)s concluded the escalation"),
    "escalation_withdrawn": gettext_lazy("%(who)s withdrew the request for an escalation"),
    "escalation_lapsed": gettext_lazy("The escalation lapsed"),
    "escalation_reminder": gettext_lazy("A reminder of the escalation went out"),
    "escalation_granted": gettext_lazy("%(who)s granted one more escalation"),
}
_RECLASSIFIED = {
    "plain": gettext_lazy("%(who)s changed the severity from %(before)s to %(to)s"),
    "new_due": gettext_lazy("%(who)s changed the severity from %(before)s to %(to)s, first response by %(due)s"),
}


@dataclass(frozen=True, slots=True)
class EventNames:
    """The names that events point to by id or code, fetched once for a page.

    `people` by user id, `fields` by field code, `topics` by topic code.
    """

    people: Mapping[int, str] = field(default_factory=dict)
    fields: Mapping[str, Text] = field(default_factory=dict)
    topics: Mapping[str, Text] = field(default_factory=dict)


def event_sentence(event: TicketEvent, names: EventNames) -> str:
    """Return what happened as one sentence without a full stop; unknown kinds are shown by their code."""
    who = names.people.get(event.actor_id or 0, "") or (event.token.name if event.token else gettext("The portal"))
    if event.kind == "reclassified":
        return _reclassified(event.payload, who)
    key, extra = _EXTRAS.get(event.kind, _no_extra)(event, names)
    sentence = _SENTENCES.get(key)
    return str(sentence) % {"who": who, **extra} if sentence is not None else event.kind


def _reclassified(payload: Mapping[str, Any], who: str) -> str:
    facts = {
        "who": who,
        "before": Ticket.Severity(payload["before"]).label,
        "to": Ticket.Severity(payload["to"]).label,
    }
    if not payload.get("new_due"):
        return str(_RECLASSIFIED["plain"]) % facts
    return str(_RECLASSIFIED["new_due"]) % {**facts, "due": _moment(payload["new_due"])}


def _no_extra(event: TicketEvent, names: EventNames) -> tuple[str, dict[str, Any]]:
    return event.kind, {"share": event.payload.get("share", "")}


def _fields(event: TicketEvent, names: EventNames) -> tuple[str, dict[str, Any]]:
    return event.kind, {"fields": _labels(event.payload.get("fields", ()), names)}


def _topic(event: TicketEvent, names: EventNames) -> tuple[str, dict[str, Any]]:
    code = event.payload["to"]
    missing = event.payload.get("missing") or ()
    key = "topic_changed_missing" if missing else "topic_changed"
    return key, {"topic": policy_text(names.topics.get(code, {})) or code, "fields": _labels(missing, names)}


def _platform(event: TicketEvent, names: EventNames) -> tuple[str, dict[str, Any]]:
    return event.kind, {"check_at": _moment(event.payload["check_at"])}


def _shared(event: TicketEvent, names: EventNames) -> tuple[str, dict[str, Any]]:
    return ("shared" if event.payload.get("is_shared") else "unshared"), {}


def _assigned(event: TicketEvent, names: EventNames) -> tuple[str, dict[str, Any]]:
    to = event.payload.get("to")
    if to is None:
        return "unassigned", {}
    return ("assigned_self" if to == event.actor_id else "assigned"), {"to": names.people.get(to, "")}


def _other(event: TicketEvent, names: EventNames) -> tuple[str, dict[str, Any]]:
    return event.kind, {"ticket": event.payload["reference"]}


def _labels(codes: Any, names: EventNames) -> str:
    return ", ".join(policy_text(names.fields.get(code, {})) or code for code in codes)


def _moment(text: str) -> str:
    return day_and_time(timezone.localtime(datetime.fromisoformat(text)))


_EXTRAS: dict[str, Callable[[TicketEvent, EventNames], tuple[str, dict[str, Any]]]] = {
    "sent_back": _fields,
    "topic_changed": _topic,
    "waiting_platform": _platform,
    "shared": _shared,
    "assigned": _assigned,
    "merged": _other,
    "took_in": _other,
    "unmerged": _other,
    "gave_back": _other,
    "linked": _other,
    "unlinked": _other,
}


def first_response_words(used: Any) -> str:
    """Return the tag at the message that was the first response."""
    return gettext("First response, in %(time)s") % {"time": duration(used)}
