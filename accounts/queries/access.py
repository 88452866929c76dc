"""The only way from a request to an organisation or a member: found, or 404."""

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.actor import Actor
from accounts.models import ApiToken, Membership, Organisation, User
from accounts.policy.roles import May, Role


def visible_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations that an actor may see: their own and its clients, a manager's partners and theirs."""
    everything = Organisation.objects.all()
    if actor.may(May.TRIAGE):
        return everything
    if actor.role is Role.GROWTH_MANAGER:
        managed = Q(growth_manager=actor.user) | Q(deputy=actor.user)
        return everything.filter(managed | Q(partner__in=Organisation.objects.filter(managed)))
    if actor.organisation is None:
        return everything.none()
    return everything.filter(Q(pk=actor.organisation.pk) | Q(partner_id=actor.organisation.pk))


def organisation_or_404(actor: Actor, pk: int) -> Organisation:
    """Raises: Http404, if there is none or the actor may not see it."""
    organisation = visible_organisations(actor).filter(pk=pk).first()
    if organisation is None:
        raise Http404
    return organisation


def own_clients(actor: Actor) -> QuerySet[Organisation]:
    """Return the clients that a partner can file for, by name."""
    if not actor.is_partner or actor.organisation is None:
        return Organisation.objects.none()
    return Organisation.objects.filter(partner=actor.organisation).order_by("name")


def member_or_404(actor: Actor, pk: int) -> Membership:
    """Return a membership of the actor's own organisation. Raises: Http404."""
    member = Membership.objects.select_related("user").filter(organisation=actor.organisation, pk=pk).first()
    if member is None:
        raise Http404
    return member


def token_or_404(actor: Actor, pk: int) -> ApiToken:
    """Return a token of the actor's own organisation. Raises: Http404."""
    token = ApiToken.objects.select_related("user").filter(organisation=actor.organisation, pk=pk).first()
    if token is None or actor.organisation is None:
        raise Http404
    return token


def portrayed_or_404(actor: Actor, pk: int) -> User:
    """Return a person with a picture whom the actor deals with: themselves, staff's anybody, a partner's managers.

    Raises: Http404.
    """
    person = User.objects.exclude(picture="").filter(pk=pk).first()
    own = actor.organisation
    managers = {own.growth_manager_id, own.deputy_id} if own is not None else set()
    if person is None or not (actor.is_staff or person == actor.user or person.pk in managers):
        raise Http404
    return person
