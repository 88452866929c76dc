"""Administrators make people, change their role and switch them off; each change is in the record."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import AuditEntry, User

ADD = "/admin/accounts/user/add/"
NO_MEMBERSHIP = {"membership-TOTAL_FORMS": "0", "membership-INITIAL_FORMS": "0"}


def facts(user: User | None = None, **changes: str) -> dict[str, str]:
    now = {"email": "new@example.org", "name": "Nia Falk", "role": "agent", "language": "", "timezone": "UTC"}
    if user is not None:
        now |= {name: getattr(user, name) for name in now}
    return {**now, "is_active": "on", **NO_MEMBERSHIP, **changes}


def test_a_new_person_is_invited_to_choose_a_password(cast, signed_in, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(cast.administrator).post(ADD, facts(email="New@Example.org"))

    person = User.objects.get(email="new@example.org")
    assert (person.role, person.has_usable_password()) == ("agent", False)
    assert (mailoutbox[0].to, "/invitation/" in mailoutbox[0].body) == (["new@example.org"], True)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.after["role"]) == ("user.added", cast.administrator, "agent")


def test_a_new_member_is_put_in_an_organisation_and_both_are_recorded(
    cast, signed_in, mailoutbox, django_capture_on_commit_callbacks
):
    member = {
        "membership-TOTAL_FORMS": "1",
        "membership-0-organisation": str(cast.meridian.pk),
        "membership-0-is_admin": "on",
    }

    with django_capture_on_commit_callbacks(execute=True):
        signed_in(cast.administrator).post(ADD, facts(role="member", **member))

    person = User.objects.get(email="new@example.org")
    assert (person.membership.organisation, person.membership.is_admin) == (cast.meridian, True)  # type: ignore[attr-defined]
    assert "Meridian Messaging" in mailoutbox[0].subject
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["user.added", "membership.added"]


def test_a_change_is_recorded_with_what_was(cast, signed_in):
    page = f"/admin/accounts/user/{cast.agent.pk}/change/"

    assert signed_in(cast.administrator).post(page, facts(cast.agent, role="lead")).status_code == 302

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == ("user.changed", {"role": "agent"}, {"role": "lead"})


def test_a_new_address_makes_the_sign_in_forget_the_old_one(cast, signed_in):
    EmailAddress.objects.create(user=cast.agent, email=cast.agent.email, primary=True)
    page = f"/admin/accounts/user/{cast.agent.pk}/change/"

    signed_in(cast.administrator).post(page, facts(cast.agent, email="lena@example.org"))

    assert EmailAddress.objects.count() == 0
    cast.agent.refresh_from_db()
    assert cast.agent.email == "lena@example.org"


@pytest.mark.parametrize("change", [{"role": "agent"}, {"is_active": ""}])
def test_the_last_administrator_stays(cast, signed_in, change):
    page = f"/admin/accounts/user/{cast.administrator.pk}/change/"

    answer = signed_in(cast.administrator).post(page, facts(cast.administrator, **change)).content.decode()

    assert "last administrator" in answer
    cast.administrator.refresh_from_db()
    assert (cast.administrator.role, cast.administrator.is_active) == ("administrator", True)


def test_a_link_to_choose_a_password_is_sent_to_those_who_may_sign_in(
    cast, signed_in, with_password, mailoutbox, django_capture_on_commit_callbacks
):
    with_password(cast.owner)
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    chosen = [str(person.pk) for person in (cast.owner, cast.colleague, cast.outsider)]

    with django_capture_on_commit_callbacks(execute=True):
        signed_in(cast.administrator).post(
            "/admin/accounts/user/", {"action": "send_password_link", "_selected_action": chosen}
        )

    assert sorted((mail.to[0], "/invitation/" in mail.body) for mail in mailoutbox) == [
        (cast.colleague.email, True),  # has no password yet
        (cast.owner.email, False),
    ]


def test_nobody_is_deleted(cast, signed_in):
    assert signed_in(cast.administrator).post(f"/admin/accounts/user/{cast.owner.pk}/delete/").status_code == 403


@pytest.mark.parametrize("who", ["agent", "lead"])
def test_people_are_for_administrators(cast, signed_in, who):
    assert signed_in(getattr(cast, who)).get("/admin/accounts/user/").status_code == 403


@pytest.mark.parametrize("who", ["owner", "growth"])
def test_the_admin_is_not_there_for_others(cast, signed_in, who):
    assert signed_in(getattr(cast, who)).get("/admin/accounts/user/").status_code == 404


@pytest.mark.parametrize("path", ["user", "organisation", "auditentry"])
def test_lists_cost_the_same_however_many_there_are(cast, signed_in, django_assert_max_num_queries, path):
    browser = signed_in(cast.administrator)
    browser.get(f"/admin/accounts/{path}/")

    with django_assert_max_num_queries(12):  # 16 people, 6 organisations: none asked for by itself
        assert browser.get(f"/admin/accounts/{path}/").status_code == 200


def test_a_person_who_was_switched_off_signs_in_anew_when_they_come_back(cast, signed_in):
    theirs, page = signed_in(cast.agent), f"/admin/accounts/user/{cast.agent.pk}/change/"
    assert theirs.get("/settings/").status_code == 200

    for is_active in ("", "on"):
        signed_in(cast.administrator).post(page, facts(cast.agent, is_active=is_active))

    cast.agent.refresh_from_db()
    assert (cast.agent.is_active, theirs.get("/settings/").status_code) == (True, 302)


def test_a_time_zone_that_nobody_knows_is_refused(cast, signed_in):
    page = f"/admin/accounts/user/{cast.agent.pk}/change/"

    response = signed_in(cast.administrator).post(page, facts(cast.agent, timezone="Mars/Olympus"))

    assert "There is no such time zone." in response.content.decode()
