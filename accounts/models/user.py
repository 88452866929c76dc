"""A person: the e-mail address is the name, the role is the one truth about rights."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.policy import roles

DEMO_PASSWORD = "demo"  # noqa: S105  known to everybody


class UserManager(BaseUserManager["User"]):
    """Makes people; addresses are kept in lower case, so that one address is one person."""

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "User":
        if not email:
            raise ValueError("a person needs an e-mail address")
        user = self.model(email=email.strip().lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> "User":
        """Make an administrator: there is no right above that role."""
        return self.create_user(email, password, **{**facts, "role": User.Role.ADMINISTRATOR})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in. `is_staff` and every right follow from `role`."""

    class Role(models.TextChoices):
        MEMBER = roles.Role.MEMBER.value, _("Member of an organisation")
        GROWTH_MANAGER = roles.Role.GROWTH_MANAGER.value, _("Growth manager")
        AGENT = roles.Role.AGENT.value, _("Support agent")
        LEAD = roles.Role.LEAD.value, _("Support lead")
        ADMINISTRATOR = roles.Role.ADMINISTRATOR.value, _("Administrator")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.MEMBER)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True, default="")
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    phone = models.CharField(_("phone number"), max_length=40, blank=True)
    picture = models.ImageField(_("picture"), upload_to="people/", blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined at"), db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_in_lower_case"),
            models.CheckConstraint(
                condition=models.Q(role__in=[r.value for r in roles.Role]), name="user_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """May this person enter the admin?"""
        return roles.Role(self.role) in roles.STAFF

    @property
    def is_superuser(self) -> bool:
        """Django's admin asks for this word; it is the administrator's role."""
        return self.role == self.Role.ADMINISTRATOR

    def check_password(self, raw_password: str | None) -> bool:
        """Is this the person's password? The demonstration's, known to everybody, opens nothing outside development."""
        if raw_password == DEMO_PASSWORD and not settings.DEBUG:
            return False
        return super().check_password(raw_password)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return (self.name or self.email).split(" ")[0]

    def has_perm(self, perm: str, obj: object = None) -> bool:
        from accounts.backend import may_in_admin  # the backend knows the models' names; it imports this module

        return self.is_active and may_in_admin(self, perm)

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff
