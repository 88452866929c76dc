"""The minimum information of a ticket as the agent needs it: each field with its state, and what to ask for."""

from datetime import datetime
from typing import Any

from packages.policy.document import COMMON_FIELDS, Topic
from packages.policy.fields import Field, Kind
from packages.policy.wording import wording
from tickets.actions.completing import all_answers
from tickets.answer_words import answer_text
from tickets.models import Attachment, InformationRequest, Ticket
from tickets.policy.answers import check
from tickets.policy.remarks import Remark
from tickets.remark_words import remark_text

_COPIED = (Kind.TEXT, Kind.PHONE, Kind.DIGITS, Kind.EMAIL, Kind.URL)
_SHOWN_COMMON = ("environment", "impact", "workaround")
_FIRST = ("missing", "odd", "asked")  # what is likely to be sent back stands on top
_MISSING = ("required", "one_of", "too_few")


def information(
    ticket: Ticket, topic: Topic, files: list[Attachment], request: InformationRequest | None, *, now: datetime
) -> dict[str, Any]:
    """Return the fields that were asked of a ticket: each given, missing or odd, with the value to copy."""
    answers = all_answers(ticket)
    filer = "partner" if ticket.organisation.is_partner else "client"
    checked = check(topic, answers, filer=filer, now=now, zone=None, files=[str(one.pk) for one in files])
    remarks = {remark.field: remark for remark in (*checked.asked, *checked.refused)}
    fields = [one for one in topic.all_fields if one.code not in COMMON_FIELDS or one.code in _SHOWN_COMMON]
    shown = [
        _field(one, ticket, answers, remarks.get(one.code), request)
        for one in fields
        if answers.get(one.code) not in (None, "", []) or one.code in remarks
    ]
    rest = [wording(one.label, "en") for one in fields if one.code not in {item["code"] for item in shown}]
    return {
        "fields": shown,
        "not_given": ", ".join(rest),
        "missing": sum(1 for one in shown if one["state"] == "missing"),
    }


def _field(
    field: Field, ticket: Ticket, answers: dict[str, Any], remark: Remark | None, request: InformationRequest | None
) -> dict[str, Any]:
    value = answers.get(field.code)
    asked = request.asks.get(field.code, "") if request is not None else ""
    return {
        "code": field.code,
        "label": wording(field.label, "en"),
        "text": answer_text(field, value),
        "typed": ticket.typed.get(field.code, ""),
        "copy": str(value) if field.kind in _COPIED and isinstance(value, str) and not field.is_instead(value) else "",
        "state": _state(remark, asked),
        "note": f"Asked: {asked}" if asked else _note(field, remark),
        "is_long": field.kind in (Kind.LONG_TEXT, Kind.RECORDS, Kind.LIST),
    }


def _note(field: Field, remark: Remark | None) -> str:
    """Say what is wrong; that a missing one is missing is said by its tag."""
    return "" if remark is None or remark.code == "required" else remark_text(remark, field)


def _state(remark: Remark | None, asked: str) -> str:
    if asked:
        return "asked"
    if remark is None:
        return "given"
    return "missing" if remark.code in _MISSING else "odd"


def askable(ticket: Ticket, topic: Topic, shown: dict[str, Any], entered: Any) -> list[dict[str, Any]]:
    """Return the fields that a ticket can be sent back for, with what an agent entered before or might say.

    The policy's own words for a field that is missing or odd are offered as the reason, in the ticket's language.
    """
    states = {one["code"]: one["state"] for one in shown["fields"]}
    offered = _offered(ticket, topic, states)
    chosen = (
        entered.getlist("field")
        if entered is not None
        else [code for code, state in states.items() if state == "missing"]
    )
    answers = all_answers(ticket)
    found = [
        {
            "code": one.code,
            "label": wording(one.label, "en"),
            "text": answer_text(one, answers.get(one.code))[:120],
            "state": states.get(one.code, ""),
            "chosen": one.code in chosen,
            "reason": entered.get(f"reason_{one.code}", "") if entered is not None else offered.get(one.code, ""),
        }
        for one in topic.all_fields
        if one.code != "client"
    ]
    return sorted(found, key=lambda one: _FIRST.index(one["state"]) if one["state"] in _FIRST else len(_FIRST))


def _offered(ticket: Ticket, topic: Topic, states: dict[str, str]) -> dict[str, str]:
    return {
        one.code: wording(one.refuse or one.ask or one.help, ticket.language)
        for one in topic.all_fields
        if states.get(one.code) in ("missing", "odd")
    }
