"""Send a ticket back for information, and complete it: the clock stops, and starts anew in full.

Source: support policy, "How the promise is counted"; product description, "needs information".
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from accounts.actor import Actor
from accounts.policy.roles import May
from packages.policy.document import COMMON_FIELDS
from packages.policy.document import Topic as TopicFacts
from packages.policy.severity import Severity
from packages.queries.policies import in_force, package_of, version
from tickets.actions.change import Forbidden, NotNow, add_event, changing, move
from tickets.actions.escalations import lapse
from tickets.actions.filing import Invalid, PromiseMoved, filer_kind, topic_facts
from tickets.actions.finding import find_by
from tickets.actions.guards import needs_lead
from tickets.actions.promising import Cause, give_promise, running, void_promise
from tickets.models import Attachment, InformationRequest, Ticket
from tickets.policy.answers import Checked, check
from tickets.policy.cleaning import storable
from tickets.policy.lifecycle import Status
from tickets.policy.remarks import Remark
from tickets.policy.secrets import masked
from tickets.queries.offers import Offer, found_severity, offer_of

_COLUMNS = ("subject", "description", "language", "environment", "impact", "workaround")


def send_back(
    ticket: Ticket, asks: Mapping[str, str], *, by: Actor, now: datetime, expected: int | None = None
) -> InformationRequest:
    """Name the fields that are missing or useless, each with its reason; no clock runs until they are given anew.

    Raises: Forbidden, if a lead is needed; NotNow, after the first response, without fields or without a reason.
    """
    if not by.may(May.TRIAGE):
        raise Forbidden("support_only")
    with changing(ticket, now=now, expected=expected) as current:
        if running(current) is None:
            raise NotNow("answered_already")
        facts = topic_facts(version(current.form_version_id), current.topic.code)
        named = {one.code: masked(storable(asks[one.code])).strip() for one in facts.all_fields if asks.get(one.code)}
        if not named or len(named) < len(asks) or not all(named.values()):
            raise NotNow("name_the_fields")
        if needs_lead(current, now=now) and not by.may(May.LEAD):
            raise Forbidden("needs_lead")
        assert by.user is not None  # support is people; no organisation's token may triage
        void_promise(current, now=now)
        move(current, Status.NEEDS_INFORMATION, now=now)
        lapse(current, now=now)
        request = InformationRequest.objects.create(ticket=current, asks=named, by_id=by.user.pk, at=now)
        add_event(current, "sent_back", by=by, now=now, request=request.pk, fields=list(named))
        return request


def open_request(ticket: Ticket) -> InformationRequest | None:
    """Return what support waits for; None when the ticket was not sent back."""
    return InformationRequest.objects.filter(ticket=ticket, ended_at=None).first()


def complete(
    ticket: Ticket,
    answers: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    zone: tzinfo | None = None,
    files: tuple[Attachment, ...] = (),
    basis: str | None = None,
    expected: int | None = None,
) -> Ticket:
    """Give the named fields anew; the promise starts in full, under the policy in force now.

    Each named field differs from what it was and passes the form that the ticket answered.

    Raises: Forbidden, NotNow, if nothing is asked; Invalid; PromiseMoved, if the preview's basis no longer holds;
    StaleTicket.
    """
    if not by.may(May.FILE):
        raise Forbidden("partner_only")
    with changing(ticket, now=now, expected=expected) as current:
        request = InformationRequest.objects.select_for_update().filter(ticket=current, ended_at=None).first()
        if request is None or current.state is not Status.NEEDS_INFORMATION:
            raise NotNow("nothing_asked")
        facts = topic_facts(version(current.form_version_id), current.topic.code)
        checked = _judge(current, facts, request, answers, by=by, now=now, zone=zone, files=files)
        _take_over(current, checked, request)
        offer = offer_anew(current, now=now)
        if basis is not None and basis != offer.basis:
            raise PromiseMoved(offer)
        Attachment.objects.filter(pk__in=[one.pk for one in files], ticket=None).update(draft=None, ticket=current)
        request.ended_at, request.completed = now, True
        request.save(update_fields=["ended_at", "completed"])
        move(current, Status.NEW, now=now)
        promise = give_promise(current, offer, cause=Cause.COMPLETED, by=by, now=now)
        add_event(current, "completed", by=by, now=now, request=request.pk, promise=promise.pk)
        return current


def offer_anew(ticket: Ticket, *, now: datetime) -> Offer:
    """Return what a ticket would be promised anew now: a severity that support set stays, others are found again."""
    terms = in_force(now)
    package = package_of(ticket.organisation_id, policy=terms.policy, at=now)
    if ticket.severity_cause == "support":
        return offer_of(terms, package, Severity(ticket.severity), started_at=now)
    finding = found_severity(
        terms,
        package,
        ticket.topic.code,
        impact=ticket.impact,
        workaround=ticket.workaround,
        environment=ticket.environment,
    )
    return offer_of(terms, package, finding.severity, started_at=now, finding=finding)


def all_answers(ticket: Ticket) -> dict[str, Any]:
    """Return every answer of a ticket by field code, as the validator reads them again."""
    client = str(ticket.client_id) if ticket.client_id else ticket.client_name
    return {**ticket.answers, **{code: getattr(ticket, code) for code in _COLUMNS}, "client": client}


def _judge(
    ticket: Ticket,
    facts: TopicFacts,
    request: InformationRequest,
    answers: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    zone: tzinfo | None,
    files: tuple[Attachment, ...],
) -> Checked:
    before = all_answers(ticket)
    given = {code: answers.get(code) for code in request.asks}
    known = [str(pk) for pk in ticket.attachments.values_list("pk", flat=True)] + [str(one.pk) for one in files]
    checked = check(
        facts,
        {**before, **given},
        filer="partner" if ticket.organisation.is_partner else filer_kind(by),
        now=now,
        zone=zone,
        files=known,
        only=request.asks.keys(),
    )
    remarks = list(checked.refused)
    remarked = {remark.field for remark in remarks}
    for code in request.asks:
        value = checked.values.get(code)
        if code in remarked:
            continue
        if value is None:
            remarks.append(Remark((code,), "required"))
        elif value == before.get(code):
            remarks.append(Remark((code,), "unchanged"))
    if remarks:
        raise Invalid(Checked(checked.values, checked.typed, tuple(remarks), checked.asked))
    return checked


def _take_over(ticket: Ticket, checked: Checked, request: InformationRequest) -> None:
    own = dict(ticket.answers)
    words = []
    for code in request.asks:
        value = checked.values[code]
        words.append(str(value))
        if code in _COLUMNS:
            setattr(ticket, code, value)
        elif code not in COMMON_FIELDS:
            own[code] = value
    ticket.answers = own
    ticket.typed = {**ticket.typed, **{code: text for code, text in checked.typed.items() if code in request.asks}}
    find_by(ticket, *words)
