"""The public page and file of support hours: true at the moment they are read, in the reader's zone and language."""

from datetime import datetime

import pytest
import time_machine

from packages.models import PolicyVersion
from tests.cast import NOW, berlin

PAGE, FILE = "/support-hours/", "/support-hours.json"


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


@pytest.fixture(autouse=True)
def use_policy(policy):
    return policy


@pytest.mark.parametrize(
    ("moment", "standard", "premium"),
    [
        (berlin(2026, 11, 24, 13), "open until 22:00 Berlin", "open until Sat 00:00 Berlin"),
        (berlin(2026, 11, 24, 23), "closed, opens Wed 02:00 Berlin", "open until Sat 00:00 Berlin"),
        (berlin(2026, 11, 28, 8), "closed, opens Mon 02:00 Berlin", "closed, opens 09:00 Berlin"),
        (berlin(2026, 11, 28, 12), "closed, opens Mon 02:00 Berlin", "open until 17:00 Berlin"),
    ],
)
def test_the_page_says_whether_support_is_open_and_what_comes_next(client, moment, standard, premium):
    with at(moment):
        page = client.get(PAGE).content.decode()

    cards = [part.split("</section>")[0] for part in page.split('aria-labelledby="package-')[1:]]
    assert [f"Support is {standard}" in cards[0], f"Support is {premium}" in cards[1]] == [True, True]


def test_the_page_shows_targets_and_each_topic_with_its_fields(client):
    with at(NOW):
        page = client.get(PAGE).content.decode()

    told = (
        "4 hours",
        "30 minutes",
        "Messaging has completely stopped",
        "WABA ID",
        "+493023125014",
        "mandatory when a partner files",
        "mandatory unless “Status” is “Pending (in review)”",
        "Evidence: at least one of these",
        "it is confidential",
    )
    assert [text for text in told if text not in page] == []
    assert page.count('<details id="topic-') == 13


def test_a_reader_elsewhere_sees_their_own_week_first(client):
    client.cookies["timezone"] = "America/Sao_Paulo"

    with at(NOW):
        page = client.get(PAGE).content.decode()

    assert page.index("Your time, São Paulo") < page.index("Support&#x27;s time, Berlin")
    assert "22:00 to 24:00" in page


def test_the_page_speaks_the_readers_language(client):
    with at(NOW):
        page = client.get(PAGE, headers={"Accept-Language": "pt-BR"}).content.decode()

    assert "As mensagens pararam por completo" in page


def test_the_file_says_the_same_for_programs(client):
    with at(NOW):
        hours = client.get(FILE).json()

    standard, premium = hours["packages"]
    assert (hours["policy_version"], hours["default_package"]) == (1, "standard")
    assert (standard["is_open"], standard["closes_at"], standard["next_opening_at"]) == (
        True,
        "2026-11-24T21:00:00+00:00",
        None,
    )
    assert standard["week"] == {
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ["02:00-22:00"]),
        "saturday": [],
        "sunday": [],
    }
    assert [(target["severity"], target["within"]) for target in premium["targets"]] == [
        ("critical", "PT30M"),
        ("urgent", "PT2H"),
        ("standard", "PT24H"),
    ]


def test_closed_days_ahead_are_named_and_past_ones_are_not(client, policy):
    version = PolicyVersion.objects.get(pk=policy.id)
    closed = '"closed_days": {"2026-12-25": "Christmas", "2026-01-01": "New Year"}'
    draft = version.document.replace('"closed_days": {}', closed, 1)
    PolicyVersion.objects.create(
        number=2, state="published", starts_at=NOW, published_at=NOW, document=draft, digest="with closed days"
    )

    with at(NOW):
        page, hours = client.get(PAGE).content.decode(), client.get(FILE).json()
        russian = client.get(PAGE, headers={"accept-language": "ru"}).content.decode()

    assert "Пятница, 25 декабря 2026 г." in russian
    assert ("Friday, 25 Dec 2026" in page, "Christmas" in page, "New Year" in page) == (True, True, False)
    assert hours["packages"][0]["closed_days"] == [{"date": "2026-12-25", "name": "Christmas"}]


def test_the_page_costs_the_same_for_anybody(client, django_assert_num_queries):
    client.get(PAGE)

    with django_assert_num_queries(1):  # the version in force, for the page and for the frame
        client.get(PAGE)


def test_nothing_but_reading_is_possible(client):
    assert [client.post(path).status_code for path in (PAGE, FILE)] == [405, 405]
