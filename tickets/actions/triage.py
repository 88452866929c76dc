"""What support does with a ticket beside answering: assign, reclassify, move to another topic, wait.

Source: support policy, "Severities" and "How the promise is counted".
"""

from datetime import datetime

from accounts.actor import Actor
from accounts.models import User
from accounts.policy.roles import STAFF, May, Role
from packages.models import Topic
from packages.policy.document import COMMON_FIELDS
from packages.policy.severity import Severity
from packages.queries.policies import version
from tickets.actions.change import Forbidden, NotNow, add_event, changing, move
from tickets.actions.escalations import lapse
from tickets.actions.filing import topic_facts
from tickets.actions.finding import find_by
from tickets.actions.guards import is_filing_side, needs_lead
from tickets.actions.promising import Cause, replace_promise, running
from tickets.models import Ticket
from tickets.policy.answers import check
from tickets.policy.cleaning import storable
from tickets.policy.lifecycle import ENDED, Status
from tickets.queries.offers import found_severity, hours_of

REASON_NEEDED = "reason_needed"


def assign(ticket: Ticket, assignee: User | None, *, by: Actor, now: datetime, expected: int | None = None) -> Ticket:
    """Give a ticket to a person of support, or to nobody. Raises: Forbidden, NotNow, StaleTicket."""
    _require_triage(by)
    if assignee is not None and (Role(assignee.role) not in STAFF or not assignee.is_active):
        raise NotNow("not_support")
    with changing(ticket, now=now, expected=expected) as current:
        if current.state in ENDED and current.state is not Status.RESOLVED:
            raise NotNow("ended")
        if current.assignee_id != (assignee.pk if assignee else None):
            before, current.assignee = current.assignee_id, assignee
            add_event(
                current, "assigned", by=by, now=now, public=False, before=before, to=assignee.pk if assignee else None
            )
        return current


def reclassify(
    ticket: Ticket,
    severity: Severity,
    *,
    cause: Cause,
    reason: str,
    by: Actor,
    now: datetime,
    expected: int | None = None,
) -> Ticket:
    """Change the severity, with a reason that the organisation sees; a running promise gets a new deadline.

    `cause` is CORRECTED or WORSE. After the first response only the severity changes.

    Raises: Forbidden, if lowering needs a lead; NotNow, without a reason, without a change, or when ended.
    """
    _require_triage(by)
    with changing(ticket, now=now, expected=expected) as current:
        _require_open(current)
        if not storable(reason).strip():
            raise NotNow(REASON_NEEDED)
        if severity == current.severity:
            raise NotNow("same_severity")
        lowered = severity.rank > Severity(current.severity).rank
        if lowered and needs_lead(current, now=now) and not by.may(May.LEAD):
            raise Forbidden("needs_lead")
        _change_severity(current, severity, cause=cause, reason=reason, by=by, now=now, lowered=lowered)
        current.severity_cause = "support"
        return current


def get_worse(
    ticket: Ticket,
    *,
    impact: str,
    workaround: bool,
    reason: str,
    by: Actor,
    now: datetime,
    expected: int | None = None,
) -> Ticket:
    """Let the person change impact and workaround until the first response, because it got worse.

    A severity that is found higher gives a new promise; a lower one changes nothing, as only support lowers.

    Raises: Forbidden, NotNow, StaleTicket.
    """
    if not is_filing_side(ticket, by):
        raise Forbidden("partner_only")
    with changing(ticket, now=now, expected=expected) as current:
        old = running(current)
        if old is None:
            raise NotNow("answered_already")
        if not storable(reason).strip():
            raise NotNow(REASON_NEEDED)
        terms = version(old.version_id)
        package = terms.policy.packages[old.package.code]
        finding = found_severity(
            terms,
            package,
            current.topic.code,
            impact=impact,
            workaround=workaround,
            environment=current.environment,
        )
        current.impact, current.workaround = impact, workaround
        if finding.severity.rank < Severity(current.severity).rank:
            current.severity_cause = finding.reason
            _change_severity(current, finding.severity, cause=Cause.WORSE, reason=reason, by=by, now=now, lowered=False)
        else:
            add_event(current, "got_worse", by=by, now=now, reason=reason, impact=impact, workaround=workaround)
        return current


def change_topic(
    ticket: Ticket, topic: str, *, reason: str, by: Actor, now: datetime, expected: int | None = None
) -> Ticket:
    """Move a ticket to another topic: what both ask carries over, what is missing becomes a question, never a sending
    back; the severity is found anew under the running promise's terms. A client's ticket that comes into a confidential
    topic is hidden from its partner.

    Raises: Forbidden, if it lowers the severity and that needs a lead; NotNow.
    """
    _require_triage(by)
    with changing(ticket, now=now, expected=expected) as current:
        _require_open(current)
        if not storable(reason).strip():
            raise NotNow(REASON_NEEDED)
        hours = hours_of(current, now=now)
        facts = topic_facts(hours.version, topic)
        if topic == current.topic.code:
            raise NotNow("same_topic")
        before = current.topic.code
        current.topic = Topic.objects.get(code=topic)
        current.form_version_id = hours.version.id
        kept = {field.code for field in facts.fields} - set(COMMON_FIELDS)
        current.answers = {code: value for code, value in current.answers.items() if code in kept}
        checked = check(
            facts,
            current.answers,
            filer="partner" if current.organisation.is_partner else "client",
            now=now,
            zone=None,
            files=[str(pk) for pk in current.attachments.values_list("pk", flat=True)],
        )
        missing = [remark.field for remark in checked.refused if remark.field not in COMMON_FIELDS]
        finding = found_severity(
            hours.version,
            hours.package,
            topic,
            impact=current.impact,
            workaround=current.workaround,
            environment=current.environment,
        )
        lowered = finding.severity.rank > Severity(current.severity).rank
        if lowered and needs_lead(current, now=now) and not by.may(May.LEAD):
            raise Forbidden("needs_lead")
        if facts.confidential_from_partner and not current.organisation.is_partner:
            current.is_confidential = True  # a topic that is not does not give away what was said under one that is
            lapse(current, now=now)
        add_event(current, "topic_changed", by=by, now=now, reason=reason, before=before, to=topic, missing=missing)
        if finding.severity != current.severity:
            current.severity_cause = finding.reason
            _change_severity(current, finding.severity, cause=Cause.TOPIC, reason="", by=by, now=now, lowered=lowered)
        return current


def wait_for_platform(
    ticket: Ticket, *, case: str, check_at: datetime, by: Actor, now: datetime, expected: int | None = None
) -> Ticket:
    """Wait for the platform, until a date that the partner sees as "next update by".

    Raises: Forbidden; NotNow, before the first response, without a case number or with a date that has passed.
    """
    _require_triage(by)
    with changing(ticket, now=now, expected=expected) as current:
        if running(current) is not None:
            raise NotNow("answer_first")
        if not case.strip():
            raise NotNow("case_needed")
        if check_at <= now:
            raise NotNow("date_ahead_needed")
        current.platform_case, current.check_at = case.strip()[:60], check_at
        find_by(current, current.platform_case)
        move(current, Status.WAITING_PLATFORM, now=now)
        add_event(current, "waiting_platform", by=by, now=now, check_at=check_at.isoformat())
        return current


def wait_for_partner(ticket: Ticket, *, by: Actor, now: datetime, expected: int | None = None) -> Ticket:
    """Say that the partner has to act next. Raises: Forbidden; NotNow, before the first response."""
    _require_triage(by)
    with changing(ticket, now=now, expected=expected) as current:
        if running(current) is not None:
            raise NotNow("answer_first")
        move(current, Status.WAITING_PARTNER, now=now)
        add_event(current, "waiting_partner", by=by, now=now)
        return current


def take_up(ticket: Ticket, *, by: Actor, now: datetime, expected: int | None = None) -> Ticket:
    """Say that support works on it (again). Raises: Forbidden, NotNow."""
    _require_triage(by)
    with changing(ticket, now=now, expected=expected) as current:
        if current.state is Status.RESOLVED:
            raise NotNow("not_from_resolved", to="in_progress")
        if current.state is not Status.IN_PROGRESS:
            move(current, Status.IN_PROGRESS, now=now)
            add_event(current, "taken_up", by=by, now=now)
        return current


def _change_severity(
    ticket: Ticket, severity: Severity, *, cause: Cause, reason: str, by: Actor, now: datetime, lowered: bool
) -> None:
    old = running(ticket)
    before = ticket.severity
    promise = replace_promise(ticket, severity, cause=cause, by=by, now=now)
    add_event(
        ticket,
        "reclassified",
        by=by,
        now=now,
        reason=reason,
        before=before,
        to=severity.value,
        cause=cause.value,
        lowered=lowered,
        old_due=old.due_at.isoformat() if old else None,
        new_due=promise.due_at.isoformat() if promise else None,
    )


def _require_triage(by: Actor) -> None:
    if not by.may(May.TRIAGE):
        raise Forbidden("support_only")


def _require_open(ticket: Ticket) -> None:
    if ticket.state in ENDED:
        raise NotNow("ended")
