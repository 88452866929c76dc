"""What nobody types and somebody sends: NUL, numbers and dates beyond every limit. It is refused, never an error."""

from base64 import urlsafe_b64encode

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tickets.actions import ending
from tickets.actions.erasing import erase_old
from tickets.actions.filing import Invalid
from tickets.models import Draft, InformationRequest, Message, Ticket

pytestmark = pytest.mark.slow  # each of them is quick, all of them take long

FAR = ("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00")  # an offset leads out of the calendar


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


def place(*texts: str) -> str:
    return urlsafe_b64encode("|".join(texts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("who", "name"),
    [("owner", "complete_ticket"), ("owner", "escalate"), ("agent", "admin:desk_ticket"), ("agent", "admin:desk_live")],
)
def test_a_reference_with_a_nul_is_nobodys(client, cast, who, name):
    client.force_login(getattr(cast, who))

    assert client.get(reverse(name, args=["TK\x00"])).status_code == 404


@pytest.mark.parametrize("value", ["\x00", *(f"{at}~1" for at in FAR), "²~²", "9" * 30])
def test_the_queue_takes_any_address(client, cast, value):
    make_ticket(cast.owner)
    client.force_login(cast.agent)

    for name in ("q", "package", "tier", "severity", "topic", "language", "organisation", "assignee", "state", "after"):
        assert client.get(reverse("admin:queue"), {name: value}).status_code == 200


@pytest.mark.parametrize("at", FAR)
def test_the_list_takes_any_place_to_go_on_from(client, cast, at):
    make_ticket(cast.owner)
    client.force_login(cast.owner)

    for sort, after in (("activity", place(at, "1")), ("turn", place("9" * 20, at, "9" * 20))):
        assert client.get(reverse("tickets"), {"sort": sort, "after": after}).status_code == 200


def test_a_reason_keeps_neither_a_nul_nor_a_token(client, cast):
    ticket = ending.resolve(make_ticket(cast.owner), by=actor_for(cast.owner), now=NOW)
    client.force_login(cast.owner)

    client.post(reverse("reopen_ticket", args=[ticket.reference]), {"reason": "Still\x00 wrong, psp_" + "a1" * 20})

    assert Message.objects.get(kind=Message.Kind.REASON).body == "Still wrong, ***"


def test_a_reason_of_nothing_that_can_be_kept_is_none(client, cast):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.owner)

    response = client.post(reverse("worsen_ticket", args=[ticket.reference]), {"impact": "halted", "reason": "\x00"})

    assert response.status_code == 400


def test_what_is_asked_for_keeps_neither_a_nul_nor_a_token(client, cast):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.agent)
    reason = "Too\x00 short, psp_" + "a1" * 20

    client.post(
        reverse("admin:desk_send_back", args=[ticket.reference]),
        {"field": "description", "reason_description": reason},
    )

    assert InformationRequest.objects.get().asks == {"description": "Too short, ***"}


def test_a_number_too_long_to_read_is_just_not_what_was_seen(client, cast):
    ticket = make_ticket(cast.owner)
    client.force_login(cast.owner)

    client.post(reverse("resolve_ticket", args=[ticket.reference]), {"seq": "9" * 5000})

    assert Ticket.objects.get(pk=ticket.pk).status == Ticket.Status.NEW


def test_support_can_name_no_date_that_some_reader_cannot_be_shown(client, cast):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW)
    client.force_login(cast.agent)
    address = reverse("admin:desk_platform", args=[ticket.reference])

    response = client.post(address, {"case": "12345", "check_at": "9999-12-31T23:00"})

    assert response.status_code == 400
    assert "Choose a date within a year." in response.content.decode()


def test_an_answer_far_beyond_any_plan_is_refused_at_its_field(cast):
    with pytest.raises(Invalid, match="planned_at"):
        make_ticket(cast.owner, "number_porting", planned_at="9999-12-31T23:00:00+00:00")


def test_a_new_ticket_that_follows_another_keeps_no_nul(client, cast):
    ticket = ending.withdraw(make_ticket(cast.owner), by=actor_for(cast.owner), now=NOW)
    client.force_login(cast.owner)

    response = client.post(reverse("follow_up_ticket", args=[ticket.reference]), {"body": "Again\x00, since noon."})

    assert response.status_code == 303
    assert Draft.objects.get().answers["description"] == "Again, since noon."


def test_texts_that_are_kept_longer_than_there_are_days_are_kept(client, cast):
    make_ticket(cast.owner)
    client.force_login(cast.administrator)

    client.post(reverse("admin:tickets_retention_add"), {"days": "999999"})

    page = client.get(reverse("admin:tickets_retention_change", args=[1]))
    assert "The texts and files of 0 tickets" in page.content.decode()
    assert erase_old(now=NOW) == 0
    assert client.post(reverse("admin:tickets_retention_change", args=[1]), {"days": "9" * 30}).status_code == 200


def test_there_is_no_history_of_what_is_no_number(client, cast):
    client.force_login(cast.lead)

    assert client.get(reverse("admin:tickets_preparedanswer_history", args=["x"])).status_code == 404
