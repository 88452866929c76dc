"""The desk's bar: what each role is offered, and where one is."""

import pytest

from tickets.admin.desk_frame import desk_nav

pytestmark = pytest.mark.django_db


def shown(client, person, address) -> tuple[list[str], str]:
    client.force_login(person)
    nav = desk_nav(client.get(address).wsgi_request)
    return [place["label"] for place in nav], next(place["label"] for place in nav if place["current"])


def test_each_role_is_offered_what_it_may_open(client, cast):
    everybody = ["Dashboard", "Queue", "Escalations", "Incidents", "Agents"]

    assert shown(client, cast.agent, "/admin/desk/") == ([*everybody, "Timers", "Deliveries"], "Queue")
    assert shown(client, cast.lead, "/admin/agents/") == (
        [*everybody, "Prepared answers", "Timers", "Deliveries"],
        "Agents",
    )
    for place in desk_nav(client.get("/admin/timers/").wsgi_request):
        assert client.get(place["url"]).status_code == 200


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/admin/", "Dashboard"),
        ("/admin/administration/", "Administration"),
        ("/admin/accounts/user/", "Administration"),
        ("/admin/tickets/preparedanswer/", "Prepared answers"),
        ("/admin/policy/", "Policy"),
    ],
)
def test_the_bar_says_where_one_is(client, cast, address, place):
    assert shown(client, cast.administrator, address)[1] == place
