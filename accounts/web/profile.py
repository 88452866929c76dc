"""My settings: name, language, time zone, colours."""

import mimetypes
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actions.people import change_profile
from accounts.policy.roles import Role
from accounts.queries.access import portrayed_or_404
from accounts.web.forms import ManagerProfileForm, ProfileForm
from accounts.web.guards import actor_of, signed_in
from accounts.web.zones import zone_names

PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")


@signed_in
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change what a person says about themselves."""
    person = actor_of(request).user
    assert person is not None  # a person is signed in
    kind = ManagerProfileForm if person.role == Role.GROWTH_MANAGER else ProfileForm
    initial: dict[str, Any] = {name: getattr(person, name) for name in kind.base_fields}
    initial["language"] = person.language or translation.get_language()
    form = kind(request.POST or None, initial=initial)
    if form.is_valid():
        change_profile(person, by=person, now=timezone.now(), **form.cleaned_data)
        with translation.override(person.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("settings")
    return render(request, "accounts/settings.html", {"form": form, "zones": zone_names()})


@signed_in
def portrait(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the picture of a person whom the reader may see."""
    picture = portrayed_or_404(actor_of(request), pk).picture
    kind = mimetypes.guess_type(str(picture.name))[0] or ""
    response = FileResponse(picture.open("rb"), content_type=kind if kind in PICTURES else "application/octet-stream")
    response["Cache-Control"] = "private, max-age=3600"
    return response
