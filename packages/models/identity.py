"""Packages and topics as identities, for foreign keys and filters; what they say stands in the policy's versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Package(models.Model):
    code = models.CharField(_("code"), max_length=50, unique=True)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")

    def __str__(self) -> str:
        return self.code


class Topic(models.Model):
    code = models.CharField(_("code"), max_length=50, unique=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.code
