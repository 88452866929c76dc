"""How a page answers what an action refuses: 403 for what one may not do, back to the ticket for what does not fit."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.actions.change import Forbidden, NotNow, StaleTicket
from tickets.models import Ticket
from tickets.wording import refusal

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """After a post: go and look there, with a GET, whatever was sent."""

    status_code = 303


def back_to(reference: str, anchor: str = "") -> SeeOther:
    return SeeOther(reverse("ticket", args=[reference]) + (f"#{anchor}" if anchor else ""))


def posts(view: View) -> View:
    """Make a view of one action on a ticket: it takes a post of somebody signed in, and words every refusal."""

    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            # Not to the address of the action: after signing in a person looks at the ticket.
            return redirect_to_login(reverse("ticket", args=[reference]))
        try:
            return view(request, reference, *args, **kwargs)
        except Forbidden as error:
            raise PermissionDenied(refusal(error.code, **error.params)) from error
        except NotNow as error:
            messages.warning(request, refusal(error.code, **error.params))
        except StaleTicket:
            messages.warning(request, refusal("stale"))
        return back_to(reference)

    return guarded


def unchanged_since(request: HttpRequest, ticket: Ticket) -> int:
    """Return the version to act on, if nothing happened that the person has not seen.

    What they have seen is counted by public events: a note of support's own is no change to them.

    Raises: StaleTicket.
    """
    seen = request.POST.get("seq", "")
    if seen.isascii() and seen.isdigit() and int(seen[:18]) != ticket.public_seq:
        raise StaleTicket(ticket)
    return ticket.version


def done(request: HttpRequest, text: str) -> None:
    messages.success(request, text)


def masked_note() -> str:
    return _("Something looked like a key or a token. It was replaced by *** before anything was saved.")
