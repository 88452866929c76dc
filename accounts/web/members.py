"""Members of an organisation: invite them, change their role, switch them off and on again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import members as actions
from accounts.models import Membership, User
from accounts.policy.roles import May
from accounts.queries.access import member_or_404
from accounts.queries.invitations import is_pending
from accounts.web.forms import InviteForm
from accounts.web.guards import actor_of, members, requires


def _admin(request: HttpRequest) -> User:
    user = actor_of(request).user
    assert user is not None  # only a person is signed in
    return user


@members
@requires(May.MANAGE_ORGANISATION)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by their address."""
    form = InviteForm(request.POST or None)
    if form.is_valid() and _invited(request, form):
        return redirect("organisation")
    return render(request, "accounts/invite.html", {"form": form, "organisation": actor_of(request).organisation})


def _invited(request: HttpRequest, form: InviteForm) -> bool:
    organisation = actor_of(request).organisation
    assert organisation is not None  # the guard says so
    try:
        member = actions.invite(organisation, by=_admin(request), now=timezone.now(), **form.cleaned_data)
    except actions.AlreadyMember:
        form.add_error("email", _("This person is a member already."))
    except actions.AddressTaken:
        form.add_error("email", _("This address can't be invited here. Use another one, or ask support."))
    else:
        if is_pending(member.user):
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": member.user.email})
        else:
            messages.success(request, _("%(name)s is a member again.") % {"name": member.user})
        return True
    return False


@members
@requires(May.MANAGE_ORGANISATION)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one member with what can be changed; a POST names the change as `do`."""
    membership = member_or_404(actor_of(request), pk)
    if request.method == "POST":
        return _change(request, membership, request.POST.get("do", ""))
    user = membership.user
    context = {"member": membership, "is_pending": is_pending(user), "is_self": user == request.user}
    return render(request, "accounts/member.html", context)


def _change(request: HttpRequest, membership: Membership, do: str) -> HttpResponse:
    by, now, name = _admin(request), timezone.now(), {"name": membership.user}
    try:
        if do in ("make_admin", "make_member"):
            is_admin = do == "make_admin"
            actions.change_role(membership, is_admin=is_admin, by=by, now=now)
            text = _("%(name)s is an admin now.") if is_admin else _("%(name)s has no admin rights any more.")
        elif do == "switch_off":
            actions.switch_off(membership, by=by, now=now)
            text = _("%(name)s can't sign in any more.")
        elif do == "switch_on":
            actions.switch_on(membership, by=by, now=now)
            text = _("%(name)s can sign in again.")
        elif do == "invite_again":
            actions.invite_again(membership, by=by, now=now)
            text = _("A new invitation is on its way to %(name)s.")
        else:
            return redirect("member", pk=membership.pk)
    except actions.LastAdmin:
        messages.error(request, _("An organisation needs an admin: make somebody else one first."))
        return redirect("member", pk=membership.pk)
    except actions.NotYourself:
        messages.error(request, _("You can't switch yourself off. Another admin can."))
        return redirect("member", pk=membership.pk)
    messages.success(request, text % name)
    return redirect("organisation")
