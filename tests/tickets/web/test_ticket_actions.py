"""What a person does with a ticket: each action's way, its refusal in words, and what was seen too long ago."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions import ending
from tickets.models import Follower, Message, Ticket, TicketEvent


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def act(client):
    """Return a function that sends one action on a ticket as a person."""

    def send(person, name, ticket, /, *more, **form):
        client.force_login(person)
        return client.post(reverse(name, args=[ticket.reference, *more]), form)

    return send


def fresh(ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def told(response) -> list[str]:
    return [str(one) for one in get_messages(response.wsgi_request)]


def back(ticket, anchor="") -> str:
    return reverse("ticket", args=[ticket.reference]) + anchor


@pytest.fixture
def answered(cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    return fresh(ticket)


@pytest.fixture
def resolved(cast, answered):
    return ending.resolve(answered, by=actor_for(cast.owner), now=NOW)


# Ways


def test_resolving_and_reopening(cast, act, answered):
    sent = act(cast.colleague, "resolve_ticket", answered, seq=answered.public_seq)

    assert (sent.status_code, sent["Location"]) == (303, back(answered, "#rate"))
    assert fresh(answered).status == "resolved"
    again = act(cast.owner, "reopen_ticket", answered)
    assert (again.status_code, fresh(answered).status) == (303, "in_progress")


def test_withdrawing_asks_once_more(cast, client, act):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.owner)

    asked = client.get(reverse("withdraw_ticket_page", args=[ticket.reference]))

    assert "Withdraw the ticket?" in asked.content.decode()
    assert fresh(ticket).status == "new"
    act(cast.owner, "withdraw_ticket", ticket, seq=ticket.public_seq)
    assert fresh(ticket).status == "withdrawn"


@pytest.mark.parametrize("given", [1, 2, 3])
def test_rating_a_resolved_ticket(cast, act, resolved, given):
    act(cast.owner, "rate_ticket", resolved, satisfaction=given)

    assert fresh(resolved).satisfaction == given


def test_rating_alike_twice_is_one_answer(cast, act, resolved):
    for given in (3, 3, 2):
        act(cast.owner, "rate_ticket", resolved, satisfaction=given)

    assert TicketEvent.objects.filter(ticket=resolved, kind="rated").count() == 2


def test_saying_that_an_answer_was_none(cast, client, act, answered):
    answer = Message.objects.get()

    sent = act(cast.owner, "dispute_answer", answered, answer.pk)

    assert (sent.status_code, sent["Location"]) == (303, back(answered, f"#m{answer.pk}"))
    answer.refresh_from_db()
    assert answer.disputed_at == NOW
    assert fresh(answered).promise.outcome == "kept"
    page = client.get(back(answered)).content.decode()
    assert "You said that this didn't answer you." in page.replace("&#x27;", "'")
    assert reverse("dispute_answer", args=[answered.reference, answer.pk]) not in page


def test_adding_a_colleague_and_stopping_oneself(cast, act):
    ticket = make_ticket(cast.owner)

    sent = act(cast.owner, "follow_ticket", ticket, person=cast.colleague.pk)
    act(cast.owner, "unfollow_ticket", ticket)

    assert told(sent) == ["Tomás Rocha follows this ticket."]
    assert list(Follower.objects.filter(ticket=ticket).values_list("user__name", flat=True)) == ["Tomás Rocha"]


def test_growth_manager_follows_a_ticket(cast, act):
    ticket = make_ticket(cast.owner)

    act(cast.growth, "follow_ticket", ticket, person=cast.growth.pk)

    assert Follower.objects.filter(ticket=ticket, user=cast.growth).exists()


def test_partner_shares_a_ticket_and_takes_it_back(cast, client, act):
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))

    act(cast.owner, "share_ticket", ticket, shared="yes")
    client.force_login(cast.nordlicht_member)
    seen = client.get(back(ticket)).status_code
    act(cast.owner, "share_ticket", ticket, shared="no")
    client.force_login(cast.nordlicht_member)

    assert (seen, client.get(back(ticket)).status_code) == (200, 404)


# It got worse


def test_worse_shows_the_new_deadline_before_it_is_told(cast, client):
    ticket = make_ticket(cast.owner, impact="reduced", workaround=False)
    client.force_login(cast.owner)
    page = reverse("worsen_ticket_page", args=[ticket.reference])

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        as_it_is = client.get(page).content.decode()
        halted = client.get(page, {"impact": "halted", "workaround": "no"}).content.decode()

    assert "The deadline stays 15:00 Berlin." in as_it_is
    assert "First response by 13:40 Berlin" in halted
    assert "So far it is 15:00 Berlin." in halted
    assert fresh(ticket).severity == "urgent"


def test_worse_gives_the_deadline_that_was_shown(cast, act):
    ticket = make_ticket(cast.owner, impact="reduced", workaround=False)

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        sent = act(cast.owner, "worsen_ticket", ticket, impact="halted", workaround="no", reason="All stands still.")

    after = fresh(ticket)
    assert (sent.status_code, after.severity) == (303, "critical")
    assert after.promise.due_at == NOW + timedelta(minutes=40)
    assert Message.objects.get(kind="reason").body == "All stands still."


def test_worse_without_a_reason_comes_back_with_the_answers(cast, act):
    ticket = make_ticket(cast.owner, impact="reduced", workaround=False)

    sent = act(cast.owner, "worsen_ticket", ticket, impact="halted", workaround="no", reason=" ")

    assert sent.status_code == 400
    assert sent.context["answers"].impact == "halted"
    assert "Say what got worse" in sent.context["error"]
    assert fresh(ticket).severity == "urgent"


def test_worse_without_scripts_shows_the_deadline_and_keeps_the_reason(cast, act):
    ticket = make_ticket(cast.owner, impact="reduced", workaround=False)

    sent = act(
        cast.owner, "worsen_ticket", ticket, impact="halted", workaround="no", reason="All stands still.", look="1"
    )

    assert sent.status_code == 200
    assert "All stands still." in sent.content.decode()
    assert fresh(ticket).severity == "urgent"


def test_worse_is_over_with_the_first_response(cast, client, act, answered):
    client.force_login(cast.owner)

    page = client.get(reverse("worsen_ticket_page", args=[answered.reference]))
    sent = act(cast.owner, "worsen_ticket", answered, impact="halted", workaround="no", reason="So.")

    assert (page.status_code, page["Location"]) == (303, back(answered))
    assert told(sent) == ["The first response was given, so this is no longer possible."]


# Refusals


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("resolve_ticket", {}),
        ("reopen_ticket", {}),
        ("withdraw_ticket", {}),
        ("rate_ticket", {"satisfaction": 3}),
        ("share_ticket", {"shared": "yes"}),
        ("worsen_ticket", {"impact": "halted", "reason": "So."}),
        ("follow_up_ticket", {"body": "So."}),
    ],
)
@pytest.mark.slow
def test_growth_manager_reads_that_only_the_organisation_may(cast, act, name, form):
    ticket = make_ticket(cast.owner)
    before = TicketEvent.objects.count()

    refused = act(cast.growth, name, ticket, **form)

    assert refused.status_code == 403
    assert "You may not do this" in refused.content.decode()
    assert TicketEvent.objects.count() == before


@pytest.mark.parametrize("name", ["withdraw_ticket_page", "worsen_ticket_page"])
def test_growth_manager_has_no_page_to_do_it_either(cast, client, name):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.growth)

    assert client.get(reverse(name, args=[ticket.reference])).status_code == 403


def test_client_can_not_share_what_the_partner_filed(cast, act):
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))
    Ticket.objects.filter(pk=ticket.pk).update(is_shared=True)

    refused = act(cast.nordlicht_member, "share_ticket", ticket, shared="no")

    assert refused.status_code == 403
    assert fresh(ticket).is_shared


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("withdraw_ticket", {}),
        ("resolve_ticket", {}),
        ("reopen_ticket", {}),
        ("rate_ticket", {"satisfaction": "3"}),
        ("worsen_ticket", {"impact": "halted", "workaround": "no", "reason": "It spread."}),
    ],
)
def test_client_answers_what_its_partner_shares_and_decides_nothing(cast, act, client, name, form):
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))
    Ticket.objects.filter(pk=ticket.pk).update(is_shared=True)
    before = fresh(ticket).version

    refused = act(cast.nordlicht_member, name, ticket, **form)

    assert refused.status_code == 403
    assert fresh(ticket).version == before
    page = client.get(reverse("ticket", args=[ticket.reference])).content.decode()
    for way in ("withdraw_ticket_page", "resolve_ticket", "worsen_ticket_page"):
        assert reverse(way, args=[ticket.reference]) not in page


def test_partner_takes_back_what_its_client_filed(cast, act):
    ticket = make_ticket(cast.nordlicht_member)

    act(cast.owner, "withdraw_ticket", ticket)

    assert fresh(ticket).status == Ticket.Status.WITHDRAWN


@pytest.mark.parametrize(
    ("name", "form", "sentence"),
    [
        ("reopen_ticket", {}, "the ticket is now “In progress”"),
        ("rate_ticket", {"satisfaction": 3}, "Only a resolved ticket can be rated."),
        ("share_ticket", {"shared": "yes"}, "about no client"),
    ],
)
def test_what_does_not_fit_now_leads_back_with_a_sentence(cast, act, answered, name, form, sentence):
    refused = act(cast.owner, name, answered, **form)

    assert (refused.status_code, refused["Location"]) == (303, back(answered))
    assert sentence in told(refused)[0]


@pytest.mark.parametrize("given", ["0", "4", "x", "-1", ""])
def test_rating_takes_three_answers(cast, act, resolved, given):
    act(cast.owner, "rate_ticket", resolved, satisfaction=given)

    assert fresh(resolved).satisfaction is None


@pytest.mark.parametrize("who", ["outsider", "nordlicht_member", "agent", "nobody"])
def test_only_a_colleague_can_be_added_and_the_answer_tells_nothing(cast, act, who):
    ticket = make_ticket(cast.owner)
    person = 987654 if who == "nobody" else getattr(cast, who).pk

    refused = act(cast.owner, "follow_ticket", ticket, person=person)

    assert told(refused) == ["Nobody with this address may see the ticket."]
    assert Follower.objects.filter(ticket=ticket).count() == 1


@pytest.mark.parametrize("name", ["resolve_ticket", "withdraw_ticket"])
def test_ticket_that_moved_on_since_it_was_seen_is_left_alone(cast, act, name):
    ticket = make_ticket(cast.owner)
    seen = ticket.public_seq
    answer_ticket(ticket, cast.agent, now=NOW)

    refused = act(cast.owner, name, ticket, seq=seen)

    assert refused.status_code == 303
    assert "The ticket changed" in told(refused)[0]
    assert fresh(ticket).status == "in_progress"
