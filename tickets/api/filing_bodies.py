"""A ticket as a program sends it, turned into answers for the one validator that the page asks too."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.api.bodies import Body, invalid, object_in, shape_faults
from accounts.api.errors import Fault
from packages.policy.document import COMMON_FIELDS, Topic
from packages.policy.fields import Kind
from packages.queries.policies import InForce
from tickets.actions.attaching import staged_files
from tickets.actions.filing import filer_kind
from tickets.api.refusals import remark_faults
from tickets.models import Attachment
from tickets.policy.answers import Checked, check
from tickets.policy.remarks import Remark
from tickets.remark_words import remark_text
from tickets.wording import refusal


@dataclass(frozen=True, slots=True)
class Given:
    """What was sent: answers by field code, where each stood, and the files that came along."""

    body: dict[str, Any]
    answers: dict[str, Any]
    placed: dict[str, str]  # field code to the pointer of what held it: "" or "/fields"
    faults: list[Fault] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


def given_in(data: Any, shape: type[Body]) -> Given:
    """Return what a body holds, with what is wrong with its shape. Raises: ProblemError, if it is no object."""
    body = object_in(data)
    given = Given(body, {}, {}, shape_faults(shape, body))
    for code in COMMON_FIELDS:
        if code in body and code in shape().fields:
            given.answers[code], given.placed[code] = body[code], ""
    fields = body.get("fields")
    for code, value in fields.items() if isinstance(fields, dict) else ():
        if code in given.answers:
            message = _("This is given twice: here and at the top of the body.")
            given.faults.append(Fault(f"/fields/{code}", code, "given_twice", message))
        else:
            given.answers[code], given.placed[code] = value, "/fields"
    return given


def add_files(given: Given, topic: Topic | None, *, by: Actor) -> None:
    """Find the staged files that the body names, in `attachments` and in the topic's fields for files."""
    named = given.body.get("attachments")
    listed = [str(one) for one in named] if isinstance(named, list) else []
    answered = [
        str(one)
        for file_field in (topic.all_fields if topic else ())
        if file_field.kind is Kind.FILE
        for one in _as_list(given.answers.get(file_field.code))
    ]
    wanted = list(dict.fromkeys([*listed, *answered]))
    most = settings.ATTACHMENTS_MAX
    if len(wanted) > most:
        given.faults.append(_at_files("", "too_many", most=most))
        return
    given.files.extend(staged_files(by, wanted))
    known = {str(one.pk) for one in given.files}
    given.faults.extend(_at_files(f"/{place}", "no_such_file") for place, one in enumerate(listed) if one not in known)


def topic_of(given: Given, version: InForce) -> Topic:
    """Return the topic that a body names. Raises: ProblemError, with what else is wrong with its shape."""
    code = given.body.get("topic")
    topic = version.policy.topics.get(code) if isinstance(code, str) else None
    if topic is not None:
        return topic
    faults = list(given.faults)
    if code in (None, ""):
        faults.append(Fault("/topic", "topic", "required", remark_text(Remark(("topic",), "required"), None)))
    elif isinstance(code, str):
        faults.append(Fault("/topic", "topic", "unknown_topic", refusal("unknown_topic")))
    raise invalid(faults)


def judged(given: Given, topic: Topic, *, by: Actor, now: datetime, only: tuple[str, ...] | None = None) -> Checked:
    """Return the answers, checked. Raises: ProblemError, with everything that is wrong, in one go."""
    checked = check(
        topic,
        given.answers,
        filer=filer_kind(by),
        now=now,
        zone=None,
        files=[str(one.pk) for one in given.files],
        only=only,
    )
    known = {fault.pointer for fault in given.faults}
    remarked = [one for one in remark_faults(checked.refused, topic, given.placed) if one.pointer not in known]
    if given.faults or remarked:
        raise invalid([*given.faults, *remarked])
    return checked


def warnings_of(checked: Checked, given: Given, topic: Topic) -> list[dict[str, str]]:
    """Return what merely looks odd: asked about, never refused."""
    return [
        {"pointer": one.pointer, "field": one.field, "code": one.code, "message": one.message}
        for one in remark_faults(checked.asked, topic, given.placed)
    ]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _at_files(pointer: str, code: str, **params: Any) -> Fault:
    remark = Remark(("attachments",), code, params=params)
    return Fault(f"/attachments{pointer}", "attachments", code, remark_text(remark, None))
