"""The page of one's organisation, and one's own settings."""

import pytest
from django.core.files.base import ContentFile

from accounts.actions.credentials import issue_token
from accounts.models import AuditEntry
from tests.cast import NOW, make_client, make_member

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def test_a_partner_sees_package_manager_clients_and_members(cast, signed_in):
    page = signed_in(cast.owner).get("/organisation/").content.decode()

    told = ("Premium Support", "30 minutes", "Marta Klein", "growth@example.org", "Café Nordlicht", "0 escalations")
    assert [text for text in told if text not in page] == []
    assert "Issue a token" not in page


def test_a_client_sees_its_own_package_and_not_its_partners_people(cast, signed_in):
    page = signed_in(cast.nordlicht_member).get("/organisation/").content.decode()

    assert "Standard Support" in page
    assert [name for name in ("Marta Klein", "Ana Prado", "Loja Azul", "Rita Campos") if name in page] == []


def test_an_outsiders_page_names_nothing_of_others(cast, signed_in):
    page = signed_in(cast.outsider).get("/organisation/").content.decode()

    assert [name for name in ("Meridian", "Nordlicht", "Ana Prado", "Marta Klein") if name in page] == []


@pytest.mark.parametrize("more", [1, 3])
def test_the_page_costs_the_same_however_many_there_are(cast, signed_in, django_assert_num_queries, more):
    for number in range(more):
        make_member(cast.meridian)
        make_client(f"Client {number}", partner=cast.meridian)
        issue_token(user=cast.owner, organisation=cast.meridian, name=f"t{number}", by=cast.colleague, now=NOW)
    browser = signed_in(cast.colleague)
    browser.get("/organisation/")

    # Session, person, membership, organisation, members, clients, tokens; policy, package and escalations of the month.
    with django_assert_num_queries(12):
        browser.get("/organisation/")


def test_a_clients_admin_shares_what_its_partner_files(cast, signed_in):
    signed_in(cast.nordlicht_admin).post("/organisation/sharing/", {"shares": "yes"})

    cast.nordlicht.refresh_from_db()
    assert cast.nordlicht.shares_with_client
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"shares_with_client": False}, {"shares_with_client": True})
    assert signed_in(cast.nordlicht_member).post("/organisation/sharing/", {"shares": "no"}).status_code == 403


def test_settings_are_saved_and_hold_at_once(cast, signed_in):
    browser = signed_in(cast.owner)
    facts = {"name": "Ana Prado Lima", "language": "de", "timezone": "são paulo", "theme": "dark"}

    browser.post("/settings/", facts)

    cast.owner.refresh_from_db()
    assert (cast.owner.name, cast.owner.timezone) == ("Ana Prado Lima", "America/Sao_Paulo")
    page = browser.get("/settings/")
    assert page["Content-Language"] == "de"
    assert 'data-theme="dark"' in page.content.decode()
    assert AuditEntry.objects.get().before == {
        "name": "Ana Prado", "language": "", "timezone": "Europe/Berlin", "theme": "auto",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("Bogotá", "America/Bogota"),
    ],
)
def test_a_time_zone_is_found_by_its_city(cast, signed_in, typed, zone):
    signed_in(cast.owner).post("/settings/", {"name": "A", "language": "en", "timezone": typed, "theme": "auto"})

    cast.owner.refresh_from_db()
    assert cast.owner.timezone == zone


def test_a_time_zone_that_is_none_is_refused_at_its_field(cast, signed_in):
    facts = {"name": "Ana", "language": "en", "timezone": "Atlantis", "theme": "auto"}

    page = signed_in(cast.owner).post("/settings/", facts).content.decode()

    assert "such as Europe/Berlin" in page
    assert 'value="Atlantis"' in page


def test_a_managers_picture_is_shown_to_their_partner_alone(cast, signed_in):
    cast.growth.picture.save("marta.png", ContentFile(PNG))
    url = f"/people/{cast.growth.pk}/picture/"

    assert url in signed_in(cast.owner).get("/organisation/").content.decode()
    readers = (cast.owner, cast.outsider, cast.nordlicht_member, cast.agent)
    assert [signed_in(reader).get(url).status_code for reader in readers] == [200, 404, 404, 200]
    assert signed_in(cast.owner).get(url)["Content-Type"] == "image/png"


def test_every_page_leads_to_ones_own_settings(cast, signed_in):
    page = signed_in(cast.owner).get("/organisation/").content.decode()

    assert 'href="/settings/"' in page
