"""The caller's own organisation through the API."""


def test_a_partner_reads_package_clients_manager_and_escalations(api):
    own = api.get("organisations/me/").json()

    assert (own["name"], own["kind"], own["tier"]) == ("Meridian Messaging", "partner", "gold")
    assert [one["name"] for one in own["clients"]] == ["Café Nordlicht", "Loja Azul"]
    assert own["package"]["code"] == "premium"
    assert own["growth_manager"]["name"] == "Marta Klein"
    assert (own["escalations"]["used"], own["escalations"]["limit"]) == (0, None)


def test_a_client_reads_its_partner_and_nothing_of_it(call_as, cast):
    own = call_as(cast.nordlicht_member).get("organisations/me/").json()

    assert (own["kind"], own["partner"]["name"], own["package"]["code"]) == ("client", "Meridian Messaging", "standard")
    assert (own["clients"], own["growth_manager"], own["escalations"]) == ([], None, None)


def test_who_belongs_to_none_reads_so(call_as, cast):
    response = call_as(cast.growth).get("organisations/me/")

    assert (response.status_code, response.json()["code"]) == (404, "no_organisation")
