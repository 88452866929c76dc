"""The queue: working order, views and counts, filters, search, pages, bulk changes, "next ticket", and who gets in."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_agent, make_cast, make_ticket
from tests.shipped_policy import load_shipped_policy
from tickets.actions.conversation import add_note
from tickets.actions.taking import take_next
from tickets.actions.triage import assign
from tickets.models import Heartbeat, Ticket

pytestmark = pytest.mark.django_db


def references(response) -> list[str]:
    return [row["reference"] for row in response.context["rows"]]


def critical(by, now=NOW, **answers):
    return make_ticket(by, now=now, impact="halted", workaround=False, **answers)


# Order and views ---------------------------------------------------------------------------------------------------


def test_the_queue_shows_open_tickets_in_working_order(desk, cast):
    standard = make_ticket(cast.owner)
    urgent = critical(cast.outsider)
    sooner = critical(cast.owner)

    page = desk.get("/admin/desk/")

    assert references(page) == [sooner.reference, urgent.reference, standard.reference]


def test_an_escalated_ticket_comes_first_when_it_must_be_acknowledged_first(desk, cast):
    first, second = critical(cast.owner), make_ticket(cast.owner)
    Ticket.objects.filter(pk=second.pk).update(is_escalated=True, work_at=NOW + timedelta(minutes=5))

    page = desk.get("/admin/desk/")

    assert references(page) == [second.reference, first.reference]
    assert "Escalated: " in page.content.decode()


def test_views_and_counts_agree(desk, cast, clock):
    # Premium: 24 open hours, and open all the time since Monday's first minute.
    mine, late, close, _ = (make_ticket(cast.owner, now=NOW - timedelta(hours=hours)) for hours in (0, 24, 20, 0))
    assign(mine, cast.agent, by=actor_for(cast.agent), now=NOW)

    page = desk.get("/admin/desk/")
    counts = {item["label"]: item["count"] for item in page.context["views"]["views"]}

    assert counts == {
        "All open": 4,
        "Mine": 1,
        "Nobody's": 3,
        "About to be late": 1,
        "Late": 1,
        "Escalated": 0,
        "Needs information": 0,
    }
    assert references(desk.get("/admin/desk/?view=mine")) == [mine.reference]
    assert references(desk.get("/admin/desk/?view=late")) == [late.reference]
    assert references(desk.get("/admin/desk/?view=close")) == [close.reference]
    assert len(references(desk.get("/admin/desk/?view=nobody"))) == 3


def test_a_row_says_whose_it_is_and_how_the_promise_stands(desk, cast):
    ticket = critical(cast.owner)

    row = desk.get("/admin/desk/").context["rows"][0]

    assert (row["reference"], row["tier"], row["package"], row["language"]) == (
        ticket.reference,
        "Gold",
        "Premium",
        "EN",
    )
    assert row["state"]["headline"] == "30 min left"


def test_the_strip_says_when_the_timers_last_ran(desk, clock):
    Heartbeat.objects.create(job="timers", at=NOW - timedelta(seconds=2))

    assert "Clock ran 2 s ago" in desk.get("/admin/desk/").content.decode()

    clock.now = NOW + timedelta(minutes=10)
    assert desk.get("/admin/desk/").context["clock"] == {"text": "Clock ran 10 min ago", "is_late": True}


# Filters and search ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("package=premium", {"gold"}),
        ("package=standard", {"silver", "client"}),
        ("tier=gold", {"gold"}),
        ("tier=silver", {"silver"}),
        ("tier=none", {"client"}),
        ("severity=critical", {"gold"}),
        ("language=de", {"silver"}),
        ("topic=other", {"gold", "silver", "client"}),
        ("organisation=merid", {"gold"}),
        ("assignee=me", {"silver"}),
        ("assignee=nobody", {"gold", "client"}),
        ("state=running", {"gold", "silver", "client"}),
        ("state=late", set()),
        ("topic=unknown", set()),
        ("assignee=9'; drop", set()),
        ("description=x&organisation__name=x", {"gold", "silver", "client"}),
    ],
)
def test_filters_narrow_and_unknown_ones_ask_nothing(desk, cast, query, found):
    tickets = {
        "gold": critical(cast.owner),
        "silver": make_ticket(cast.outsider, language="de"),
        "client": make_ticket(cast.direct_member),
    }
    assign(tickets["silver"], cast.agent, by=actor_for(cast.agent), now=NOW)

    page = desk.get(f"/admin/desk/?{query}")

    assert {name for name, one in tickets.items() if one.reference in references(page)} == found


def test_search_finds_fields_messages_notes_and_ended_ones(desk, cast):
    ticket = make_ticket(cast.owner, description="The gateway answers slowly since Monday.")
    other = make_ticket(cast.owner)
    add_note(ticket, "Same as the Lisbon outage", by=actor_for(cast.agent), now=NOW)
    answer_ticket(ticket, cast.agent, now=NOW, body="Restarted the relay.")
    Ticket.objects.filter(pk=ticket.pk).update(status=Ticket.Status.CLOSED, work_at=None)

    for words in ("GATEWAY monday", "lisbon", "relay", ticket.reference.lower()):
        assert references(desk.get("/admin/desk/", {"q": words})) == [ticket.reference]
    assert references(desk.get("/admin/desk/", {"q": "nothing has this"})) == []
    assert references(desk.get("/admin/desk/")) == [other.reference]


def test_pages_follow_by_the_order_and_miss_none(desk, cast, monkeypatch):
    monkeypatch.setattr("tickets.queries.desk.PAGE", 2)
    tickets = [make_ticket(cast.owner) for _ in range(5)]
    Ticket.objects.filter(pk__in=[one.pk for one in tickets[3:]]).update(work_at=None, status="waiting_partner")
    url, found = "/admin/desk/", []

    while url:
        page = desk.get(url)
        found += references(page)
        url = page.context["next_url"]

    assert found == [one.reference for one in tickets]


@pytest.mark.parametrize(
    "after", ["x", "~", "2026-11-24T12:00:00~1", "9999~1", "~99999999999999999999", "2026-99-99T00:00~1"]
)
def test_a_cursor_that_cannot_be_read_begins_anew(desk, cast, after):
    ticket = make_ticket(cast.owner)

    assert references(desk.get("/admin/desk/", {"after": after})) == [ticket.reference]


def test_htmx_gets_rows_views_and_figures_without_the_frame(desk, cast):
    make_ticket(cast.owner)

    page = desk.get("/admin/desk/", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert page.count('hx-swap-oob="true"') == 2


@pytest.mark.parametrize("rows", [1, 25])
def test_the_queue_takes_as_many_queries_for_more_rows(desk, cast, rows, django_assert_num_queries):
    for _ in range(rows):
        make_ticket(cast.owner)
    desk.get("/admin/desk/")

    with django_assert_num_queries(10):
        desk.get("/admin/desk/")


# Bulk --------------------------------------------------------------------------------------------------------------


def chosen(*tickets: Ticket) -> list[str]:
    for one in tickets:
        one.refresh_from_db()
    return [f"{one.reference}:{one.version}" for one in tickets]


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_bulk_assigning_says_what_it_did_and_skips_what_changed(desk, cast):
    one, changed = make_ticket(cast.owner), make_ticket(cast.owner)
    selected = chosen(one, changed)
    add_note(changed, "Look", by=actor_for(cast.lead), now=NOW)

    page = desk.post("/admin/desk/bulk/", {"selected": selected, "do": "assign", "assignee": "me"}, follow=True)

    one.refresh_from_db()
    changed.refresh_from_db()
    assert (one.assignee, changed.assignee) == (cast.agent, None)
    assert told(page) == [
        f"Assigned to Lena Fischer: 1 ticket ({one.reference}).",
        f"Skipped 1 ticket ({changed.reference}): it changed since you looked.",
    ]


@pytest.mark.parametrize(("who", "moves"), [("agent", False), ("lead", True)])
def test_only_a_lead_reassigns_other_peoples_tickets_in_bulk(desk, cast, who, moves):
    ticket = make_ticket(cast.owner)
    assign(ticket, cast.second_agent, by=actor_for(cast.lead), now=NOW)
    desk.force_login(getattr(cast, who))

    desk.post("/admin/desk/bulk/", {"selected": chosen(ticket), "do": "assign", "assignee": cast.agent.pk})

    ticket.refresh_from_db()
    assert ticket.assignee == (cast.agent if moves else cast.second_agent)


def test_bulk_resolving_skips_those_without_a_first_response(desk, cast):
    answered, unanswered = make_ticket(cast.owner), make_ticket(cast.owner)
    answer_ticket(answered, cast.agent, now=NOW)

    page = desk.post("/admin/desk/bulk/", {"selected": chosen(answered, unanswered), "do": "resolve"}, follow=True)

    answered.refresh_from_db()
    assert answered.status == "resolved"
    assert "without a first response" in told(page)[1]


def test_bulk_reclassifying_needs_a_reason(desk, cast):
    ticket = make_ticket(cast.owner)
    form = {"selected": chosen(ticket), "do": "reclassify", "severity": "critical", "cause": "corrected"}

    refused = desk.post("/admin/desk/bulk/", {**form, "reason": " "}, follow=True)
    done = desk.post("/admin/desk/bulk/", {**form, "reason": "All shops are closed."}, follow=True)

    ticket.refresh_from_db()
    assert told(refused) == ["Nothing was changed: choose a severity and a cause, and write the reason."]
    assert told(done) == [f"Reclassified as Critical: 1 ticket ({ticket.reference})."]
    assert ticket.severity == "critical"


def test_bulk_changes_lead_back_to_the_queue_and_nowhere_else(desk, cast):
    form = {"back": "view=mine&next=https://elsewhere.example&q=a b", "do": "resolve"}

    answer = desk.post("/admin/desk/bulk/", form)

    assert answer.url == "/admin/desk/?view=mine&q=a+b"


# Next ticket -------------------------------------------------------------------------------------------------------


def test_next_ticket_takes_the_first_that_nobody_has_and_opens_it(desk, cast):
    later, taken, first = make_ticket(cast.owner), critical(cast.owner), critical(cast.outsider)
    assign(taken, cast.second_agent, by=actor_for(cast.lead), now=NOW)

    answer = desk.post("/admin/desk/next/")

    first.refresh_from_db()
    assert answer.url == f"/admin/desk/{first.reference}/"
    assert first.assignee == cast.agent
    assert desk.post("/admin/desk/next/").url == f"/admin/desk/{later.reference}/"
    assert "Nothing waits" in desk.post("/admin/desk/next/", follow=True).content.decode()


def test_next_ticket_leaves_what_is_not_supports_turn(desk, cast):
    waiting = make_ticket(cast.owner)
    answer_ticket(waiting, cast.agent, now=NOW)
    Ticket.objects.filter(pk=waiting.pk).update(status="waiting_partner", work_at=None, assignee=None)

    assert desk.post("/admin/desk/next/").url == "/admin/desk/"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_ten_agents_at_once_get_ten_tickets():
    load_shipped_policy()
    cast = make_cast()
    agents = [make_agent(f"Agent {number}") for number in range(10)]
    for _ in range(30):
        make_ticket(cast.owner)
    taken: list[str] = []
    start = threading.Barrier(len(agents))

    def press(agent) -> None:
        try:
            start.wait()
            for _ in range(3):
                ticket = take_next(by=actor_for(agent), now=NOW)
                taken.append(ticket.reference if ticket else "none")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[agent]) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(taken)) == 30
    assert Ticket.objects.filter(assignee=None).count() == 0


# Who gets in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/admin/", "/admin/desk/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("", 302),
        ("owner", 404),
        ("colleague", 404),
        ("growth", 404),
        ("agent", 200),
        ("lead", 200),
        ("administrator", 200),
    ],
)
def test_only_support_enters_the_admin(client, cast, clock, who, status, address):
    if who:
        client.force_login(getattr(cast, who))

    answer = client.get(address)

    assert answer.status_code == status
    if not who:
        assert answer.url.startswith("/account/login/?next=")


@pytest.mark.parametrize("address", ["next/", "bulk/", "preview/"])
@pytest.mark.parametrize(("who", "status"), [("", 302), ("owner", 404), ("growth", 404)])
def test_nobody_else_posts_to_the_desk(client, cast, clock, who, status, address):
    ticket = make_ticket(cast.owner)
    if who:
        client.force_login(getattr(cast, who))

    assert client.post(f"/admin/desk/{address}").status_code == status

    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_fragment_of_a_visitor_sends_the_whole_page_to_sign_in(client, cast, clock):
    answer = client.get(
        "/admin/desk/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/admin/desk/"}
    )

    assert answer.headers["HX-Redirect"] == "/account/login/?next=/admin/desk/"
