"""The pages of an escalation: who may ask and decide, what refuses and with which sentence, and who sees nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actor import actor_for
from tests.tickets.escalating import limit_tier, make_ticket
from tickets.actions import escalations
from tickets.models import Draft, Escalation, Message
from tickets.web.escalations import card

FORM = {"cause": "late", "reason": "The shop is closed until it works."}


@pytest.fixture
def signed_in(client):
    """Return a function that signs a person in and gives the browser."""

    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def now():
    return timezone.now()


def ticket_of(organisation, **facts):
    return make_ticket(organisation, now=now() - timedelta(minutes=5), **facts)


def ask(ticket, person, **form):
    return escalations.ask(ticket, **{**FORM, **form}, by=actor_for(person), now=now())


def page_of(ticket):
    return reverse("escalate", args=[ticket.reference])


# Asking


def test_partner_asks_and_comes_back_to_the_ticket(cast, signed_in):
    ticket = ticket_of(cast.azul)
    browser = signed_in(cast.owner)

    shown = browser.get(page_of(ticket))
    sent = browser.post(page_of(ticket), FORM)

    assert shown.status_code == 200
    assert "Ask Marta Klein" in shown.content.decode()
    assert (sent.status_code, sent["Location"]) == (302, reverse("ticket", args=[ticket.reference]))
    made = Escalation.objects.get()
    assert (made.state, made.partner, made.asked_by, made.cause) == ("asked", cast.meridian, cast.owner, "late")


def test_causes_are_the_policys_in_the_readers_language(cast, signed_in):
    cast.owner.language = "de"
    cast.owner.save()

    shown = signed_in(cast.owner).get(page_of(ticket_of(cast.meridian))).content.decode()

    assert "Es geht nicht voran" in shown


def test_errors_stand_at_their_fields_and_keep_what_was_typed(cast, signed_in):
    ticket = ticket_of(cast.meridian)

    answer = signed_in(cast.owner).post(page_of(ticket), {"cause": "nonsense", "reason": ""})
    kept = signed_in(cast.owner).post(page_of(ticket), {"cause": "", "reason": "Kept as typed"})

    assert answer.status_code == kept.status_code == 400
    assert list(answer.context["form"].errors) == ["cause", "reason"]
    assert "Kept as typed" in kept.content.decode()
    assert Escalation.objects.count() == 0


@pytest.mark.parametrize("reason", ["x" * 5_001, "x" * 2_000_000])
def test_endless_reason_is_refused_at_the_field(cast, signed_in, reason):
    answer = signed_in(cast.owner).post(page_of(ticket_of(cast.meridian)), {"cause": "late", "reason": reason})

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["reason"])


def test_reason_is_stored_without_secrets(cast, signed_in):
    ticket = ticket_of(cast.meridian)

    spoilt = signed_in(cast.owner).post(page_of(ticket), {"cause": "late", "reason": "It\x00fails"})
    signed_in(cast.owner).post(page_of(ticket), {"cause": "late", "reason": "D360-API-KEY: abcdef123456 fails"})

    assert (spoilt.status_code, Escalation.objects.get().reason) == (400, "D360-API-KEY: *** fails")


# Refusals: page to read, then what was sent anyway


@pytest.mark.parametrize(
    ("who", "owner", "facts", "status", "words"),
    [
        ("owner", "meridian", {"status": "needs_information"}, 409, "Complete it"),
        ("owner", "meridian", {"status": "resolved"}, 409, "reopen it"),
        ("owner", "meridian", {"status": "closed"}, 409, "File a new one"),
        ("nordlicht_member", "nordlicht", {}, 403, "Your partner can ask for it"),
        ("nordlicht_member", "nordlicht", {"is_confidential": True}, 403, "confidential from your partner"),
        ("direct_member", "direct", {}, 403, "belongs to no partner"),
        ("agent", "meridian", {}, 403, "Only the partner"),
    ],
)
def test_refusal_says_why_and_what_to_do_and_a_crafted_request_does_nothing(
    cast, signed_in, who, owner, facts, status, words
):
    ticket = ticket_of(getattr(cast, owner), **facts)
    browser = signed_in(getattr(cast, who))

    shown, sent = browser.get(page_of(ticket)), browser.post(page_of(ticket), FORM)

    assert (shown.status_code, sent.status_code) == (200, status)
    assert words in shown.content.decode()
    assert words in sent.content.decode()
    assert FORM["reason"] in sent.content.decode()  # what was typed is not lost
    assert Escalation.objects.count() == 0


def test_partner_in_no_tier_reads_that_it_takes_one(cast, signed_in):
    cast.meridian.tier, cast.meridian.growth_manager, cast.meridian.deputy = "", None, None
    cast.meridian.save()
    ticket = ticket_of(cast.meridian)

    sent = signed_in(cast.owner).post(page_of(ticket), FORM)

    assert sent.status_code == 403
    assert "your organisation is in none" in sent.content.decode()


def test_second_request_says_where_the_first_stands(cast, signed_in):
    ticket = ticket_of(cast.meridian)
    ask(ticket, cast.colleague)

    sent = signed_in(cast.owner).post(page_of(ticket), FORM)

    assert sent.status_code == 409
    assert "An escalation was asked for at" in sent.content.decode()
    assert Escalation.objects.count() == 1


def test_limit_says_when_the_next_is_possible(cast, signed_in):
    limit_tier("gold", 0)

    shown = signed_in(cast.owner).get(page_of(ticket_of(cast.meridian))).content.decode()

    assert "0 of 0" in shown
    assert "a support lead may grant one more" in shown


# Outsiders


@pytest.mark.parametrize("who", ["outsider", "other_growth", "azul_member", "direct_member"])
def test_outsiders_find_nothing(cast, signed_in, who):
    ticket = ticket_of(cast.nordlicht)
    made = ask(ticket, cast.owner)
    browser = signed_in(getattr(cast, who))

    paths = [
        page_of(ticket),
        reverse("withdraw_escalation", args=[made.pk]),
        reverse("decide_escalation", args=[made.pk]),
    ]
    answers = {(path, browser.post(path, {**FORM, "decision": "escalate"}).status_code) for path in paths}

    assert {status for _, status in answers} == {404}
    made.refresh_from_db()
    assert made.state == "asked"


def test_visitor_signs_in_first(cast, client):
    ticket = ticket_of(cast.meridian)

    for path in (page_of(ticket), reverse("manager_desk"), reverse("escalate_without_ticket")):
        assert client.get(path)["Location"].startswith("/account/login/")


# Withdrawing


def test_partner_withdraws_once(cast, signed_in):
    made = ask(ticket_of(cast.meridian), cast.owner)
    path = reverse("withdraw_escalation", args=[made.pk])
    browser = signed_in(cast.colleague)

    assert browser.get(path).status_code == 405
    assert browser.post(path).status_code == 302
    again = browser.post(path, follow=True)

    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert [str(message) for message in again.context["messages"]][-1].startswith("Nothing was changed")


def test_clients_member_sees_the_escalation_and_may_not_withdraw_it(cast, signed_in):
    made = ask(ticket_of(cast.nordlicht), cast.owner)

    answer = signed_in(cast.nordlicht_member).post(reverse("withdraw_escalation", args=[made.pk]))

    assert answer.status_code == 403


# Deciding


def test_growth_manager_decides_on_the_desk(cast, signed_in):
    made = ask(ticket_of(cast.azul), cast.owner)
    browser = signed_in(cast.growth)

    shown = browser.get(reverse("manager_desk")).content.decode()
    sent = browser.post(reverse("decide_escalation", args=[made.pk]), {"decision": "escalate"})

    for words in (made.ticket.subject, FORM["reason"], "The answer is late", "Meridian Messaging", "Gold"):
        assert words in shown
    assert sent["Location"] == reverse("manager_desk")
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("escalated", cast.growth)


def test_declining_without_a_reason_comes_back_with_the_error(cast, signed_in):
    made = ask(ticket_of(cast.meridian), cast.owner)
    path = reverse("decide_escalation", args=[made.pk])
    browser = signed_in(cast.deputy)

    assert browser.post(path, {"decision": "decline", "reason": " "}).status_code == 400
    assert browser.post(path, {"decision": "decline", "reason": "Support answers soon."}).status_code == 302

    made.refresh_from_db()
    assert (made.state, made.decline_reason) == ("declined", "Support answers soon.")


@pytest.mark.parametrize("who", ["owner", "nordlicht_member", "agent", "lead"])
def test_desk_and_decision_are_for_growth_managers(cast, signed_in, who):
    made = ask(ticket_of(cast.meridian), cast.owner)
    browser = signed_in(getattr(cast, who))

    assert browser.get(reverse("manager_desk")).status_code == 404
    assert browser.post(reverse("decide_escalation", args=[made.pk]), {"decision": "escalate"}).status_code == 404


def test_desk_shows_only_ones_own_partners(cast, signed_in):
    theirs, others = ticket_of(cast.meridian, subject="Ours"), ticket_of(cast.silverline, subject="Silver secret")
    hidden = ticket_of(cast.nordlicht, subject="Changing partner secret", is_confidential=True)
    ask(theirs, cast.owner)
    ask(others, cast.outsider, reason="Silver reason")

    shown = signed_in(cast.growth).get(reverse("manager_desk")).content.decode()

    assert "Ours" in shown
    for words in ("Silver secret", "Silver reason", others.reference, hidden.reference, hidden.subject):
        assert words not in shown


def test_manager_who_lost_the_partner_finds_nothing(cast, signed_in):
    made = ask(ticket_of(cast.meridian), cast.owner)
    cast.meridian.growth_manager, cast.meridian.deputy = cast.other_growth, None
    cast.meridian.save()

    browser = signed_in(cast.growth)

    assert browser.get(reverse("decide_escalation", args=[made.pk])).status_code == 404
    assert made.ticket.reference not in browser.get(reverse("manager_desk")).content.decode()


def test_growth_manager_escalates_any_open_ticket_of_a_partner(cast, signed_in):
    ticket = ticket_of(cast.nordlicht)
    browser = signed_in(cast.growth)

    assert "Escalate this ticket" in browser.get(page_of(ticket)).content.decode()
    browser.post(page_of(ticket), FORM)

    made = Escalation.objects.get()
    assert (made.state, made.asked_at, made.decided_by) == ("escalated", None, cast.growth)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 12])
def test_desk_asks_the_same_few_queries_for_any_number_of_rows(cast, signed_in, django_assert_max_num_queries, rows):
    for number in range(rows):
        ask(ticket_of(cast.meridian, subject=f"Number {number}"), cast.owner)
        escalations.initiate(ticket_of(cast.azul), **FORM, by=actor_for(cast.growth), now=now())
    browser = signed_in(cast.growth)
    browser.get(reverse("manager_desk"))

    with django_assert_max_num_queries(15):
        browser.get(reverse("manager_desk"))


# The card


def test_card_shows_each_step_and_what_can_be_done(cast):
    ticket = ticket_of(cast.nordlicht)

    before = card(actor_for(cast.owner), ticket, now())
    made = ask(ticket, cast.owner)
    for_owner = card(actor_for(cast.owner), ticket, now())
    for_manager = card(actor_for(cast.growth), ticket, now())
    for_client = card(actor_for(cast.nordlicht_member), ticket, now())

    assert before["escalate_url"] == page_of(ticket)
    assert for_owner["steps"][0].text == "You asked Marta Klein, your growth manager"
    assert [step.state for step in for_owner["steps"]] == ["done", "now", "next", "next"]
    assert (for_owner["withdraw_url"], for_owner["decide_url"]) == (reverse("withdraw_escalation", args=[made.pk]), "")
    assert for_manager["decide_url"] == reverse("decide_escalation", args=[made.pk])
    assert (for_owner["reason"], for_client["reason"]) == (FORM["reason"], "")
    assert (for_client["withdraw_url"], for_client["decide_url"], for_client["has_button"]) == ("", "", False)


def test_card_says_nothing_to_a_client_of_nobody_and_to_support(cast):
    assert card(actor_for(cast.direct_member), ticket_of(cast.direct), now()) == {}
    assert card(actor_for(cast.agent), ticket_of(cast.meridian), now()) == {}


# Without a ticket


def test_text_is_kept_on_the_way_to_a_new_ticket(cast, signed_in):
    browser = signed_in(cast.owner)

    shown = browser.get(reverse("escalate_without_ticket")).content.decode()
    sent = browser.post(reverse("escalate_without_ticket"), {"description": "Nothing is sent since noon."})

    draft = Draft.objects.get()
    assert "There is no ticket yet" in shown
    assert (draft.user, draft.organisation) == (cast.owner, cast.meridian)
    assert draft.answers == {"description": "Nothing is sent since noon."}
    assert sent["Location"] == reverse("new_ticket_form", args=[draft.pk])
    assert Escalation.objects.count() == 0


def test_open_tickets_are_offered_instead(cast, signed_in):
    mine, others = ticket_of(cast.azul), ticket_of(cast.silverline)

    shown = signed_in(cast.owner).get(reverse("escalate_without_ticket")).content.decode()

    assert page_of(mine) in shown
    assert others.reference not in shown


def test_growth_manager_prepares_a_draft_that_only_the_partners_person_has(cast, signed_in):
    browser = signed_in(cast.growth)
    member, foreign = cast.owner.membership, cast.outsider.membership
    path = reverse("escalate_without_ticket")

    assert browser.post(path, {"member": foreign.pk, "description": "Look."}).status_code == 400
    assert browser.post(path, {"member": member.pk, "description": "Look."})["Location"] == reverse("manager_desk")

    draft = Draft.objects.get()
    assert (draft.user, draft.organisation, draft.answers) == (cast.owner, cast.meridian, {"description": "Look."})


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Open the draft"), ("de", "Entwurf öffnen"), ("ru", "Открыть черновик")]
)
def test_the_partners_person_is_told_of_a_prepared_draft_in_their_language_and_reads_none_of_it_in_the_mail(
    cast, signed_in, mailoutbox, django_capture_on_commit_callbacks, language, said
):
    cast.owner.language = language
    cast.owner.save()

    with django_capture_on_commit_callbacks(execute=True):
        signed_in(cast.growth).post(
            reverse("escalate_without_ticket"), {"member": cast.owner.membership.pk, "description": "hippopotamus"}
        )

    (mail,) = mailoutbox
    assert mail.to == [cast.owner.email]
    assert reverse("new_ticket_form", args=[Draft.objects.get().pk]) in mail.body
    assert said in mail.body and said in mail.alternatives[0][0]
    assert "hippopotamus" not in mail.body + mail.alternatives[0][0] + mail.subject


def test_support_cannot_escalate_without_a_ticket_either(cast, signed_in):
    assert signed_in(cast.lead).post(reverse("escalate_without_ticket"), {"description": "x"}).status_code == 403
    assert Draft.objects.count() == 0


def test_deciding_page_shows_what_was_said_last(cast, signed_in):
    ticket = ticket_of(cast.meridian)
    made = ask(ticket, cast.owner)
    Message.objects.create(ticket=ticket, author=cast.agent, by_support=True, kind="public", body="We look.", at=now())
    Message.objects.create(ticket=ticket, author=cast.agent, by_support=True, kind="note", body="Secret.", at=now())

    shown = signed_in(cast.growth).get(reverse("decide_escalation", args=[made.pk])).content.decode()

    assert "We look." in shown
    assert "Secret." not in shown
