"""The forms of the pages about people and organisations. They check shape; actions decide the rest."""

from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy.scopes import READ, SCOPES
from accounts.web.choices import Noted
from accounts.web.sign_in import PASSWORD_RULES
from accounts.web.zones import city, zone_names

LIFETIMES = {30: _("30 days"), 90: _("90 days"), 365: _("One year")}


class PortalForm(forms.Form):
    """A form in the portal's own look; the page has the form's element and its buttons."""

    layout: tuple[Any, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the page's own form element carries it
        if self.layout:
            self.helper.layout = Layout(*self.layout)


class ZoneField(forms.CharField):
    """A time zone by its IANA name, found by typing: the page lists the names beside it."""

    default_error_messages = {"unknown": _("Choose one of the list, such as Europe/Berlin.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        named = typed.replace(" ", "_").casefold()
        for zone in zone_names():
            names = (zone.casefold(), zone.rsplit("/", 1)[-1].casefold(), city(zone).replace(" ", "_").casefold())
            if named in names:
                return zone
        raise forms.ValidationError(self.error_messages["unknown"], code="unknown")


class ProfileForm(PortalForm):
    """What a person says about themselves."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As colleagues and support see it"))
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages and of the mails")
    )
    timezone = ZoneField(label=_("Time zone"), max_length=64, help_text=_("Type your city or the zone's name"))
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[(theme.value, theme.label) for theme in User.Theme],
        widget=forms.RadioSelect,
    )

    layout: tuple[Any, ...] = ("name", Row("language", "timezone"), "theme")


class ManagerProfileForm(ProfileForm):
    """A growth manager's: partners see how to reach them."""

    phone = forms.CharField(
        label=_("Phone number"), max_length=40, required=False, help_text=_("Shown to your partners")
    )

    layout = ("name", "phone", Row("language", "timezone"), "theme")


class InviteForm(PortalForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, help_text=_("The invitation goes there"))
    is_admin = forms.TypedChoiceField(
        label=_("Role"),
        coerce=lambda value: value == "admin",
        choices=[
            ("member", Noted(_("Member"), _("Files, follows and answers tickets"))),
            ("admin", Noted(_("Admin"), _("Also invites members and manages API tokens"))),
        ],
        initial="member",
        widget=forms.RadioSelect,
    )


class AcceptForm(PortalForm):
    """What an invited person adds: their name and a password."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=PASSWORD_RULES,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        # The name counts too: a password should not be like it.
        self.user.name = self.cleaned_data.get("name", "")
        validate_password(password, self.user)
        return password


class TokenForm(PortalForm):
    """A new API token: whose, what for, what it may, how long."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What uses it, such as “Monitoring”"))
    owner = forms.ChoiceField(
        label=_("Acts as"),
        choices=[
            ("organisation", Noted(_("The organisation"), _("Stays when people leave"))),
            ("me", Noted(_("Yourself"), _("Ends with your membership"))),
        ],
        initial="organisation",
        widget=forms.RadioSelect,
    )
    scopes = forms.TypedChoiceField(
        label=_("May"),
        coerce=lambda value: SCOPES if value == "write" else (READ,),
        choices=[("read", _("Read")), ("write", _("Read, file and answer"))],
        initial="write",
        widget=forms.RadioSelect,
    )
    lifetime = forms.TypedChoiceField(
        label=_("Ends after"),
        coerce=lambda value: timedelta(days=int(value)),
        choices=list(LIFETIMES.items()),
        initial=90,
    )

    layout = ("name", "owner", "scopes", "lifetime")
