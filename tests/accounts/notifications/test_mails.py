"""Mails that are no ticket's news."""

import pytest

from accounts.notifications.mails import mail_of

pytestmark = pytest.mark.django_db


def test_a_subject_is_one_line_whoever_is_named_in_it(cast):
    by = "Ana\r\nBcc: everybody@example.org"

    mail = mail_of("prepared", cast.owner, language="en", by=by, link="")

    assert mail.subject == "Ana Bcc: everybody@example.org prepared a ticket for you"
    assert mail.message()["Bcc"] is None
