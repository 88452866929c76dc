"""The list of tickets and its export: what is shown to whom, in which order, and what never shows through."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import actor_for
from tests.cast import NOW, answer_ticket, make_ticket
from tests.tickets import escalating
from tickets.actions import completing, conversation, ending, escalations, following, triage
from tickets.models import Ticket, TicketWords
from tickets.queries.overview import Sort
from tickets.web import overview

LIST = "/"
EXPORT = "/tickets/export.csv"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def see(client):
    """Return a function that opens an address as a person, and gives the answer."""

    def look(person, address=LIST, **headers):
        client.force_login(person)
        return client.get(address, headers=headers)

    return look


def references(response) -> list[str]:
    """The tickets of the rows, in order."""
    return re.findall(r'<span class="ref">(TK-[0-9A-Z]+)</span>', response.content.decode())


def lines(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"))))


def ago(**how) -> "object":
    return NOW - timedelta(**how)


def wait_for_partner(ticket, agent):
    answer_ticket(ticket, agent, now=NOW)
    ticket.refresh_from_db()
    return triage.wait_for_partner(ticket, by=actor_for(agent), now=NOW)


# Who sees what


def test_partner_sees_own_and_clients_tickets_and_nobody_elses(cast, see):
    own = make_ticket(cast.owner, now=ago(hours=3))
    of_client = make_ticket(cast.nordlicht_member, now=ago(hours=2))
    make_ticket(cast.outsider, now=ago(hours=1))

    shown = see(cast.owner)

    assert references(shown) == [of_client.reference, own.reference]
    assert "Meridian Messaging and its 2 clients" in shown.content.decode()


def test_client_sees_its_own_and_what_is_shared_with_it(cast, see):
    own = make_ticket(cast.nordlicht_member, now=ago(hours=3))
    shared = make_ticket(cast.owner, now=ago(hours=2), client=str(cast.nordlicht.pk))
    following.share(shared, True, by=actor_for(cast.owner), now=ago(hours=2))
    make_ticket(cast.owner, now=ago(hours=1), client=str(cast.nordlicht.pk))

    assert references(see(cast.nordlicht_member)) == [shared.reference, own.reference]


def test_outsider_sees_no_row_and_no_count(cast, see):
    make_ticket(cast.owner)

    shown = see(cast.outsider)

    assert references(shown) == []
    assert re.findall(r'<span class="n">(\d+)</span>', shown.content.decode()) == ["0"] * 6


def test_growth_manager_sees_their_partners_tickets_and_what_to_decide(cast, see):
    asked = make_ticket(cast.owner, now=ago(hours=5))
    other = make_ticket(cast.nordlicht_member, now=ago(hours=1))
    make_ticket(cast.outsider)
    escalations.ask(asked, cause="late", reason="It is urgent.", by=actor_for(cast.owner), now=ago(hours=4))

    assert references(see(cast.growth)) == [asked.reference, other.reference]
    assert references(see(cast.growth, "/?view=your-turn")) == [asked.reference]
    assert references(see(cast.other_growth)) == []


@pytest.mark.parametrize("address", [LIST, EXPORT])
def test_support_is_sent_to_its_queue(cast, see, address):
    sent = see(cast.agent, address)

    assert (sent.status_code, sent["Location"]) == (302, reverse("admin:queue"))


@pytest.mark.parametrize("address", [LIST, EXPORT])
def test_visitor_signs_in_first(db, client, address):
    sent = client.get(address)

    assert sent.status_code == 302
    assert sent["Location"].startswith(reverse("account_login"))


# Internal notes


def test_internal_note_is_not_found_and_moves_no_row(cast, see):
    noted = make_ticket(cast.owner, now=ago(hours=3))
    later = make_ticket(cast.owner, now=ago(hours=2))
    conversation.add_note(noted, "hippopotamus", by=actor_for(cast.agent), now=NOW)

    assert TicketWords.objects.get(pk=noted.pk).internal == " hippopotamus "
    assert references(see(cast.owner, "/?q=hippopotamus")) == []
    assert references(see(cast.owner)) == [later.reference, noted.reference]
    exported = lines(see(cast.owner, EXPORT))
    assert [row[0] for row in exported[1:]] == [later.reference, noted.reference]
    assert "hippopotamus" not in str(exported)
    assert exported[2][13] == "2026-11-24 10:00+01:00"
    assert references(see(cast.growth, "/?q=hippopotamus")) == []


# Views, search and filters


def test_your_turn_comes_first_whatever_was_active_last(cast, see):
    waiting = wait_for_partner(make_ticket(cast.owner, now=ago(hours=9)), cast.agent)
    recent = make_ticket(cast.owner, now=NOW + timedelta(minutes=1))

    assert references(see(cast.owner)) == [waiting.reference, recent.reference]


def test_views_hold_what_their_names_say_and_count_it(cast, see):
    new = make_ticket(cast.owner, now=ago(hours=4))
    waiting = wait_for_partner(make_ticket(cast.owner, now=ago(hours=3)), cast.agent)
    resolved = make_ticket(cast.owner, now=ago(hours=2))
    ending.resolve(resolved, by=actor_for(cast.owner), now=ago(hours=1))
    Ticket.objects.filter(pk=new.pk).update(is_escalated=True)

    assert references(see(cast.owner, "/?view=your-turn")) == [waiting.reference]
    assert references(see(cast.owner, "/?view=open")) == [waiting.reference, new.reference]
    assert references(see(cast.owner, "/?view=support")) == [new.reference]
    assert references(see(cast.owner, "/?view=escalated")) == [new.reference]
    assert references(see(cast.owner, "/?view=resolved")) == [resolved.reference]
    shown = see(cast.owner, "/?view=all")
    assert references(shown) == [waiting.reference, new.reference, resolved.reference]
    assert re.findall(r'<span class="n">(\d+)</span>', shown.content.decode()) == ["1", "2", "1", "1", "1", "3"]


@pytest.mark.parametrize(
    "typed", ["webhook", "WEBHOOK silent", "silent  webhook", "+49 30 23125-014", "493023125014", "café", "{reference}"]
)
def test_search_finds_words_numbers_and_references(cast, see, typed):
    subject = "Webhook is silent"
    wanted = make_ticket(
        cast.owner, "messaging_stopped", subject=subject, client=str(cast.nordlicht.pk), phone_number="+493023125014"
    )
    make_ticket(cast.owner, subject="Invoice is wrong")

    found = see(cast.owner, f"/?q={typed.format(reference=wanted.reference).replace('+', '%2B')}")

    assert references(found) == [wanted.reference]


def test_search_finds_what_was_said_and_percent_is_no_wildcard(cast, see):
    ticket = make_ticket(cast.owner)
    answer_ticket(ticket, cast.agent, now=NOW, body="A limit of 72 hours applies")

    assert references(see(cast.owner, "/?q=limit+72")) == [ticket.reference]
    assert references(see(cast.owner, "/?q=%25")) == []


def test_filters_narrow_and_join(cast, see):
    wanted = make_ticket(
        cast.owner, "templates", impact="reduced", workaround=False, language="de", client=str(cast.azul.pk)
    )
    make_ticket(cast.owner, "other")
    severity = wanted.severity

    for name, value in {
        "client": cast.azul.pk,
        "topic": "templates",
        "severity": severity,
        "language": "de",
        "client=&status": "new&topic=templates",
    }.items():
        assert references(see(cast.owner, f"/?{name}={value}")) == [wanted.reference], name
    assert references(see(cast.owner, "/?topic=templates&language=ru")) == []


def test_nonsense_in_the_address_narrows_nothing_and_breaks_nothing(cast, see):
    ticket = make_ticket(cast.owner)

    shown = see(cast.owner, "/?view=x&sort=-y&after=%00%ff&before=zzzz&client=-1&q=%00")

    assert (shown.status_code, references(shown)) == (200, [ticket.reference])


def test_own_tickets_without_a_client_are_found_by_the_own_name(cast, see):
    own = make_ticket(cast.owner)
    make_ticket(cast.owner, client=str(cast.azul.pk))

    assert references(see(cast.owner, f"/?client={cast.meridian.pk}")) == [own.reference]


# Order and pages


@pytest.mark.parametrize("sort", [*Sort, *(f"-{sort}" for sort in Sort)])
@pytest.mark.slow
def test_every_order_shows_every_ticket_once_page_by_page_and_back(cast, see, monkeypatch, sort):
    monkeypatch.setattr(overview, "ROWS", 3)
    for number in range(8):
        escalating.make_ticket(
            cast.meridian,
            now=ago(hours=number % 4),
            promised=number % 3 > 0,
            severity=("critical", "standard")[number % 2],
            status=("in_progress", "waiting_partner", "resolved")[number % 3],
        )
    whole = [row[0] for row in lines(see(cast.owner, f"{EXPORT}?view=all&sort={sort}"))[1:]]

    pages, address = [], f"/?view=all&sort={sort}"
    for _ in range(3):
        shown = see(cast.owner, address)
        pages.append(references(shown))
        found = re.search(r'rel="next" href="([^"]+)"', shown.content.decode())
        address = found[1].replace("&amp;", "&") if found else ""
    back = re.search(r'rel="prev" href="([^"]+)"', shown.content.decode())[1].replace("&amp;", "&")

    assert sum(pages, []) == whole
    assert address == ""
    assert references(see(cast.owner, back)) == pages[1]


def test_first_page_has_no_previous_when_one_comes_back_to_it(cast, see, monkeypatch):
    monkeypatch.setattr(overview, "ROWS", 2)
    for number in range(4):
        escalating.make_ticket(cast.meridian, now=ago(hours=number))
    second = re.search(r'rel="next" href="([^"]+)"', see(cast.owner).content.decode())[1].replace("&amp;", "&")

    back = re.search(r'rel="prev" href="([^"]+)"', see(cast.owner, second).content.decode())[1].replace("&amp;", "&")

    assert 'rel="prev"' not in see(cast.owner, back).content.decode()


# Rows


def test_row_says_severity_turn_promise_and_activity_in_words(cast, see):
    ticket = make_ticket(
        cast.owner, "messaging_delays", now=ago(minutes=22), subject="Slow <b>since</b> noon", client=str(cast.azul.pk)
    )

    text = " ".join(re.sub(r"<[^>]+>", " ", see(cast.owner).content.decode().split("<tbody>")[1]).split())

    assert text.startswith(f"{ticket.get_severity_display()} Slow &lt;b&gt;since&lt;/b&gt; noon {ticket.reference}")
    assert "Loja Azul Long messaging delays New" in text
    assert "22 min ago" in text
    assert " left due " in text


def test_row_of_a_sent_back_ticket_says_how_many_fields_are_missing(cast, see):
    ticket = make_ticket(cast.owner)
    asks = {"description": "Say more, please.", "subject": "Say what."}
    completing.send_back(ticket, asks, by=actor_for(cast.agent), now=NOW)

    text = see(cast.owner).content.decode()

    assert "Clock not running" in text
    assert "2 fields missing" in text
    assert "Your turn" in text.split("<tbody>")[1]


def test_dates_and_words_follow_the_readers_language(cast, see):
    make_ticket(cast.owner, now=ago(minutes=22))
    cast.owner.language = "de"
    cast.owner.save()

    shown = see(cast.owner)

    assert '<html lang="de"' in shown.content.decode()


@pytest.mark.parametrize("rows", [1, 25])
@pytest.mark.slow
def test_list_costs_the_same_queries_for_one_row_and_twenty_five(cast, client, django_assert_num_queries, rows):
    for number in range(rows):
        ticket = escalating.make_ticket(cast.meridian, now=ago(hours=number), client=cast.azul, topic_code="templates")
        if number % 2 == 0:
            completing.send_back(ticket, {"description": "More."}, by=actor_for(cast.lead), now=NOW)
    client.force_login(cast.owner)
    client.get(LIST)

    with django_assert_num_queries(10):
        shown = client.get(LIST)

    assert len(references(shown)) == rows


# Fragments and empty states


def test_htmx_gets_the_rows_with_the_address_of_what_is_looked_for(cast, see):
    ticket = make_ticket(cast.owner)

    shown = see(cast.owner, "/?q=messages&view=open&topic=&sort=turn", **{"HX-Request": "true"})

    assert shown["HX-Push-Url"] == "/?q=messages"
    assert "HX-Request" in shown["Vary"]
    assert "<html" not in shown.content.decode()
    assert references(shown) == [ticket.reference]


def test_empty_list_leads_to_a_new_ticket_and_an_empty_search_back(cast, see):
    empty = see(cast.owner).content.decode()
    nothing = see(cast.owner, "/?q=nothing").content.decode()

    assert "No open ticket" in empty
    assert reverse("new_ticket") in empty.split("<main")[1]
    assert "Nothing found" in nothing
    assert '<a class="btn" href="/">Clear search and filters</a>' in nothing


# Export


def test_export_holds_what_is_filtered_and_no_formula(cast, see):
    make_ticket(cast.owner, subject="Plain words", now=ago(hours=2))
    make_ticket(cast.owner, subject='=HYPERLINK("http://example.com")', now=ago(hours=1))
    make_ticket(cast.owner, "templates", subject="Another topic")
    make_ticket(cast.outsider, subject="Not theirs")

    sent = see(cast.owner, f"{EXPORT}?topic=other")

    rows = lines(sent)
    assert sent["Content-Type"] == "text/csv; charset=utf-8"
    assert sent["Content-Disposition"] == 'attachment; filename="tickets-2026-11-24.csv"'
    assert rows[0][:3] == ["Reference", "Subject", "Organisation"]
    assert [row[1] for row in rows[1:]] == ['\'=HYPERLINK("http://example.com")', "Plain words"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_begins_like_a_formula(start):
    from tickets.web.list_export import safe_cell

    assert safe_cell(f"{start}1+1").startswith("'")
    assert safe_cell(f"Slow; {start}1+1").startswith("Slow;'")
    assert safe_cell("Slow; since 9-11; =") == "Slow; since 9-11;' ="


def test_export_is_a_stream_of_a_constant_number_of_queries(cast, client, django_assert_num_queries):
    for _ in range(5):
        escalating.make_ticket(cast.meridian)
    client.force_login(cast.owner)
    client.get(LIST)

    with django_assert_num_queries(6):
        rows = lines(client.get(EXPORT))

    assert len(rows) == 6
