"""Who acts: a person, or an organisation through a token. Every action takes one as `by`."""

from collections.abc import Collection
from dataclasses import dataclass, field

from accounts.models import ApiToken, Membership, Organisation, User
from accounts.policy.roles import Kind, May, Role, rights


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or an organisation's token, with the rights that they have.

    `user` is None for an organisation's own token; `organisation` is None for staff and growth managers.
    """

    role: Role
    rights: frozenset[May]
    user: User | None = None
    organisation: Organisation | None = None
    is_admin: bool = False
    token: ApiToken | None = field(default=None, compare=False)

    def may(self, right: May) -> bool:
        return right in self.rights

    @property
    def is_staff(self) -> bool:
        return self.may(May.TRIAGE)

    @property
    def is_partner(self) -> bool:
        return self.organisation is not None and self.organisation.is_partner

    @property
    def name(self) -> str:
        """The name shown as an author: "Ana Prado", or "Meridian, token Monitoring"."""
        if self.user is not None:
            return str(self.user)
        token = f", token {self.token.name}" if self.token else ""
        return f"{self.organisation}{token}"


def actor_for(user: User, *, token: ApiToken | None = None) -> Actor:
    """Return the actor that a signed-in person is. One query for a member, none for others."""
    return _actor(user, _memberships([user]).get(user.pk), token)


def actors_for(people: Collection[User]) -> dict[int, Actor]:
    """Return the actors that some people are, by their id. One query if there is a member among them."""
    memberships = _memberships(people)
    return {person.pk: _actor(person, memberships.get(person.pk)) for person in people}


def _memberships(people: Collection[User]) -> dict[int, Membership]:
    members = [person.pk for person in people if person.role == Role.MEMBER]
    if not members:
        return {}
    found = Membership.objects.select_related("organisation__partner").filter(user__in=members)
    return {membership.user_id: membership for membership in found}


def _actor(user: User, membership: Membership | None, token: ApiToken | None = None) -> Actor:
    role = Role(user.role)
    if membership is None:
        return Actor(role=role, rights=rights(role), user=user, token=token)
    kind = Kind(membership.organisation.kind)
    return Actor(
        role=role,
        rights=rights(role, kind=kind, is_admin=membership.is_admin),
        user=user,
        organisation=membership.organisation,
        is_admin=membership.is_admin,
        token=token,
    )


def actor_for_token(token: ApiToken) -> Actor:
    """Return the actor that a token stands for: its person, or its organisation itself."""
    if token.user is not None:
        return actor_for(token.user, token=token)
    organisation = token.organisation
    assert organisation is not None  # the table's check says so
    return actor_for_organisation(organisation, token=token)


def actor_for_organisation(organisation: Organisation, *, token: ApiToken | None = None) -> Actor:
    """Return an organisation itself as an actor: it sees and may do what each of its members does, and no more."""
    kind = Kind(organisation.kind)
    return Actor(role=Role.MEMBER, rights=rights(Role.MEMBER, kind=kind), organisation=organisation, token=token)
