"""What a person does with a ticket besides writing on it: one small view for each."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actor import Actor
from accounts.models import User
from accounts.web.guards import actor_of, signed_in
from tickets.actions import conversation, ending, following
from tickets.actions.change import NotNow
from tickets.actions.guards import is_filing_side
from tickets.models import Ticket
from tickets.queries.access import public_message_or_404, ticket_or_404
from tickets.web.refusals import back_to, done, posts, unchanged_since
from tickets.wording import refusal


@posts
def resolve(request: HttpRequest, reference: str) -> HttpResponse:
    """Mark the ticket as resolved."""
    actor, found = _found(request, reference)
    ending.resolve(found, by=actor, now=timezone.now(), expected=unchanged_since(request, found))
    done(request, _("The ticket is resolved. Tell us how it went: it takes one click."))
    return back_to(reference, "rate")


@posts
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the ticket up again."""
    actor, found = _found(request, reference)
    ending.reopen(found, by=actor, now=timezone.now(), reason=request.POST.get("reason", "")[:2000])
    done(request, _("The ticket is open again."))
    return back_to(reference)


@require_GET
@signed_in
def ask_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more before a ticket is taken back: this can't be undone."""
    actor, found = _found(request, reference)
    if not is_filing_side(found, actor):
        raise PermissionDenied(refusal("partner_only"))
    return render(request, "tickets/ticket_withdraw.html", {"ticket": found})


@posts
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the ticket back."""
    actor, found = _found(request, reference)
    ending.withdraw(found, by=actor, now=timezone.now(), expected=unchanged_since(request, found))
    done(request, _("The ticket is withdrawn."))
    return back_to(reference)


@posts
def rate(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep the answer to the short question after resolving."""
    actor, found = _found(request, reference)
    given = request.POST.get("satisfaction", "")
    ending.rate(found, int(given) if given in ("1", "2", "3") else 0, by=actor, now=timezone.now())
    done(request, _("Thank you. Support reads every answer."))
    return back_to(reference)


@posts
def dispute(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Say that an answer of support was none."""
    actor, found = _found(request, reference)
    message = public_message_or_404(found, pk)
    conversation.dispute(message, by=actor, now=timezone.now())
    done(request, _("Thank you. The support leads see that this didn't answer you."))
    return back_to(reference, f"m{pk}")


@posts
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell a colleague, or oneself, what happens on the ticket from now on."""
    actor, found = _found(request, reference)
    given = request.POST.get("person", "")
    person = _colleague(actor, int(given)) if given.isascii() and given.isdigit() and len(given) < 18 else None
    if person is None:
        raise NotNow("not_a_colleague")
    following.follow(found, person, by=actor, now=timezone.now())
    done(request, _("%(name)s follows this ticket.") % {"name": person})
    return back_to(reference)


@posts
def unfollow(request: HttpRequest, reference: str) -> HttpResponse:
    """Be told no more."""
    actor, found = _found(request, reference)
    if actor.user is not None:
        following.unfollow(found, actor.user)
    done(request, _("You no longer follow this ticket."))
    return back_to(reference)


@posts
def share(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the ticket to the client that it is about, or hide it from them."""
    actor, found = _found(request, reference)
    is_shared = request.POST.get("shared") == "yes"
    following.share(found, is_shared, by=actor, now=timezone.now())
    done(request, _("The client sees this ticket.") if is_shared else _("The client no longer sees this ticket."))
    return back_to(reference)


def _found(request: HttpRequest, reference: str) -> tuple[Actor, Ticket]:
    actor = actor_of(request)
    return actor, ticket_or_404(actor, reference)


def _colleague(actor: Actor, pk: int) -> User | None:
    """Return the actor, or a person of their organisation: nobody else can be told of a ticket by them."""
    if actor.user is not None and actor.user.pk == pk:
        return actor.user
    if actor.organisation is None:
        return None
    return User.objects.filter(pk=pk, is_active=True, membership__organisation=actor.organisation).first()
