"""The mail that invites a person, in the language of whoever invites: the invited one's is not known yet."""

from accounts.models import Organisation, User
from accounts.notifications.mails import send_mail_of
from accounts.policy.invitations import HOLDS_FOR
from accounts.queries.invitations import invitation_link


def send_invitation(user: User, organisation: Organisation | None, *, by: User) -> None:
    """Send the link to the invited address; a person without an organisation works for the provider.

    Raises: what the connection to the mail server raises.
    """
    send_mail_of(
        "invitation",
        user,
        language=by.language or "en",
        organisation=organisation,
        by=by,
        link=invitation_link(user),
        days=HOLDS_FOR.days,
    )
