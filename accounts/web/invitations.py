"""The page behind the link of an invitation."""

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from accounts.actions.members import accept_invitation
from accounts.models import Membership
from accounts.policy.roles import Role
from accounts.queries.invitations import invited_by_link
from accounts.web.forms import AcceptForm
from accounts.web.home import home_of


@never_cache
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose name and password; they are signed in with it."""
    user = invited_by_link(token)
    if user is None or request.user.is_authenticated:
        status = 200 if request.user.is_authenticated else 410
        return render(request, "accounts/invitation_over.html", {"is_valid": user is not None}, status=status)
    membership = Membership.objects.select_related("organisation").filter(user=user).first()
    form = AcceptForm(request.POST or None, user=user, initial={"name": user.name})
    if form.is_valid():
        language = translation.get_language() or "en"
        person = accept_invitation(user, language=language, now=timezone.now(), **form.cleaned_data)
        return perform_login(request, person, redirect_url=home_of(Role(person.role)))
    context = {"form": form, "invited": user, "organisation": membership.organisation if membership else None}
    return render(request, "accounts/invitation.html", context)
