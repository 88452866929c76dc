"""What an organisation is, changed by actions."""

from accounts.actions.organisations import name_managers, set_partner, set_tier
from accounts.models import AuditEntry
from tests.cast import NOW


def test_without_a_tier_a_partner_has_no_managers(cast):
    set_tier(cast.meridian, "", by=cast.administrator, now=NOW)

    cast.meridian.refresh_from_db()
    assert (cast.meridian.tier, cast.meridian.growth_manager, cast.meridian.deputy) == ("", None, None)
    assert AuditEntry.objects.get().before == {
        "tier": "gold", "growth_manager": cast.growth.pk, "deputy": cast.deputy.pk,
    }  # fmt: skip


def test_managers_are_named(cast):
    name_managers(cast.silverline, growth_manager=cast.other_growth, deputy=None, by=cast.administrator, now=NOW)

    cast.silverline.refresh_from_db()
    assert cast.silverline.growth_manager == cast.other_growth


def test_a_client_moves_to_another_partner(cast):
    set_partner(cast.azul, cast.silverline, by=cast.administrator, now=NOW)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == (
        "organisation.partner_set",
        {"partner": cast.meridian.pk},
        {"partner": cast.silverline.pk},
    )
