"""The dashboard: what is late now, how well promises were kept, its CSVs, and who sees what."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse

from accounts.actor import actor_for
from accounts.models import Organisation
from tests.cast import NOW, answer_ticket, make_client, make_member, make_ticket
from tests.tickets.figures import end_promise, end_promises
from tickets.actions import escalations
from tickets.actions.figures import count_closed_hours
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

TABLES = ("now", "weeks", "packages", "severities", "topics", "organisations", "escalations")


@pytest.fixture
def lead(client, cast, clock):
    client.force_login(cast.lead)
    return client


@pytest.fixture
def figures(cast):
    """Two months of promises, the last day of them not counted yet."""
    end_promises(cast, 80, until=NOW, days=60)
    count_closed_hours(now=NOW - timedelta(hours=20))


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def csv_of(browser, table: str, **query: str) -> list[list[str]]:
    answer = browser.get(reverse("admin:figures_csv", args=[table]), query)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:])))


def late_and_close(cast, clock) -> tuple[Ticket, Ticket]:
    """Two tickets of Silverline: one is late at the clock's instant, the other about to be."""
    late = make_ticket(cast.outsider, impact="halted", workaround=False, now=NOW - timedelta(hours=6))
    close = make_ticket(cast.outsider, impact="halted", workaround=False, now=NOW)
    clock.now = close.promise.close_at
    return late, close


# Now -----------------------------------------------------------------------------------------------------------------


def test_late_and_close_are_counted_by_severity_and_lead_to_the_queue(desk, cast, clock):
    late, close = late_and_close(cast, clock)
    make_ticket(cast.outsider, now=clock.now)

    page = desk.get("/admin/")

    found = {row["code"]: (row["found"].late, row["found"].close) for row in page.context["live"]["now"].rows}
    assert found == {"critical": (1, 1), "urgent": (0, 0), "standard": (0, 0)}
    assert [row["ticket"].reference for row in page.context["urgent"]] == [late.reference, close.reference]
    for view in ("late", "close"):
        address = f"/admin/desk/?view={view}&severity=critical"
        assert address.replace("&", "&amp;") in page.content.decode()
        assert len(desk.get(address).context["rows"]) == 1


def test_what_is_answered_is_not_late_any_more(desk, cast, clock):
    late, _ = late_and_close(cast, clock)

    answer_ticket(late, cast.agent, now=clock.now)

    assert desk.get("/admin/").context["live"]["now"].rows[0]["found"].late == 0


def test_a_new_installation_says_what_will_be_here(desk, policy):
    page = desk.get("/admin/")

    assert "No promise has ended yet" in text_of(page)
    assert "Nothing is late or about to be" in text_of(page)
    assert "<figure" not in page.content.decode()


# Reports -------------------------------------------------------------------------------------------------------------


def test_the_first_answer_is_there_before_its_hour_is_over(desk, cast):
    answer_ticket(make_ticket(cast.owner), cast.agent, now=NOW)

    page = desk.get("/admin/")

    assert page.context["headline"][0] == {
        "words": "first responses met",
        "figure": "100.0 %",
        "detail": "1 of 1",
        "then": "nothing to compare with",
    }


def test_large_figures_are_compared_with_the_weeks_before(desk, cast, figures):
    page = desk.get("/admin/", {"weeks": "4"})

    assert "Compared with the 4 weeks before." in text_of(page)
    assert re.fullmatch(r"(up|down) from [\d.]+ %|the same before", page.context["headline"][0]["then"])


def test_the_page_says_where_its_weeks_begin_and_how_far_is_counted(desk, figures):
    assert "Weeks begin on Monday at 00:00 in Berlin. Counted by the hour until Mon 23 Nov, 16:00, live since." in (
        text_of(desk.get("/admin/"))
    )


def test_the_page_says_when_counting_is_behind(desk, cast):
    end_promises(cast, 20, until=NOW, days=20)
    count_closed_hours(now=NOW - timedelta(days=10))

    assert "Counting is behind" in text_of(desk.get("/admin/"))


def test_filters_narrow_and_stay_in_the_address(lead, figures):
    page = lead.get("/admin/", {"severity": "critical", "weeks": "26", "organisation": "meridian"})

    severities = page.context["tables"]["severities"].rows
    assert [row.code for row in severities] == ["critical"]
    assert [row.label for row in page.context["tables"]["organisations"].rows] == ["Meridian Messaging"]
    assert page.context["csv"]["weeks"].endswith("?weeks=26&severity=critical&organisation=meridian")
    assert lead.get("/admin/", {"severity": "urgent"}).context["tables"]["severities"].rows[0].code == "urgent"


def test_a_filter_that_nobody_knows_is_named_and_left_out(desk, figures):
    page = desk.get("/admin/", {"severity": "extreme", "weeks": "7", "topic": "other"})

    assert "Not understood and left out: period, severity." in text_of(page)
    assert [row.code for row in page.context["tables"]["topics"].rows] == ["other"]


def test_a_name_that_several_have_takes_them_together(lead, cast, figures):
    Organisation.objects.filter(pk=cast.silverline.pk).update(name="Meridian Sul")

    page = lead.get("/admin/", {"organisation": "Meridian"})

    assert "2 organisations are called like this" in text_of(page)
    assert len(page.context["tables"]["organisations"].rows) == 2


def test_a_name_that_nobody_has_finds_nothing(lead, figures):
    assert "Nothing ended like this" in text_of(lead.get("/admin/", {"organisation": "Nobody at all"}))


def test_escalations_are_counted_by_tier_and_whether_they_were_acknowledged_in_time(lead, cast, clock):
    for by, manager, minutes in ((cast.owner, cast.growth, 1), (cast.outsider, cast.deputy, 600)):
        ticket = make_ticket(by)
        made = escalations.ask(ticket, cause="late", reason="It is late.", by=actor_for(by), now=NOW)
        escalations.escalate(made, by=actor_for(manager), now=NOW)
        made.refresh_from_db()
        escalations.acknowledge(made, by=actor_for(cast.lead), now=NOW + timedelta(minutes=minutes))
    clock.now = NOW + timedelta(days=1)

    rows = csv_of(lead, "escalations")

    assert rows[0][:4] == ["Tier", "Escalated", "Acknowledged in time", "Not in time"]
    assert {row[0]: row[1:4] for row in rows[1:]} == {
        "Silver": ["1", "0", "1"],
        "Gold": ["1", "1", "0"],
        "Platinum": ["0", "0", "0"],
    }
    assert {row[0]: row[1] for row in csv_of(lead, "escalations", topic="templates")[1:]} == {
        "Silver": "0", "Gold": "0", "Platinum": "0",
    }  # fmt: skip


# CSV -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [{}, {"weeks": "4", "severity": "critical"}], ids=["all", "narrowed"])
@pytest.mark.parametrize("table", TABLES)
def test_a_csv_says_what_the_page_shows(lead, cast, clock, figures, table, query):
    late_and_close(cast, clock)

    page = lead.get("/admin/", query)
    shown = {**page.context["tables"], **page.context["live"]}[table]
    rows = csv_of(lead, table, **query)

    as_text = [["" if cell is None else str(cell) for cell in line] for line in shown.lines()]
    assert rows == [list(shown.headings), *as_text]
    assert len(rows) > 1
    assert page.context["csv"][table].partition("?")[0] == reverse("admin:figures_csv", args=[table])


def test_what_a_row_shows_is_what_its_csv_says(desk, cast):
    make_ticket(cast.outsider, now=NOW - timedelta(hours=3))
    answer_ticket(Ticket.objects.get(), cast.agent, now=NOW - timedelta(minutes=30))

    page = text_of(desk.get("/admin/"))
    row = dict(zip(*csv_of(desk, "severities"), strict=True))

    assert (row["First responses due"], row["Met, %"]) == ("1", "100.0")
    minutes = int(row["Median open time used, minutes"])
    assert abs(minutes - 150) <= 150 * 0.022
    assert f"{minutes // 60} h {minutes % 60:02d} min {row['Median open time used, % of target']} %" in page


def test_an_organisation_called_like_a_formula_does_not_run_in_a_spreadsheet(lead, cast):
    organisation = make_client("=HYPERLINK(1)")
    answer_ticket(make_ticket(make_member(organisation)), cast.agent, now=NOW)

    rows = csv_of(lead, "organisations")

    assert rows[1][0] == "'=HYPERLINK(1)"


def test_a_table_that_nobody_knows_is_not_found(lead):
    assert lead.get("/admin/figures/users.csv").status_code == 404


# Who sees what -------------------------------------------------------------------------------------------------------


def test_agents_see_the_dashboard_without_organisations(client, cast, figures):
    client.force_login(cast.lead)
    assert "By organisation" in text_of(client.get("/admin/"))  # and what was drawn for a lead is not an agent's
    client.force_login(cast.agent)
    desk, page = client, client.get("/admin/")

    assert "organisations" not in page.context["tables"]
    assert "By organisation" not in text_of(page)
    assert desk.get("/admin/figures/organisations.csv").status_code == 403
    assert desk.get("/admin/", {"organisation": "Meridian"}).status_code == 403
    assert desk.get("/admin/figures/weeks.csv", {"organisation": "Meridian"}).status_code == 403


@pytest.mark.parametrize("who", ["lead", "administrator"])
def test_leads_and_administrators_see_organisations(client, cast, clock, figures, who):
    client.force_login(getattr(cast, who))

    assert "By organisation" in text_of(client.get("/admin/"))


def test_the_stock_front_page_is_for_administrators(client, cast, clock):
    client.force_login(cast.administrator)
    assert "Site administration" not in text_of(client.get("/admin/"))
    assert client.get("/admin/administration/").status_code == 200
    client.force_login(cast.lead)
    assert client.get("/admin/administration/").status_code == 403


# As many statements for a million ------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 200], ids=["few", "many"])
@pytest.mark.parametrize("query", [{}, {"organisation": "Meridian", "severity": "critical", "weeks": "52"}])
def test_the_dashboard_takes_thirteen_statements_at_most(
    lead, cast, clock, figures, django_assert_max_num_queries, more, query
):
    late_and_close(cast, clock)
    end_promises(cast, more, until=NOW, days=1, seed=7)
    lead.get("/admin/desk/")  # a session's first request writes it down

    with django_assert_max_num_queries(13) as asked:
        lead.get("/admin/", query)

    counting = [one["sql"] for one in asked.captured_queries if re.search(r"count\(\*\)", one["sql"], re.I)]
    assert counting == []


def test_the_same_report_again_reads_no_figures_and_draws_nothing(lead, figures, django_assert_num_queries):
    lead.get("/admin/")

    with django_assert_num_queries(8) as asked:
        again = lead.get("/admin/")

    assert "admin/desk/_responses.html" not in [one.name for one in again.templates]
    assert "By organisation" in text_of(again)
    assert not [one for one in asked.captured_queries if re.search("tickets_(hour|week)figure", one["sql"])]


@pytest.mark.parametrize("table", TABLES)
def test_a_csv_takes_eight_statements_at_most(lead, figures, django_assert_max_num_queries, table):
    lead.get("/admin/desk/")

    with django_assert_max_num_queries(8):
        csv_of(lead, table)


def test_a_report_after_the_next_count_is_a_new_one(lead, cast, clock, figures):
    before = lead.get("/admin/").context["tables"]["weeks"].rows[0].found.kept
    end_promise(Ticket.objects.first(), NOW - timedelta(minutes=1))
    assert lead.get("/admin/").context["tables"]["weeks"].rows[0].found.kept == before + 1  # live

    count_closed_hours(now=NOW + timedelta(hours=1))

    assert lead.get("/admin/").context["tables"]["weeks"].rows[0].found.kept == before + 1
