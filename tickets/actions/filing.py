"""File a ticket. It is valid when it is filed, and filing it twice makes one.

Source: support policy, "Minimum information, by topic"; product description, "The life of a ticket".
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.actor import Actor
from accounts.models import Organisation
from accounts.policy.roles import May
from accounts.queries.access import own_clients
from packages.models import Topic
from packages.policy.document import COMMON_FIELDS
from packages.policy.document import Topic as TopicFacts
from packages.queries.policies import InForce, in_force
from tickets.actions.change import Forbidden, NotNow, add_event, settle
from tickets.actions.finding import find_by_filing
from tickets.actions.promising import Cause, give_promise
from tickets.models import Attachment, Draft, Follower, Ticket
from tickets.policy.answers import Checked, check
from tickets.policy.references import make_reference
from tickets.policy.remarks import Remark
from tickets.queries.offers import Offer, offer_for


class Invalid(Exception):
    """The answers don't make a valid ticket; nothing was saved. `checked` says what is wrong where."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(", ".join(remark.key for remark in checked.refused))
        self.checked = checked


class PromiseMoved(Exception):
    """What the preview stood on is no longer so; nothing was saved. `offer` is what is promised now."""

    def __init__(self, offer: Offer) -> None:
        super().__init__("the promise moved")
        self.offer = offer


@dataclass(frozen=True, slots=True)
class Filing:
    """What a person wants to file. `answers` are raw, by field code, those of every topic among them.

    `zone` reads local times (None: instants carry their offset). `shared` None: as the client wishes.
    `basis` is the preview's (None: whatever is promised now is right).
    """

    topic: str
    answers: Mapping[str, Any]
    zone: tzinfo | None = None
    files: Sequence[Attachment] = ()
    draft: Draft | None = None
    shared: bool | None = None
    follows: Ticket | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A filing that was judged: its typed values, the client they name, and what is promised."""

    version: InForce
    checked: Checked
    client: Organisation | None
    client_name: str
    offer: Offer
    own: Mapping[str, Any] = field(default_factory=dict)


def file_ticket(filing: Filing, *, by: Actor, now: datetime) -> Ticket:
    """File a ticket for the actor's organisation and give the promise. A draft that was filed before gives its ticket.

    Raises: Forbidden, if the actor files for nobody; NotNow, if the topic is not known; Invalid; PromiseMoved.
    """
    if by.organisation is None or not by.may(May.FILE):
        raise Forbidden("files_for_nobody")
    if filing.draft is not None and (before := _filed_before(filing.draft, by)):
        return before
    read = _read(filing, by=by, now=now)
    if filing.basis is not None and filing.basis != read.offer.basis:
        raise PromiseMoved(read.offer)
    try:
        with transaction.atomic():
            return _write(filing, read, by=by, now=now)
    except IntegrityError:
        # Two requests filed one draft at once: the other one made the ticket.
        if filing.draft is not None and (other := _filed_before(filing.draft, by)):
            return other
        raise


def topic_facts(version: InForce, code: str) -> TopicFacts:
    """Return what a version asks for a topic. Raises: NotNow, if it doesn't know the topic."""
    facts = version.policy.topics.get(code)
    if facts is None:
        raise NotNow("unknown_topic", topic=code)
    return facts


def filer_kind(by: Actor) -> str:
    """Return who files in the words of the policy's conditions."""
    return "partner" if by.is_partner else "client"


def _filed_before(draft: Draft, by: Actor) -> Ticket | None:
    return Ticket.objects.visible_to(by).filter(draft_id=draft.pk).first()


def _read(filing: Filing, *, by: Actor, now: datetime) -> _Read:
    assert by.organisation is not None  # file_ticket asked
    version = in_force(now)
    facts = topic_facts(version, filing.topic)
    checked = check(
        facts,
        filing.answers,
        filer=filer_kind(by),
        now=now,
        zone=filing.zone,
        files=[str(attachment.pk) for attachment in filing.files],
    )
    client, client_name, remark = _client(checked.values.get("client"), by)
    if remark is not None:
        checked = Checked(checked.values, checked.typed, (*checked.refused, remark), checked.asked)
    if not checked.is_valid:
        raise Invalid(checked)
    values = checked.values
    offer = offer_for(
        by.organisation,
        facts.code,
        impact=values["impact"],
        workaround=values["workaround"],
        environment=values["environment"],
        now=now,
        version=version,
    )
    own = {code: value for code, value in values.items() if code not in COMMON_FIELDS}
    return _Read(version, checked, client, client_name, offer, own)


def _client(value: str | None, by: Actor) -> tuple[Organisation | None, str, Remark | None]:
    """Read the affected client: one of the partner's own by id or name, else free text."""
    if not value:
        return None, "", None
    clients = own_clients(by)
    if value.isdecimal():
        found = clients.filter(pk=int(value[:18])).first()
        return found, "", None if found else Remark(("client",), "unknown_client")
    found = clients.filter(name__iexact=value).first()
    return found, "" if found else value, None


def _write(filing: Filing, read: _Read, *, by: Actor, now: datetime) -> Ticket:
    assert by.organisation is not None  # file_ticket asked
    values = read.checked.values
    facts = topic_facts(read.version, filing.topic)
    ticket = Ticket(
        reference=_new_reference(),
        draft_id=filing.draft.pk if filing.draft else None,
        organisation=by.organisation,
        client=read.client,
        client_name=read.client_name,
        is_shared=_is_shared(filing, read.client),
        is_confidential=facts.confidential_from_partner and not by.is_partner,
        filed_by=by.user,
        token=by.token,
        topic=Topic.objects.get(code=facts.code),
        form_version_id=read.version.id,
        language=values["language"],
        subject=values["subject"],
        description=values["description"],
        environment=values["environment"],
        impact=values["impact"],
        workaround=values["workaround"],
        severity=read.offer.severity,
        severity_cause=read.offer.finding.reason if read.offer.finding else "support",
        answers=read.own,
        typed=read.checked.typed,
        follows=filing.follows or (filing.draft.follows if filing.draft else None),
        filed_at=now,
        status_since=now,
        activity_at=now,
        public_activity_at=now,
    )
    ticket.save()
    find_by_filing(ticket, _take_along(filing, ticket))
    if by.user is not None:
        Follower.objects.create(ticket=ticket, user=by.user)
    promise = give_promise(ticket, read.offer, cause=Cause.FILED, by=by, now=now)
    add_event(ticket, "filed", by=by, now=now, promise=promise.pk)
    settle(ticket, now=now)
    if filing.draft is not None:
        Draft.objects.filter(pk=filing.draft.pk).delete()
    return ticket


def _take_along(filing: Filing, ticket: Ticket) -> list[str]:
    """Give the ticket its files, those that came to the draft at the last moment among them; return their names."""
    wanted = Q(pk__in=[one.pk for one in filing.files])
    if filing.draft is not None:
        list(Draft.objects.select_for_update().filter(pk=filing.draft.pk))  # taken: no file comes from here on
        wanted |= Q(draft=filing.draft.pk)
    files = Attachment.objects.filter(wanted, ticket=None)
    names = list(files.values_list("name", flat=True))
    files.update(draft=None, ticket=ticket)
    return names


def _is_shared(filing: Filing, client: Organisation | None) -> bool:
    if client is None:
        return False
    return client.shares_with_client if filing.shared is None else filing.shared


def _new_reference() -> str:
    while True:
        reference = make_reference(secrets.choice)
        if not Ticket.objects.filter(reference=reference).exists():
            return reference
