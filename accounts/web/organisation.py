"""The page of one's own organisation: package, growth manager, clients, members, API tokens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.organisations import set_sharing
from accounts.models import Organisation
from accounts.policy.roles import May
from accounts.queries.access import own_clients
from accounts.queries.invitations import is_pending
from accounts.queries.organisation import members_of, tokens_of
from accounts.web.guards import actor_of, members, requires


@members
@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """Show an organisation to its members; what only admins manage, to them."""
    actor = actor_of(request)
    assert actor.organisation is not None  # the guard says so
    own = Organisation.objects.select_related("partner", "growth_manager", "deputy").get(pk=actor.organisation.pk)
    may_manage = actor.may(May.MANAGE_ORGANISATION)
    people = list(members_of(own))
    context = {
        "organisation": own,
        "may_manage": may_manage,
        "members": [member for member in people if member.user.is_active],
        "former": [member for member in people if not member.user.is_active] if may_manage else [],
        "invited": {member.pk for member in people if is_pending(member.user)},
        "clients": own_clients(actor),
        "tokens": tokens_of(own, now=timezone.now()) if may_manage else [],
    }
    return render(request, "accounts/organisation.html", context)


@require_POST
@members
@requires(May.MANAGE_ORGANISATION)
def sharing(request: HttpRequest) -> HttpResponse:
    """Say whether a client sees what its partner files for it."""
    actor = actor_of(request)
    assert actor.organisation is not None and actor.user is not None  # the guards say so
    shares = request.POST.get("shares") == "yes"
    set_sharing(actor.organisation, shares=shares, by=actor.user, now=timezone.now())
    messages.success(request, _("It is shared from now on.") if shares else _("It is not shared from now on."))
    return redirect("organisation")
