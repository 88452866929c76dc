"""The people and organisations that tests are about, at one fixed instant.

Meridian is a Gold partner with Premium Support and two clients; Silverline is a Silver partner with Standard Support
and nothing to do with them; Direct is nobody's client. Owner and colleague are Meridian's, the outsider Silverline's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from accounts.actor import actor_for
from accounts.models import Membership, Organisation, User
from packages.models import Package, Subscription
from packages.queries.policies import in_force
from tests.answers import answers_for
from tests.instants import LONG_AGO, NOW, berlin
from tickets.actions.conversation import post_message
from tickets.actions.filing import Filing, file_ticket, filer_kind, topic_facts
from tickets.models import Attachment, Message, Ticket

__all__ = ["LONG_AGO", "NOW", "berlin"]  # tests take their instants from here too

Role = User.Role
_serial = count(1)


def make_person(name: str = "", *, role: str = Role.MEMBER, email: str = "", **facts: Any) -> User:
    """Make a person of a role, who belongs to no organisation yet; `password` lets them sign in through the page."""
    number = next(_serial)
    address = email or f"person{number}@example.org"
    password = facts.pop("password", None)
    return User.objects.create_user(address, password, name=name or f"Person {number}", role=role, **facts)


def make_agent(name: str = "Lena Fischer", **facts: Any) -> User:
    return make_person(name, role=Role.AGENT, **facts)


def make_lead(name: str = "Jonas Brandt", **facts: Any) -> User:
    return make_person(name, role=Role.LEAD, **facts)


def make_administrator(name: str = "Ada Winter", **facts: Any) -> User:
    return make_person(name, role=Role.ADMINISTRATOR, **facts)


def make_growth_manager(name: str = "Marta Klein", **facts: Any) -> User:
    return make_person(name, role=Role.GROWTH_MANAGER, **facts)


def make_partner(
    name: str = "Meridian Messaging",
    *,
    tier: str = "gold",
    package: str = "",
    manager: User | None = None,
    deputy: User | None = None,
) -> Organisation:
    """Make a partner; one in a tier gets a growth manager if none is named. `package` is a code, "" the default one."""
    if tier and manager is None:
        manager = make_growth_manager()
    partner = Organisation.objects.create(
        name=name, kind=Organisation.Kind.PARTNER, tier=tier, growth_manager=manager, deputy=deputy
    )
    subscribe(partner, package)
    return partner


def make_client(
    name: str = "Café Nordlicht", *, partner: Organisation | None = None, package: str = "", shares: bool = False
) -> Organisation:
    """Make a client, of a partner or of nobody."""
    client = Organisation.objects.create(
        name=name, kind=Organisation.Kind.CLIENT, partner=partner, shares_with_client=shares
    )
    subscribe(client, package)
    return client


def make_member(organisation: Organisation, name: str = "", *, is_admin: bool = False, **facts: Any) -> User:
    """Make a person who belongs to an organisation."""
    person = make_person(name, **facts)
    Membership.objects.create(user=person, organisation=organisation, is_admin=is_admin)
    return person


def subscribe(organisation: Organisation, package: str, *, starts_at: datetime = LONG_AGO) -> None:
    """Give an organisation a package; "" leaves it at the policy's default. Needs the `policy` fixture."""
    if package:
        Subscription.objects.create(
            organisation=organisation, package=Package.objects.get(code=package), starts_at=starts_at
        )


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, by name."""

    meridian: Organisation  # Gold, Premium
    nordlicht: Organisation  # client of Meridian, Standard
    azul: Organisation  # client of Meridian, Standard
    silverline: Organisation  # Silver, Standard
    hafen: Organisation  # client of Silverline, Standard
    direct: Organisation  # client of nobody, Standard
    owner: User  # member of Meridian
    colleague: User  # admin of Meridian
    nordlicht_member: User
    nordlicht_admin: User
    azul_member: User
    outsider: User  # member of Silverline
    outsider_admin: User
    hafen_member: User
    direct_member: User  # admin of Direct
    growth: User  # Meridian's growth manager
    deputy: User  # Meridian's deputy, and Silverline's growth manager
    other_growth: User  # has no partner
    agent: User
    second_agent: User
    lead: User
    administrator: User


_PEOPLE = {
    "owner": ("Ana Prado", Role.MEMBER),
    "colleague": ("Tomás Rocha", Role.MEMBER),
    "nordlicht_member": ("Inga Thorsen", Role.MEMBER),
    "nordlicht_admin": ("Piet Hansen", Role.MEMBER),
    "azul_member": ("Rita Campos", Role.MEMBER),
    "outsider": ("Oskar Lind", Role.MEMBER),
    "outsider_admin": ("Vera Stahl", Role.MEMBER),
    "hafen_member": ("Hanno Petersen", Role.MEMBER),
    "direct_member": ("Dora Keller", Role.MEMBER),
    "growth": ("Marta Klein", Role.GROWTH_MANAGER),
    "deputy": ("Paul Seidel", Role.GROWTH_MANAGER),
    "other_growth": ("Olga Reyes", Role.GROWTH_MANAGER),
    "agent": ("Lena Fischer", Role.AGENT),
    "second_agent": ("Ravi Menon", Role.AGENT),
    "lead": ("Jonas Brandt", Role.LEAD),
    "administrator": ("Ada Winter", Role.ADMINISTRATOR),
}
_MEMBERS = {
    "owner": ("meridian", False),
    "colleague": ("meridian", True),
    "nordlicht_member": ("nordlicht", False),
    "nordlicht_admin": ("nordlicht", True),
    "azul_member": ("azul", False),
    "outsider": ("silverline", False),
    "outsider_admin": ("silverline", True),
    "hafen_member": ("hafen", False),
    "direct_member": ("direct", True),
}


def make_cast() -> Cast:
    """Make everybody in a handful of statements. Needs the `policy` fixture."""
    people = {
        key: User(email=f"{key.replace('_', '-')}@example.org", name=name, role=role, password="!")
        for key, (name, role) in _PEOPLE.items()
    }
    User.objects.bulk_create(people.values())
    organisations = _make_organisations(people)
    Membership.objects.bulk_create(
        Membership(user=people[key], organisation=organisations[where], is_admin=is_admin)
        for key, (where, is_admin) in _MEMBERS.items()
    )
    subscribe(organisations["meridian"], "premium")
    return Cast(**organisations, **people)


def _make_organisations(people: dict[str, User]) -> dict[str, Organisation]:
    partner, client = Organisation.Kind.PARTNER, Organisation.Kind.CLIENT
    meridian = Organisation(
        name="Meridian Messaging", kind=partner, tier="gold", growth_manager=people["growth"], deputy=people["deputy"]
    )
    silverline = Organisation(name="Silverline", kind=partner, tier="silver", growth_manager=people["deputy"])
    Organisation.objects.bulk_create([meridian, silverline])
    clients = {
        "nordlicht": Organisation(name="Café Nordlicht", kind=client, partner=meridian),
        "azul": Organisation(name="Loja Azul", kind=client, partner=meridian),
        "hafen": Organisation(name="Hafenbäckerei", kind=client, partner=silverline),
        "direct": Organisation(name="Direct Dental", kind=client),
    }
    Organisation.objects.bulk_create(clients.values())
    return {"meridian": meridian, "silverline": silverline, **clients}


def make_ticket(
    by: User, topic: str = "other", *, now: datetime = NOW, files: Sequence[Attachment] = (), **answers: Any
) -> Ticket:
    """File a valid ticket as the page does. `answers` replace those of `tests.answers`; needs the `policy` fixture."""
    actor = actor_for(by)
    given = answers_for(topic_facts(in_force(now), topic), filer=filer_kind(actor), now=now, **answers)
    return file_ticket(Filing(topic=topic, answers=given, files=files), by=actor, now=now)


def answer_ticket(ticket: Ticket, by: User, *, now: datetime, body: str = "We found the cause.", **how: Any) -> Message:
    """Answer a ticket as support does."""
    return post_message(ticket, body, by=actor_for(by), now=now, **how)
