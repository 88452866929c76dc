"""The admin's site: Django's own, with the desk's pages as views of it."""

from django.contrib.admin import AdminSite


class PortalAdminSite(AdminSite):
    site_header = "Partner Support"
    site_title = "Partner Support"
    index_title = "Administration"
    site_url = None
