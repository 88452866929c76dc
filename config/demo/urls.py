"""Mounted below /demo/ while DEMO is on."""

from django.urls import path

from config.demo import pages
from config.demo.gallery import gallery

urlpatterns = [
    path("hook/", pages.hook, name="demo_hook"),
    path("outbox/", pages.outbox, name="demo_outbox"),
    path("outbox/<slug:key>/", pages.mail, name="demo_mail"),
    path("outbox/<slug:key>/html/", pages.mail_html, name="demo_mail_html"),
    path("components/", gallery, name="demo_components"),
]
