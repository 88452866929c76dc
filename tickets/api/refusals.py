"""What actions raise, as problems with the same sentences as the page's."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from accounts.api.bodies import invalid
from accounts.api.errors import Fault, ProblemError, pointer_to
from packages.policy.document import COMMON_FIELDS, Topic
from tickets import escalation_wording
from tickets.actions.change import Forbidden, NotNow, StaleTicket
from tickets.actions.conversation import MessageInvalid
from tickets.actions.filing import Invalid, PromiseMoved
from tickets.api.tags import tag_of
from tickets.models import Ticket
from tickets.policy.remarks import Remark
from tickets.remark_words import remark_text
from tickets.wording import refusal

# What is wrong with a member of the body, though an action found it: the member that it is about.
_OF_A_MEMBER = {
    "unknown_topic": "topic", "reason_needed": "reason", "reason_missing": "reason", "cause_unknown": "cause",
    "outcome_missing": "outcome", "too_long": "reason",
}  # fmt: skip


def as_problem(exc: Exception, *, reader_is_staff: bool) -> Exception:
    """Return what an action raised as a problem; other exceptions as they are."""
    if isinstance(exc, Forbidden):
        return ProblemError(403, exc.code, refusal(exc.code, **exc.params))
    if isinstance(exc, NotNow):
        return _not_now(exc.code, refusal(exc.code, **exc.params))
    if isinstance(exc, StaleTicket):
        headers = {"ETag": tag_of(exc.current, is_staff=reader_is_staff)}
        return ProblemError(412, "stale", refusal("stale"), headers=headers)
    if isinstance(exc, MessageInvalid):
        return invalid([Fault("/body", "body", exc.code, refusal(exc.code))])
    return exc


def escalation_refused(exc: Forbidden | NotNow, *, ticket: Ticket | None, now: datetime, site: str) -> ProblemError:
    """Return why an escalation is not possible, with the way on: `action` says where it leads."""
    words = escalation_wording.refusal(exc.code, exc.params, ticket=ticket, now=now)
    if isinstance(exc, NotNow) and exc.code in _OF_A_MEMBER:
        return _not_now(exc.code, words.sentence)
    facts: dict[str, Any] = (
        {"action": {"label": words.action_label, "url": site + words.action_url}} if words.action_url else {}
    )
    return ProblemError(403 if isinstance(exc, Forbidden) else 409, exc.code, words.sentence, **facts)


def promise_moved(exc: PromiseMoved, represent: Callable[[Any], dict[str, Any]]) -> ProblemError:
    """Return the refusal to file under a promise that is no longer so, with the one that is."""
    return ProblemError(409, "promise_moved", refusal("promise_moved"), promise=represent(exc.offer))


def invalid_answers(exc: Invalid, topic: Topic, placed: dict[str, str]) -> ProblemError:
    return invalid(list(remark_faults(exc.checked.refused, topic, placed)))


def remark_faults(remarks: tuple[Remark, ...], topic: Topic, placed: dict[str, str]) -> Iterator[Fault]:
    """Word the validator's remarks and point at the answers; `placed` says where a code was given, "" at the top."""
    for remark in remarks:
        code = remark.field
        usual = "" if code in COMMON_FIELDS else "/fields"
        pointer = placed.get(code, usual) + pointer_to(*remark.path)
        yield Fault(pointer, code, remark.code, remark_text(remark, topic.field(code)))


def _not_now(code: str, sentence: str) -> ProblemError:
    member = _OF_A_MEMBER.get(code)
    if member is None:
        return ProblemError(409, code, sentence)
    return invalid([Fault(f"/{member}", member, code, sentence)])
