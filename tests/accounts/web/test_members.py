"""Members: invited by mail, changed by admins, and never seen by others."""

import re

import pytest
from django.test import Client

from accounts.models import AuditEntry, Membership, User
from tests.accounts.conftest import PASSWORD

INVITE = "/organisation/members/invite/"


@pytest.fixture
def invite(cast, signed_in, mailoutbox, django_capture_on_commit_callbacks):
    """Let Meridian's admin invite an address; return the link of the mail, if one was sent."""

    def send(email: str = "new@example.org", role: str = "member"):
        before = len(mailoutbox)
        with django_capture_on_commit_callbacks(execute=True):
            response = signed_in(cast.colleague).post(INVITE, {"email": email, "is_admin": role})
        sent = mailoutbox[before:]
        return response, re.search(r"(/invitation/\S+)", sent[0].body)[1] if sent else ""

    return send


def member_of(user: User) -> str:
    return f"/organisation/members/{Membership.objects.get(user=user).pk}/"


def test_an_invited_person_chooses_a_password_and_is_in(invite, cast, mailoutbox):
    response, link = invite("New@Example.org", "admin")

    assert response["Location"] == "/organisation/"
    assert (mailoutbox[0].to, mailoutbox[0].subject) == (
        ["new@example.org"],
        "Tomás Rocha invites you to Meridian Messaging in Partner Support",
    )
    browser = Client()
    assert "new@example.org" in browser.get(link).content.decode()
    assert browser.post(link, {"name": "Nia Falk", "password": PASSWORD}).status_code == 302
    person = User.objects.get(email="new@example.org")
    membership = Membership.objects.get(user=person)
    assert (person.name, membership.organisation, membership.is_admin) == ("Nia Falk", cast.meridian, True)
    assert person.check_password(PASSWORD)
    assert browser.get("/organisation/").status_code == 200
    assert list(AuditEntry.objects.values_list("verb", "actor")) == [
        ("member.invited", cast.colleague.pk),
        ("member.joined", person.pk),
    ]


def test_a_link_works_once(invite):
    link = invite()[1]
    Client().post(link, {"name": "Nia Falk", "password": PASSWORD})

    again = Client().get(link)

    assert (again.status_code, "does not work any more" in again.content.decode()) == (410, True)


def test_a_link_works_for_two_weeks(invite, time_machine_at):
    link = invite()[1]

    with time_machine_at(days=13, hours=23):
        assert Client().get(link).status_code == 200
    with time_machine_at(days=14, minutes=1):
        assert Client().get(link).status_code == 410


def test_a_newer_invitation_replaces_the_link(invite, cast, signed_in, mailoutbox, django_capture_on_commit_callbacks):
    old = invite()[1]
    page = member_of(User.objects.get(email="new@example.org"))

    with django_capture_on_commit_callbacks(execute=True):
        signed_in(cast.colleague).post(page, {"do": "invite_again"})

    new = re.search(r"(/invitation/\S+)", mailoutbox[1].body)[1]
    assert [Client().get(link).status_code for link in (old, new)] == [410, 200]


def test_a_forged_link_opens_nothing(invite):
    link = invite()[1]

    assert Client().get(f"{link[:-4]}AAA/").status_code == 410


def test_a_weak_password_is_refused_with_a_reason(invite):
    link = invite()[1]

    page = Client().post(link, {"name": "Nia Falk", "password": "short"}).content.decode()

    assert "at least 10 characters" in page
    assert not User.objects.get(email="new@example.org").has_usable_password()


def test_one_who_is_signed_in_is_asked_to_sign_out_first(invite, cast, signed_in):
    link = invite()[1]

    page = signed_in(cast.outsider).get(link)

    assert (page.status_code, "Sign out" in page.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("owner@example.org", "is a member already"),
        ("outsider@example.org", "can&#x27;t be invited here"),
        ("agent@example.org", "can&#x27;t be invited here"),
        ("no address", "Enter a valid email address"),
    ],
)
def test_an_address_that_cannot_be_invited_is_told_at_its_field(invite, mailoutbox, email, words):
    response, _ = invite(email)

    assert (response.status_code, words in response.content.decode()) == (200, True)
    assert mailoutbox == []


def test_a_member_is_made_admin_and_back(cast, signed_in):
    browser, page = signed_in(cast.colleague), member_of(cast.owner)

    browser.post(page, {"do": "make_admin"})
    assert Membership.objects.get(user=cast.owner).is_admin
    browser.post(page, {"do": "make_member"})

    assert not Membership.objects.get(user=cast.owner).is_admin
    assert list(AuditEntry.objects.values_list("before", "after")) == [
        ({"is_admin": False}, {"is_admin": True}),
        ({"is_admin": True}, {"is_admin": False}),
    ]


@pytest.mark.parametrize("do", ["make_member", "switch_off"])
def test_the_last_admin_stays(cast, signed_in, do):
    page = signed_in(cast.colleague).post(member_of(cast.colleague), {"do": do}, follow=True).content.decode()

    assert Membership.objects.get(user=cast.colleague).is_admin
    assert "needs an admin" in page or "switch yourself off" in page


def test_a_removed_member_is_out_at_once_and_can_come_back(cast, signed_in, invite):
    theirs = signed_in(cast.owner)
    assert theirs.get("/organisation/").status_code == 200
    signed_in(cast.colleague).post(member_of(cast.owner), {"do": "switch_off"})

    assert theirs.get("/organisation/").status_code == 302
    signed_in(cast.colleague).post(member_of(cast.owner), {"do": "switch_on"})
    # They sign in anew: a session that was left open somewhere does not live again.
    assert theirs.get("/organisation/").status_code == 302
    assert signed_in(cast.owner).get("/organisation/").status_code == 200


def test_a_removed_member_who_is_invited_again_comes_back(cast, signed_in, invite):
    signed_in(cast.colleague).post(member_of(cast.owner), {"do": "switch_off"})

    invite(cast.owner.email, "admin")

    cast.owner.refresh_from_db()
    assert (cast.owner.is_active, Membership.objects.get(user=cast.owner).is_admin) == (True, True)


@pytest.mark.parametrize("path", [INVITE, "/organisation/tokens/new/"])
def test_a_plain_member_may_not_manage(cast, signed_in, path):
    browser = signed_in(cast.owner)

    assert (browser.get(path).status_code, browser.post(path, {}).status_code) == (403, 403)


@pytest.mark.parametrize("who", ["growth", "agent", "administrator"])
@pytest.mark.parametrize("path", ["/organisation/", INVITE, "/organisation/tokens/new/"])
def test_who_has_no_organisation_has_no_such_page(cast, signed_in, who, path):
    assert signed_in(getattr(cast, who)).get(path).status_code == 404


def test_a_member_of_another_organisation_is_not_there(cast, signed_in):
    browser = signed_in(cast.outsider_admin)

    assert browser.get(member_of(cast.owner)).status_code == 404
    assert browser.post(member_of(cast.owner), {"do": "switch_off"}).status_code == 404
    cast.owner.refresh_from_db()
    assert cast.owner.is_active
