"""The mail that tells a partner's person of a draft that their growth manager prepared. It carries none of its text."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.notifications.mails import send_mail_of
from tickets.models import Draft


def send_prepared(draft: Draft, *, by: User) -> None:
    """Send the link to the draft, in the reader's language.

    Raises: what the connection to the mail server raises.
    """
    link = settings.SITE_URL + reverse("new_ticket_form", args=[draft.pk])
    send_mail_of("prepared", draft.user, language=draft.user.language or "en", by=by, link=link)
