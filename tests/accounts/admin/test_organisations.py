"""Administrators change organisations; what the database forbids is said at the form; the record is read-only."""

import pytest

from accounts.actions import audit
from accounts.models import AuditEntry, Organisation
from packages.models import Package, Subscription
from tests.cast import NOW


def inlines(**rows: str) -> dict[str, str]:
    empty = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return {**empty, "subscriptions-TOTAL_FORMS": "0", "subscriptions-INITIAL_FORMS": "0", **rows}


def facts(organisation: Organisation, **changes: object) -> dict[str, str]:
    names = ("name", "kind", "tier")
    keys = ("partner", "growth_manager", "deputy")
    now = {name: getattr(organisation, name) for name in names}
    now |= {key: getattr(organisation, f"{key}_id") or "" for key in keys}
    return {**now, **inlines(), **changes}  # type: ignore[dict-item]


def page(organisation: Organisation) -> str:
    return f"/admin/accounts/organisation/{organisation.pk}/change/"


def test_a_tier_is_changed_and_recorded(cast, signed_in):
    signed_in(cast.administrator).post(page(cast.meridian), facts(cast.meridian, tier="platinum"))

    cast.meridian.refresh_from_db()
    assert cast.meridian.tier == "platinum"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == ("organisation.changed", {"tier": "gold"}, {"tier": "platinum"})


def test_a_package_is_given_on_the_organisations_page(cast, signed_in):
    premium = Package.objects.get(code="premium")
    row = {
        "subscriptions-TOTAL_FORMS": "1",
        "subscriptions-0-package": premium.pk,
        "subscriptions-0-starts_at_0": "2026-12-01",
        "subscriptions-0-starts_at_1": "00:00",
    }

    signed_in(cast.administrator).post(page(cast.direct), facts(cast.direct, **row))

    assert Subscription.objects.get(organisation=cast.direct).package == premium
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["subscription.added"]


@pytest.mark.parametrize(
    ("who", "changes", "words"),
    [
        ("meridian", {"tier": ""}, "Only a partner in a tier has a growth manager"),
        ("direct", {"tier": "gold"}, "Only a partner has a tier"),
    ],
)
def test_what_cannot_be_is_said_at_the_form(cast, signed_in, who, changes, words):
    organisation = getattr(cast, who)

    answer = signed_in(cast.administrator).post(page(organisation), facts(organisation, **changes))

    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert AuditEntry.objects.count() == 0


def test_only_growth_managers_can_be_named(cast, signed_in):
    form = signed_in(cast.administrator).get(page(cast.meridian)).context["adminform"].form

    assert {str(person) for person in form.fields["growth_manager"].queryset} == {
        "Marta Klein",
        "Olga Reyes",
        "Paul Seidel",
    }
    assert set(form.fields["partner"].queryset) == {cast.meridian, cast.silverline}


def test_the_record_is_read_and_never_written(cast, signed_in):
    entry = audit.record("member.invited", cast.meridian, by=cast.colleague, now=NOW, after={"email": "a@example.org"})
    browser = signed_in(cast.administrator)

    shown = browser.get(f"/admin/accounts/auditentry/{entry.pk}/change/").content.decode()

    assert ("Tomás Rocha" in shown, "a@example.org" in shown) == (True, True)
    assert browser.get("/admin/accounts/auditentry/add/").status_code == 403
    assert browser.post(f"/admin/accounts/auditentry/{entry.pk}/change/", {"verb": "x"}).status_code == 403
    assert browser.post(f"/admin/accounts/auditentry/{entry.pk}/delete/").status_code == 403


@pytest.mark.parametrize("kind", ["organisation", "user"])
def test_what_the_database_sets_is_empty_until_it_is_saved(cast, signed_in, kind):
    page = signed_in(cast.administrator).get(f"/admin/accounts/{kind}/add/").content.decode()

    assert "DatabaseDefault" not in page


def test_the_filter_names_the_growth_managers_alone(cast, signed_in):
    page = signed_in(cast.administrator).get("/admin/accounts/organisation/").content.decode()

    assert cast.growth.name in page
    assert cast.owner.name not in page
