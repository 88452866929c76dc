"""Signing in: password, second factor, reset, and where each role lands."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from accounts.web.home import home_of
from tests.accounts.conftest import PASSWORD

LOGIN = "/account/login/"


def sign_in(client, email: str, password: str = PASSWORD, **facts):
    return client.post(LOGIN, {"login": email, "password": password, **facts})


@pytest.mark.parametrize("who", ["owner", "growth", "agent", "administrator"])
def test_each_role_lands_where_its_work_is(client, cast, with_password, who):
    person = with_password(getattr(cast, who))

    response = sign_in(client, person.email.upper())

    assert (response.status_code, response["Location"]) == (302, home_of(person.role))
    assert client.get(reverse("settings")).status_code == 200


def test_one_comes_back_to_the_page_that_asked_for_the_sign_in(client, cast, with_password):
    asked = client.get("/organisation/")

    assert asked["Location"] == f"{LOGIN}?next=/organisation/"
    assert sign_in(client, with_password(cast.owner).email, next="/organisation/")["Location"] == "/organisation/"


def test_a_fragment_sends_the_whole_page_to_the_sign_in(client, cast):
    response = client.get(
        "/organisation/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/tickets/"}
    )

    assert (response.status_code, response["HX-Redirect"]) == (200, f"{LOGIN}?next=/tickets/")


def test_behind_a_proxy_one_persons_wrong_attempts_lock_nobody_else_out(client, cast, with_password, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(12):
        address = f"guess{number}@example.org"
        client.post(LOGIN, {"login": address, "password": "wrong"}, headers={"X-Forwarded-For": "203.0.113.9"})

    elsewhere = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}  # only what the proxy itself added counts
    form = {"login": with_password(cast.owner).email, "password": PASSWORD}
    assert client.post(LOGIN, form, headers=elsewhere).status_code == 302


@pytest.mark.parametrize("address", ["owner@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_read_the_same(client, cast, with_password, address):
    with_password(cast.owner)

    page = sign_in(client, address, "not the password").content.decode()

    assert "The address or the password is not right." in page


def test_many_wrong_attempts_are_refused_for_a_while(client, cast, with_password):
    with_password(cast.owner)
    for _ in range(10):
        sign_in(client, cast.owner.email, "not the password")

    page = sign_in(client, cast.owner.email).content.decode()

    assert "Too many attempts." in page


def test_a_person_who_is_switched_off_does_not_get_in(client, cast, with_password):
    person = with_password(cast.owner)
    person.is_active = False
    person.save()

    sign_in(client, person.email)

    assert client.get("/settings/").status_code == 302


def test_a_session_ends_when_its_person_is_switched_off(cast, signed_in):
    browser = signed_in(cast.owner)
    assert browser.get("/settings/").status_code == 200

    cast.owner.is_active = False
    cast.owner.save()

    assert browser.get("/settings/").status_code == 302


def test_nobody_signs_up_by_themselves(client, cast):
    page = client.get("/account/signup/").content.decode()

    assert "Accounts come by invitation" in page
    assert client.post("/account/signup/", {"email": "new@example.org", "password1": PASSWORD}).status_code == 200


@pytest.mark.parametrize("path", ["/account/email/", "/account/confirm-email/", "/account/confirm-email/key/"])
def test_an_address_is_not_changed_here(cast, signed_in, path):
    assert signed_in(cast.owner).get(path).status_code == 404


# Reset -------------------------------------------------------------------------------------------------------------


def test_a_password_is_reset_by_the_link_of_a_mail(client, cast, with_password, mailoutbox, settings):
    with_password(cast.owner)
    settings.SITE_URL = "https://support.example.org"
    # The mail leads to the portal's own address, whatever host a request names.
    client.post("/account/password/reset/", {"email": cast.owner.email}, headers={"Host": "localhost"})
    link = re.search(r"https://support.example.org(/account/password/reset/key/\S+)", mailoutbox[0].body)[1]

    form_at = client.get(link)["Location"]
    client.post(form_at, {"password1": "noch ein Kennwort", "password2": "noch ein Kennwort"})

    cast.owner.refresh_from_db()
    assert cast.owner.check_password("noch ein Kennwort")
    assert [mail.subject for mail in mailoutbox] == ["Choose a new password", "Your password was reset"]
    assert "does not work any more" in client.get(client.get(link).headers.get("Location", link)).content.decode()


def test_an_unknown_address_gets_no_mail_and_the_same_page(client, cast, mailoutbox):
    known = client.post("/account/password/reset/", {"email": cast.owner.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.org"})

    assert known["Location"] == unknown["Location"] == "/account/password/reset/done/"
    assert [mail.to for mail in mailoutbox] == [[cast.owner.email]]


# Second factor -----------------------------------------------------------------------------------------------------


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, totp.yield_hotp_counters_from_time().__next__()))


def test_a_second_factor_is_set_up_and_asked_for(client, cast, with_password):
    person = with_password(cast.owner)
    sign_in(client, person.email)
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]

    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})

    assert Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
    client.post("/account/logout/")
    first = sign_in(client, person.email)
    assert first["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/settings/").status_code == 302


def test_a_recovery_code_gets_in_once(client, cast, with_password):
    person = with_password(cast.owner)
    totp.TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(person).get_unused_codes()[0]

    sign_in(client, person.email)
    client.post("/account/2fa/authenticate/", {"code": code})
    assert client.get("/settings/").status_code == 200

    client.post("/account/logout/")
    sign_in(client, person.email)
    page = client.post("/account/2fa/authenticate/", {"code": code}).content.decode()
    assert "This code is not right." in page
    assert client.get("/settings/").status_code == 302


def test_the_admin_is_behind_the_same_sign_in_and_second_factor(client, cast, with_password):
    person = with_password(cast.administrator)
    totp.TOTP.activate(person, "JBSWY3DPEHPK3PXP")

    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
    sign_in(client, person.email, next="/admin/")
    assert client.get("/admin/accounts/user/").status_code == 302


def test_the_secret_of_a_second_factor_is_stored_encrypted(cast):
    totp.TOTP.activate(cast.owner, "JBSWY3DPEHPK3PXP")

    stored = Authenticator.objects.get()

    assert "JBSWY3DPEHPK3PXP" not in str(stored.data)
    assert stored.wrap().validate_code(code_of("JBSWY3DPEHPK3PXP"))


# The pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/account/password/change/",
        "/account/2fa/",
        "/account/2fa/webauthn/",
        "/account/sessions/",
        "/account/reauthenticate/",
        "/account/logout/",
        "/settings/",
    ],
)
def test_the_pages_of_ones_own_account_open(client, cast, with_password, path):
    sign_in(client, with_password(cast.owner).email)

    page = client.get(path)

    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_a_visitor_chooses_a_language(client, cast):
    client.post("/language/", {"language": "de", "next": LOGIN})

    assert client.get(LOGIN)["Content-Language"] == "de"


def test_a_session_is_noted_once_in_five_minutes_and_can_be_ended_elsewhere(cast, with_password):
    person = with_password(cast.owner)
    here, elsewhere = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Firefox/140.0"})
    for browser in (here, elsewhere):
        sign_in(browser, person.email)
        browser.get("/settings/")

    assert "Firefox, Windows" in here.get("/account/sessions/").content.decode()
    here.post("/account/sessions/")
    assert [browser.get("/settings/").status_code for browser in (here, elsewhere)] == [200, 302]


def test_a_wrong_address_is_told_politely_in_german(client, db):
    page = client.post("/account/password/reset/", {"email": "nobody"}, headers={"accept-language": "de"})

    assert "Geben Sie eine gültige E-Mail-Adresse ein." in page.content.decode()


def test_too_many_attempts_are_told_on_a_page_of_the_portal(client, db):
    for _ in range(6):
        page = client.post(
            "/account/password/reset/", {"email": "nobody@example.org"}, headers={"accept-language": "ru"}
        )

    assert page.status_code == 429
    assert "Слишком много попыток" in page.content.decode()
    assert 'class="brand"' in page.content.decode()
