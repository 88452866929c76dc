"""The mail that invites a person, in the language of whoever invites: the invited one's is not known yet."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Organisation, User
from accounts.policy.invitations import HOLDS_FOR
from accounts.queries.invitations import invitation_link


def send_invitation(user: User, organisation: Organisation | None, *, by: User) -> None:
    """Send the link to the invited address; a person without an organisation works for the provider.

    Raises: what the connection to the mail server raises.
    """
    language = by.language or "en"
    context = {
        "organisation": organisation,
        "by": by,
        "link": invitation_link(user),
        "days": HOLDS_FOR.days,
        "language": language,
        "site_url": settings.SITE_URL,
    }
    with translation.override(language):
        subject = render_to_string("email/invitation/subject.txt", context).strip()
        mail = EmailMultiAlternatives(subject, render_to_string("email/invitation/body.txt", context), to=[user.email])
        mail.attach_alternative(render_to_string("email/invitation/body.html", context), "text/html")
    mail.send()
