"""Routes of the pages about people and organisations; the sign-in's own are allauth's, below /account/."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.i18n import set_language

from accounts.web import credentials, invitations, members, organisation, profile


def nothing_here(request: HttpRequest, **given: str) -> HttpResponse:
    """Stand before a page of allauth's that the portal does not offer. Raises: Http404."""
    raise Http404


urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("settings/", profile.settings, name="settings"),
    path("people/<int:pk>/picture/", profile.portrait, name="portrait"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/sharing/", organisation.sharing, name="sharing"),
    path("organisation/members/invite/", members.invite, name="invite_member"),
    path("organisation/members/<int:pk>/", members.member, name="member"),
    path("organisation/tokens/new/", credentials.new_token, name="new_token"),
    path("organisation/tokens/<int:pk>/end/", credentials.end_token, name="end_token"),
    path("invitation/<str:token>/", invitations.accept, name="accept_invitation"),
    # An address is changed by an administrator: rights hang on it. These paths come before allauth's.
    path("account/email/", nothing_here),
    path("account/confirm-email/", nothing_here),
    path("account/confirm-email/<str:key>/", nothing_here),
]
