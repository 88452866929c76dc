"""The apps that config/ itself stands for."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HouseConfig(AppConfig):
    """Carries the commands that concern the whole installation; it has no tables."""

    name = "config"


class PortalAdminConfig(AdminConfig):
    """Django's own admin with our site class, so that the desk's pages are views of it."""

    default_site = "config.admin_site.PortalAdminSite"
