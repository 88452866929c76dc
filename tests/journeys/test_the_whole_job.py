"""The whole job in four browsers: file, send back, complete, answer, ask, escalate, acknowledge."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys.writing import choose, fill_in, send
from tickets.models import Escalation, Promise, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_from_filing_to_an_acknowledged_escalation(people, page_of):
    partner, agent, growth, lead = (page_of(one) for one in (people.owner, people.agent, people.growth, people.lead))

    # The partner files, an error first; what is shown as the promise is what the ticket then has.
    choose(partner)
    fill_in(partner)
    partner.fill("#id_waba_id", "12")
    send(partner)
    expect(partner.locator(".summary a")).to_have_count(1)
    expect(partner.locator("#id_subject")).to_have_value("Late since noon")
    partner.fill("#id_waba_id", "104996122399160")
    send(partner)
    partner.wait_for_url("**/tickets/TK-*/")
    ticket = Ticket.objects.select_related("promise").get()
    address = reverse("ticket", args=[ticket.reference])
    desk = reverse("admin:desk_ticket", args=[ticket.reference])

    # The agent sends it back, naming a field: no clock runs.
    agent.goto(desk + "?do=send_back")
    dialog = agent.locator("#dialog-send_back")
    dialog.locator("input[type=checkbox][value=waba_id]").check()
    dialog.locator("[name=reason_waba_id]").fill("This account does not own the number.")
    dialog.locator("button[type=submit], button.primary").last.click()
    expect(agent.locator(".head-facts .tag").first).to_have_text("Needs information")

    # The partner completes it: the clock starts anew, in full.
    partner.goto(address)
    partner.get_by_role("link", name="Complete the information").click()
    partner.fill("#id_waba_id", "104996122399777")
    partner.locator("button:visible", has_text="Send to support").last.click()
    partner.wait_for_url("**" + address)
    assert [one.outcome for one in ticket.promises.order_by("number")] == [Promise.Outcome.VOID, None]

    # The agent answers: the clock stops.
    agent.goto(desk)
    agent.fill("#composer-body", "We found the cause on our side.")
    with agent.expect_navigation():
        agent.keyboard.press("Control+Enter")
    partner.goto(address)
    expect(partner.locator(".promise .big").first).to_contain_text("Kept")

    # The partner asks for an escalation, the growth manager escalates, the lead acknowledges.
    partner.locator(f'#escalation a[href="{reverse("escalate", args=[ticket.reference])}"]').click()
    partner.locator("input[name=cause][value=no_progress]").check(force=True)
    partner.locator("textarea[name=reason]").fill("Nobody can sign in.")
    partner.locator("main form button[type=submit]").click()
    partner.wait_for_url("**" + address)
    growth.goto(reverse("manager_desk"))
    growth.get_by_role("button", name="Escalate").first.click()
    growth.wait_for_load_state()
    lead.goto(reverse("admin:escalations"))
    lead.get_by_role("button", name="Acknowledge").first.click()
    lead.wait_for_load_state()

    escalation = Escalation.objects.get()
    assert (escalation.state, escalation.acknowledged_by) == (Escalation.State.ACKNOWLEDGED, people.lead)
    partner.goto(address)
    expect(partner.locator("#escalation")).to_contain_text("Jonas Brandt")
