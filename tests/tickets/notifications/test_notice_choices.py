"""What each person is told of each kind of news, whatever they chose; and what they cannot switch off."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Membership
from tests.cast import NOW, Cast, make_ticket
from tickets.models import Follower, NoticeChoice, Outbox, Ticket, TicketEvent
from tickets.notifications import outbox
from tickets.notifications.events import CATALOGUE
from tickets.policy.notices import Kind, Way, bound_to, kind_of, kinds_for

pytestmark = pytest.mark.django_db

PAGE = "/settings/notifications/"
HALF_PAST = NOW.replace(minute=30)
FULL_HOUR = NOW.replace(minute=0) + timedelta(hours=1)
OUTSIDE = {
    Kind.WAITING: "sent_back",
    Kind.MESSAGES: "message",
    Kind.CHANGES: "resolved",
    Kind.ADDED: "followed",
    Kind.BREACHES: "promise_missed",
    Kind.ESCALATIONS: "escalation_concluded",
}
SUPPORT = OUTSIDE | {
    Kind.NEW: "filed",
    Kind.WAITING: "completed",
    Kind.ADDED: "assigned",
    Kind.ESCALATIONS: "escalation_escalated",
}
BOUND = {
    "owner": set(),
    "colleague": {Kind.BREACHES, Kind.ESCALATIONS},  # an admin of their organisation
    "growth": {Kind.ESCALATIONS},
    "agent": set(),
    "lead": {Kind.BREACHES, Kind.ESCALATIONS},
}
URGENT = {Kind.NEW, Kind.BREACHES, Kind.ESCALATIONS}


@pytest.fixture
def signed_in(client):
    """Return a function that signs a person in and gives the browser."""

    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def events_for(name: str) -> dict[Kind, str]:
    return SUPPORT if name in ("agent", "lead") else OUTSIDE


def tell(ticket: Ticket, kind: str, person, *, now=HALF_PAST) -> list[Outbox]:
    """Let something happen that the person is told of; return their rows."""
    event = TicketEvent.objects.create(
        ticket=ticket, seq=TicketEvent.objects.filter(ticket=ticket).count() + 50, kind=kind, is_public=True,
        payload={"who": person.pk, "to": person.pk}, at=now,
    )  # fmt: skip
    outbox.enqueue(event, ticket=ticket)
    return list(Outbox.objects.filter(event=event, user=person))


def followed_ticket(cast: Cast, person) -> Ticket:
    ticket = make_ticket(cast.owner)
    ticket.severity = Ticket.Severity.CRITICAL
    Follower.objects.get_or_create(ticket=ticket, user=person)
    return ticket


def form_of(name: str, way: Way, **others: Way) -> dict[str, str]:
    return {kind: others.get(kind, way) for kind in events_for(name)}


@pytest.mark.parametrize("name", sorted(BOUND))
def test_without_a_choice_everything_is_told_at_once_and_no_row_is_needed(cast, name):
    person = getattr(cast, name)
    ticket = followed_ticket(cast, person)

    for kind, event in events_for(name).items():
        wait = timedelta(0) if kind in URGENT else outbox.GATHERING
        rows = tell(ticket, event, person)
        assert [(row.is_urgent, row.send_at) for row in rows] == [(kind in URGENT, HALF_PAST + wait)], kind

    assert not NoticeChoice.objects.exists()


@pytest.mark.parametrize("name", sorted(BOUND))
def test_a_digest_leaves_at_the_full_hour_whatever_it_tells(cast, signed_in, name):
    person = getattr(cast, name)
    ticket = followed_ticket(cast, person)

    assert signed_in(person).post(PAGE, form_of(name, Way.DIGEST)).status_code == 302

    for kind, event in events_for(name).items():
        rows = tell(ticket, event, person)
        assert [(row.is_urgent, row.send_at) for row in rows] == [(False, FULL_HOUR)], kind


@pytest.mark.parametrize("name", sorted(BOUND))
def test_what_is_off_is_not_told_but_for_what_the_person_answers_for(cast, signed_in, name):
    person = getattr(cast, name)
    ticket = followed_ticket(cast, person)
    told = dict.fromkeys(BOUND[name], Way.NOW)

    assert signed_in(person).post(PAGE, form_of(name, Way.NOTHING, **told)).status_code == 302

    for kind, event in events_for(name).items():
        assert len(tell(ticket, event, person)) == (kind in told), kind


@pytest.mark.parametrize("name", [name for name in sorted(BOUND) if BOUND[name]])
def test_who_must_be_told_cannot_switch_it_off_and_reads_why(cast, signed_in, name):
    browser = signed_in(getattr(cast, name))
    page = browser.get(PAGE).content.decode()

    answer = browser.post(PAGE, form_of(name, Way.NOTHING))

    assert set(answer.context["form"].errors) == BOUND[name]
    assert not NoticeChoice.objects.exists()
    assert page.count("cannot be switched off") == len(BOUND[name])
    assert page.count('value="nothing"') == len(events_for(name)) - len(BOUND[name])


def test_who_switched_it_off_and_then_became_an_admin_is_told_again(cast, signed_in):
    ticket = followed_ticket(cast, cast.owner)
    signed_in(cast.owner).post(PAGE, form_of("owner", Way.NOTHING))
    assert tell(ticket, "promise_missed", cast.owner) == []

    Membership.objects.filter(user=cast.owner).update(is_admin=True)

    assert len(tell(ticket, "promise_missed", cast.owner)) == 1
    assert tell(ticket, "message", cast.owner) == []


def test_a_choice_is_one_persons(cast, signed_in):
    ticket = followed_ticket(cast, cast.colleague)

    signed_in(cast.owner).post(PAGE, form_of("owner", Way.NOTHING))

    assert len(tell(ticket, "message", cast.colleague)) == 1


def test_the_page_shows_what_was_chosen_and_going_back_leaves_no_row(cast, signed_in):
    browser = signed_in(cast.owner)
    browser.post(PAGE, form_of("owner", Way.NOW, messages=Way.DIGEST, changes=Way.NOTHING))
    assert dict(NoticeChoice.objects.values_list("kind", "way")) == {"messages": "digest", "changes": "nothing"}
    assert browser.get(PAGE).content.decode().count(" selected>") == 6
    assert browser.get(PAGE).context["form"].initial[Kind.MESSAGES] is Way.DIGEST

    browser.post(PAGE, form_of("owner", Way.NOW))

    assert not NoticeChoice.objects.exists()
    assert [(entry.before, entry.after) for entry in AuditEntry.objects.order_by("at", "pk")] == [
        ({"messages": "now", "changes": "now"}, {"messages": "digest", "changes": "nothing"}),
        ({"messages": "digest", "changes": "nothing"}, {"messages": "now", "changes": "now"}),
    ]


def test_nonsense_is_refused_at_its_field_and_saves_nothing(cast, signed_in):
    answer = signed_in(cast.owner).post(PAGE, form_of("owner", Way.DIGEST) | {"messages": "pigeon"})

    assert set(answer.context["form"].errors) == {"messages"}
    assert not NoticeChoice.objects.exists()


def test_a_digest_comes_along_with_what_leaves_earlier(cast, signed_in):
    ticket = followed_ticket(cast, cast.owner)
    signed_in(cast.owner).post(PAGE, form_of("owner", Way.NOW, changes=Way.DIGEST))
    tell(ticket, "resolved", cast.owner)
    tell(ticket, "message", cast.owner)

    (mail,) = outbox.claim(HALF_PAST + outbox.GATHERING)

    assert [row.event.kind for row in mail.rows] == ["message", "resolved"]


def test_the_table_holds_only_what_differs_and_once(cast):
    NoticeChoice.objects.create(user=cast.owner, kind="messages", way="digest")

    for kind, way in (("messages", "nothing"), ("changes", "now"), ("gossip", "digest")):
        with pytest.raises(IntegrityError), transaction.atomic():
            NoticeChoice.objects.create(user=cast.owner, kind=kind, way=way)


def test_each_person_is_asked_of_the_kinds_that_they_are_told_of(cast):
    kinds = {kind_of(event) for event in CATALOGUE}

    assert kinds == set(Kind) == {*kinds_for(cast.agent.role)}
    assert kinds - {*kinds_for(cast.owner.role)} == {Kind.NEW}
    assert all(bound_to(cast.lead.role, is_admin=False) <= {*kinds_for(role)} for role in ("member", "growth_manager"))
