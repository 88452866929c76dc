"""A mail that is no ticket's news: rendered from its templates in one language."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User


def send_mail_of(kind: str, to: User, *, language: str, **context: Any) -> None:
    """Send templates/email/<kind>/ to a person.

    Raises: what the connection to the mail server raises.
    """
    mail_of(kind, to, language=language, **context).send()


def mail_of(
    kind: str, to: User, *, language: str, headers: dict[str, str] | None = None, **context: Any
) -> EmailMultiAlternatives:
    """Return the mail that templates/email/<kind>/ makes for a person."""
    context |= {"language": language, "site_url": settings.SITE_URL}
    with translation.override(language):
        # A name may hold a line's end.
        subject = " ".join(render_to_string(f"email/{kind}/subject.txt", context).split())
        body = render_to_string(f"email/{kind}/body.txt", context)
        mail = EmailMultiAlternatives(subject, body, to=[to.email], headers=headers)
        mail.attach_alternative(render_to_string(f"email/{kind}/body.html", context), "text/html")
    return mail
