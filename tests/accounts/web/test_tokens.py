"""API tokens: issued by admins, shown once, ended at once."""

import re

from accounts.actions.credentials import hash_of
from accounts.models import ApiToken, AuditEntry

NEW = "/organisation/tokens/new/"
FILLED = {"name": "Monitoring", "owner": "organisation", "scopes": "read", "lifetime": "30"}


def test_the_secret_of_a_token_is_shown_once(cast, signed_in):
    browser = signed_in(cast.colleague)

    answer = browser.post(NEW, FILLED)

    secret = re.search(r"psp_[\w-]{20,}", answer.content.decode())[0]
    token = ApiToken.objects.get()
    assert (token.hash, token.hint, token.scopes) == (hash_of(secret), secret[-4:], ["read"])
    assert (token.organisation, token.user) == (cast.meridian, None)
    assert "no-store" in answer["Cache-Control"]
    page = browser.get("/organisation/").content.decode()
    assert (secret in page, f"…{secret[-4:]}" in page) == (False, True)
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_token_of_ones_own_acts_as_oneself(cast, signed_in):
    signed_in(cast.colleague).post(NEW, {**FILLED, "owner": "me", "scopes": "write"})

    token = ApiToken.objects.get()
    assert (token.user, token.organisation, token.scopes) == (cast.colleague, cast.meridian, ["read", "write"])


def test_an_ended_token_is_listed_no_more_and_stays_in_the_record(cast, signed_in):
    browser = signed_in(cast.colleague)
    browser.post(NEW, FILLED)
    token = ApiToken.objects.get()

    assert browser.get(f"/organisation/tokens/{token.pk}/end/").status_code == 200
    browser.post(f"/organisation/tokens/{token.pk}/end/")

    assert token.name not in browser.get("/organisation/").content.decode().split("</main>")[0]
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["token.issued", "token.revoked"]


def test_the_token_of_another_organisation_is_not_there(cast, signed_in):
    signed_in(cast.colleague).post(NEW, FILLED)
    token = ApiToken.objects.get()

    assert signed_in(cast.outsider_admin).post(f"/organisation/tokens/{token.pk}/end/").status_code == 404
    assert signed_in(cast.owner).post(f"/organisation/tokens/{token.pk}/end/").status_code == 403


def test_removing_a_person_ends_their_tokens(cast, signed_in, django_user_model):
    from accounts.models import Membership

    member = Membership.objects.get(user=cast.owner)
    member.is_admin = True
    member.save()
    signed_in(cast.owner).post(NEW, {**FILLED, "owner": "me"})

    signed_in(cast.colleague).post(f"/organisation/members/{member.pk}/", {"do": "switch_off"})

    assert "Monitoring" not in signed_in(cast.colleague).get("/organisation/").content.decode()
