"""A ticket's page: what it shows to whom, and that nothing internal shows through."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import actor_for
from packages.policy.severity import Severity
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions import completing, conversation, ending, escalations, following, triage
from tickets.actions.promising import Cause
from tickets.models import Message, Ticket

SECRET = "hippopotamus"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def open_page(client):
    """Return a function that opens a ticket's page as a person and gives its text, tags left out."""

    def look(person, ticket):
        client.force_login(person)
        shown = client.get(page_of(ticket))
        assert shown.status_code == 200
        return words(shown)

    return look


def words(response) -> str:
    main = response.content.decode().split("<main")[-1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").replace("&quot;", '"').split())


def page_of(ticket) -> str:
    return reverse("ticket", args=[ticket.reference])


def ago(**how):
    return NOW - timedelta(**how)


def fresh(ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


# Who sees it

OPENING = ["ticket", "ticket_updates", "withdraw_ticket_page", "worsen_ticket_page"]
ACTING = [
    "follow_ticket", "follow_up_ticket", "message_files", "preview_message", "rate_ticket", "reopen_ticket",
    "resolve_ticket", "share_ticket", "unfollow_ticket", "withdraw_ticket", "worsen_ticket", "write_message",
]  # fmt: skip


@pytest.mark.parametrize("person", ["outsider", "nordlicht_member", "azul_member", "other_growth", "direct_member"])
@pytest.mark.slow
def test_ticket_is_not_there_for_who_may_not_see_it_whatever_they_ask(cast, client, person):
    ticket = make_ticket(cast.owner)
    client.force_login(getattr(cast, person))
    sent = {"body": "Hello", "person": cast.outsider.pk, "reason": "Because."}

    answers = {}
    for name in [*OPENING, *ACTING]:
        send = client.get if name in OPENING else client.post
        refused = send(reverse(name, args=[ticket.reference]), sent)
        missing = send(reverse(name, args=["TK-XXXXXX"]), sent)
        answers[name] = (refused.status_code, missing.status_code)

    assert set(answers.values()) == {(404, 404)}, answers
    assert Message.objects.count() == 0
    assert fresh(ticket).version == ticket.version


def test_action_takes_nothing_but_a_post(cast, client):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.outsider)

    answers = {
        (name, method): getattr(client, method)(reverse(name, args=[ticket.reference])).status_code
        for name in ACTING
        for method in ("get", "put", "patch", "delete", "head")
    }

    assert set(answers.values()) == {405}, answers


def test_answer_of_another_ticket_is_not_there_to_be_disputed(cast, client):
    theirs = make_ticket(cast.outsider)
    answer = answer_ticket(theirs, cast.agent, now=NOW)
    own = make_ticket(cast.owner)
    client.force_login(cast.owner)

    for reference in (theirs.reference, own.reference):
        assert client.post(reverse("dispute_answer", args=[reference, answer.pk])).status_code == 404


@pytest.mark.parametrize("name", ["ticket", "withdraw_ticket_page", "worsen_ticket_page"])
def test_visitor_signs_in_and_comes_back(cast, client, name):
    ticket = make_ticket(cast.owner)

    sent = client.get(reverse(name, args=[ticket.reference]))

    assert sent["Location"] == f"{reverse('account_login')}?next={reverse(name, args=[ticket.reference])}"


def test_visitor_who_posts_comes_back_to_the_ticket(cast, client):
    ticket = make_ticket(cast.owner)

    sent = client.post(reverse("write_message", args=[ticket.reference]), {"body": "Hello"})

    assert sent["Location"] == f"{reverse('account_login')}?next={page_of(ticket)}"


def test_support_reads_what_the_organisation_reads_and_is_led_to_its_desk(cast, client, open_page):
    ticket = make_ticket(cast.owner)
    conversation.add_note(ticket, SECRET, by=actor_for(cast.agent), now=NOW)

    text = open_page(cast.agent, ticket)

    assert "Open at the desk" in text
    assert SECRET not in text
    assert 'id="composer"' not in client.get(page_of(ticket)).content.decode()


# Internal notes


@pytest.mark.parametrize("person", ["owner", "growth"])
def test_internal_note_shows_through_nothing(cast, client, person):
    ticket = make_ticket(cast.owner, now=ago(hours=1))
    client.force_login(getattr(cast, person))
    before = client.get(page_of(ticket)).content.decode()
    conversation.add_note(ticket, f"{SECRET} D360-API-KEY", by=actor_for(cast.agent), now=NOW)
    triage.assign(fresh(ticket), cast.second_agent, by=actor_for(cast.lead), now=NOW)

    after = client.get(page_of(ticket)).content.decode()
    polled = client.get(reverse("ticket_updates", args=[ticket.reference]), {"after": fresh(ticket).public_seq})

    # Only what every load makes anew differs.
    fleeting = re.compile(r'(?:name="nonce" value="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*")')
    assert fleeting.sub("", after) == fleeting.sub("", before)
    assert (polled.status_code, polled.content) == (204, b"")
    assert SECRET in Message.objects.get().body


def test_note_does_not_make_what_a_person_saw_stale(cast, client):
    ticket = make_ticket(cast.owner)
    seen = ticket.public_seq
    conversation.add_note(ticket, SECRET, by=actor_for(cast.agent), now=NOW)
    client.force_login(cast.owner)

    client.post(reverse("resolve_ticket", args=[ticket.reference]), {"seq": fresh(ticket).public_seq})

    assert seen == ticket.public_seq
    assert fresh(ticket).status == "resolved"


# Conversation


def test_page_tells_the_story_in_order(cast, open_page):
    ticket = make_ticket(
        cast.owner, "messaging_delays", now=ago(hours=2), description="It is **slow**.", client=str(cast.azul.pk)
    )
    answer_ticket(ticket, cast.agent, now=ago(minutes=74), body="A limit applies.")
    conversation.post_message(fresh(ticket), "They open on Friday.", by=actor_for(cast.growth), now=ago(minutes=50))
    triage.wait_for_partner(fresh(ticket), by=actor_for(cast.agent), now=ago(minutes=40))

    text = open_page(cast.owner, ticket)

    story = [
        ticket.reference,
        ticket.subject,
        "Your turn",
        "Loja Azul · Long messaging delays · filed by Ana Prado, 11:00",
        "You have to act. Support asked something: the answer goes below. Without one the ticket is resolved",
        "Ana Prado Meridian Messaging 11:00 It is slow .",
        "Promised under policy 1:",
        "Lena Fischer Support First response, in 46 min 11:46 A limit applies. This didn't answer me",
        "Marta Klein Growth manager 12:10 They open on Friday.",
        "Lena Fischer waits for the partner",
    ]
    places = [text.find(part) for part in story]
    assert places == sorted(places), dict(zip(story, places, strict=True))
    assert -1 not in places


def test_message_is_markdown_and_nothing_in_it_runs(cast, client):
    ticket = make_ticket(cast.owner, subject="<script>alert(1)</script>", description="<script>alert(2)</script>")
    body = "<img src=x onerror=alert(3)> [x](javascript:alert(4)) **fine**"
    conversation.post_message(ticket, body, by=actor_for(cast.owner), now=NOW)
    client.force_login(cast.colleague)

    page = client.get(page_of(ticket)).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript:' not in page
    assert "<strong>fine</strong>" in page


def test_reason_stands_beside_its_event(cast, open_page):
    ticket = make_ticket(cast.owner, impact="reduced", workaround=False)
    actor = actor_for(cast.lead)
    triage.reclassify(ticket, Severity.CRITICAL, cause=Cause.CORRECTED, reason="All stands still.", by=actor, now=NOW)

    text = open_page(cast.owner, ticket)

    assert "Jonas Brandt changed the severity from Urgent to Critical, first response by" in text
    assert "All stands still." in text
    assert "Earlier promises Urgent, due" in text
    assert ": Replaced" in text


# Promise and what happens next


def test_promise_is_counted_to_the_second_and_adds_up(cast, open_page):
    filed = NOW + timedelta(seconds=7, microseconds=250_000)
    ticket = make_ticket(cast.owner, now=filed, impact="reduced", workaround=False)

    with time_machine.travel(filed, tick=False):
        text = open_page(cast.owner, ticket)

    assert "2 h left First response by 15:00 Berlin" in text
    assert (
        "Open time, Berlin Counted Tue 24 Nov, 13:00:07 to 15:00:07 2 h Target, Urgent in Premium Support 2 h" in text
    )
    assert "Policy 1, in force since Thu 1 Jan. Your answers on impact and workaround make it so." in text


def test_promise_over_a_night_shows_each_interval_in_both_zones(cast, open_page):
    cast.nordlicht_member.timezone = "America/Sao_Paulo"
    cast.nordlicht_member.save()
    late = NOW.replace(hour=20)
    ticket = make_ticket(cast.nordlicht_member, now=late, impact="reduced", workaround=False)

    with time_machine.travel(late, tick=False):
        text = open_page(cast.nordlicht_member, ticket)

    counted = re.search(r"Counted (.*?) Target", text)[1]
    assert "Tue 24 Nov, 21:00 to 22:00 Tue 24 Nov, 17:00 to 18:00 São Paulo 1 h" in counted
    assert "your time" in text


def test_the_bar_of_a_promise_names_the_day_of_its_end_where_that_is_another(cast, open_page):
    with time_machine.travel(NOW, tick=False):
        assert "13:00 Wed 13:00 How this was counted" in open_page(cast.owner, make_ticket(cast.owner))
        urgent = make_ticket(cast.owner, impact="reduced", workaround=False)
        assert "13:00 15:00 How this was counted" in open_page(cast.owner, urgent)


def test_promise_that_is_late_or_stands_still_says_so(cast, open_page):
    ticket = make_ticket(cast.nordlicht_member, impact="halted", workaround=False)
    promise = ticket.promise

    with time_machine.travel(promise.due_at + timedelta(minutes=12), tick=False):
        assert "Late by 12 min It was due at" in open_page(cast.nordlicht_member, ticket)

    standing = make_ticket(cast.nordlicht_member, now=NOW.replace(hour=20))
    with time_machine.travel(NOW.replace(hour=22), tick=False):
        assert "Support is closed: the clock stands still until Wed 02:00 Berlin." in open_page(
            cast.nordlicht_member, standing
        )


def test_sent_back_ticket_names_the_fields_and_leads_to_the_form(cast, client, open_page):
    ticket = make_ticket(cast.owner)
    asks = {"description": "Say which number it is."}
    completing.send_back(ticket, asks, by=actor_for(cast.agent), now=NOW)

    text = open_page(cast.owner, ticket)

    assert "Support needs information before the clock can start Description Say which number it is." in text
    assert "Without it the ticket is withdrawn" in text
    assert "Clock not running It starts anew, in full, when the information is there." in text
    assert reverse("complete_ticket", args=[ticket.reference]) in client.get(page_of(ticket)).content.decode()


def test_platform_s_case_and_next_update_are_shown(cast, open_page):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    actor = actor_for(cast.agent)
    triage.wait_for_platform(fresh(ticket), case="88 214", check_at=NOW + timedelta(hours=20), by=actor, now=NOW)

    text = open_page(cast.owner, ticket)

    assert "The platform has to act. Support waits for the platform, case 88 214. Next update by Wed 09:00." in text
    assert "Next update by Wed 25 Nov, 09:00 Berlin Platform's case 88 214" in text


@pytest.mark.parametrize(
    ("state", "expected", "missing"),
    [
        ("new", ["Mark as resolved", "It got worse", "Withdraw the ticket"], ["Reopen", "How did support do?"]),
        ("answered", ["Mark as resolved", "Withdraw the ticket"], ["It got worse", "Reopen"]),
        ("resolved", ["Reopen", "How did support do?"], ["Mark as resolved", "Withdraw the ticket"]),
        ("closed", ["begins a new one", "How did support do?"], ["Mark as resolved", "Reopen", "Withdraw the ticket"]),
        ("withdrawn", ["begins a new one"], ["Mark as resolved", "Reopen", "How did support do?"]),
    ],
)
def test_page_offers_what_can_be_done_now(cast, open_page, state, expected, missing):
    ticket = make_ticket(cast.owner)
    owner, agent = actor_for(cast.owner), actor_for(cast.agent)
    if state in ("answered", "resolved", "closed"):
        answer_ticket(ticket, cast.agent, now=NOW)
    if state in ("resolved", "closed"):
        ending.resolve(fresh(ticket), by=owner, now=NOW)
    if state == "closed":
        ending.close(fresh(ticket), by=agent, now=NOW)
    if state == "withdrawn":
        ending.withdraw(ticket, by=owner, now=NOW)

    text = open_page(cast.owner, ticket)

    assert [one for one in expected if one not in text] == []
    assert [one for one in missing if one in text] == []


def test_growth_manager_may_write_and_not_resolve(cast, client, open_page):
    ticket = make_ticket(cast.owner)

    text = open_page(cast.growth, ticket)

    assert 'id="composer"' in client.get(page_of(ticket)).content.decode()
    assert "Mark as resolved" not in text
    assert "The partner has to act" not in text


def test_escalation_stands_on_the_page(cast, open_page):
    ticket = make_ticket(cast.owner)
    escalations.ask(ticket, cause="late", reason="They open.", by=actor_for(cast.owner), now=NOW)

    assert "You asked Marta Klein, your growth manager" in open_page(cast.owner, ticket)


def test_client_sees_no_sharing_and_partner_does(cast, open_page):
    ticket = make_ticket(cast.owner, client=str(cast.nordlicht.pk))

    assert "Café Nordlicht does not see this ticket." in open_page(cast.owner, ticket)
    following.share(ticket, True, by=actor_for(cast.owner), now=NOW)
    assert "Café Nordlicht sees this ticket and can answer on it." in open_page(cast.owner, ticket)
    assert "Who sees it" not in open_page(cast.nordlicht_member, ticket)


def test_link_to_another_ticket_is_shown_to_who_may_see_that(cast, open_page):
    first = make_ticket(cast.nordlicht_member)
    second = make_ticket(cast.owner, client=str(cast.nordlicht.pk))
    Ticket.objects.filter(pk=second.pk).update(follows=first)

    assert f"It follows {first.reference}" in open_page(cast.owner, second)
    assert f"It goes on in {second.reference}" in open_page(cast.owner, first)
    assert second.reference not in open_page(cast.nordlicht_member, first)


# Cost and language


@pytest.mark.parametrize("said", [1, 20])
@pytest.mark.slow
def test_page_costs_the_same_queries_for_one_message_and_twenty(cast, client, django_assert_num_queries, said):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    for number in range(said):
        person = (cast.owner, cast.colleague, cast.agent, cast.growth)[number % 4]
        conversation.post_message(fresh(ticket), f"Message {number}", by=actor_for(person), now=NOW)
    client.force_login(cast.owner)
    client.get(page_of(ticket))

    with django_assert_num_queries(15):
        client.get(page_of(ticket))


def test_page_speaks_the_reader_s_language(cast, client):
    ticket = make_ticket(cast.owner)
    cast.owner.language = "de"
    cast.owner.save()
    client.force_login(cast.owner)

    page = client.get(page_of(ticket)).content.decode()

    assert '<html lang="de"' in page
    assert "Auswirkung" in page
