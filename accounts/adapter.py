"""Where allauth asks the portal: nobody signs up by themselves, and everybody lands where their work is."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy.roles import Role
from accounts.web.home import home_of

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {  # noqa: RUF012  allauth reads a class's mapping
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right. Check both, or reset the password."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, or reset the password."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(Role(request.user.role)) if isinstance(request.user, User) else "/"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address in the mail: the portal's own, whatever host the request named."""
        uid, _dash, secret = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell a person what changed in their account. The change stands even when the mail can't leave."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except (OSError, SMTPException):
            log.exception("a notice about an account could not be sent")
