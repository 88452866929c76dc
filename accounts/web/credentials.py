"""API tokens of an organisation: issue one, its secret shown once, and end one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.actions.credentials import issue_token, revoke_token
from accounts.policy.roles import May
from accounts.queries.access import token_or_404
from accounts.web.forms import TokenForm
from accounts.web.guards import actor_of, members, requires


@members
@requires(May.MANAGE_ORGANISATION)
@never_cache
def new_token(request: HttpRequest) -> HttpResponse:
    """Issue a token. The answer to the POST itself shows the secret: it is kept nowhere, not even for a redirect."""
    actor, now = actor_of(request), timezone.now()
    form = TokenForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/token_new.html", {"form": form})
    facts = form.cleaned_data
    token, secret = issue_token(
        user=actor.user if facts["owner"] == "me" else None,
        organisation=actor.organisation,
        name=facts["name"],
        scopes=facts["scopes"],
        ends_at=now + facts["lifetime"],
        by=actor.user,
        now=now,
    )
    return render(request, "accounts/token_issued.html", {"token": token, "secret": secret})


@members
@requires(May.MANAGE_ORGANISATION)
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to end a token, and end it."""
    actor = actor_of(request)
    token = token_or_404(actor, pk)
    if request.method != "POST":
        return render(request, "accounts/token_end.html", {"token": token})
    assert actor.user is not None  # a person is signed in
    revoke_token(token, by=actor.user, now=timezone.now())
    messages.success(request, _("The token “%(name)s” has ended.") % {"name": token.name})
    return redirect("organisation")
