"""Who the demonstration is about: twelve organisations over all tiers and both packages, their people, and support."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.actor import Actor, actor_for
from accounts.models import Membership, Organisation, User
from accounts.models.user import DEMO_PASSWORD
from packages.actions.subscriptions import subscribe
from packages.models import Package
from tickets.demo.portraits import portrait
from tickets.models import AgentProfile

Kind, Role = Organisation.Kind, User.Role
SAO_PAULO, MADRID, MOSCOW, LONDON = "America/Sao_Paulo", "Europe/Madrid", "Europe/Moscow", "Europe/London"


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation. `partner` is the key of whose client it is; `speaks` weighs the languages of its tickets."""

    name: str
    kind: str
    package: str = ""  # "": the policy's default
    tier: str = ""
    manager: str = ""
    deputy: str = ""
    partner: str = ""
    shares: bool = False
    speaks: Mapping[str, int] = field(default_factory=dict)
    busy: int = 1  # how many tickets it files, compared with the others


@dataclass(frozen=True, slots=True)
class Person:
    """`company` is a key of COMPANIES, "" for support and growth managers. The first of a company is its admin."""

    email: str
    name: str
    company: str = ""
    role: str = Role.MEMBER
    language: str = "en"
    zone: str = "Europe/Berlin"
    phone: str = ""


COMPANIES = {
    "meridian": Company(
        "Meridian Messaging", Kind.PARTNER, package="premium", tier="gold", manager="growth", deputy="paul",
        speaks={"en": 5, "de": 3, "pt-br": 3}, busy=8,
    ),
    "silverline": Company(
        "Silverline Conversations", Kind.PARTNER, tier="silver", manager="paul", deputy="growth",
        speaks={"en": 3, "es": 4}, busy=7,
    ),
    "altiplano": Company(
        "Altiplano Conecta", Kind.PARTNER, package="premium", tier="platinum", manager="growth", deputy="paul",
        speaks={"es": 6, "pt-br": 2}, busy=9,
    ),
    "volna": Company("Волна Связь", Kind.PARTNER, speaks={"ru": 1}, busy=8),
    "kanalwerk": Company(
        "Kanalwerk", Kind.PARTNER, package="premium", tier="gold", manager="paul", speaks={"de": 5, "en": 1}, busy=8
    ),
    "nordlicht": Company("Café Nordlicht", Kind.CLIENT, partner="meridian", speaks={"de": 1}, busy=8),
    "azul": Company("Loja Azul", Kind.CLIENT, partner="meridian", shares=True, speaks={"pt-br": 1}, busy=9),
    "velmira": Company("Óptica Velmira", Kind.CLIENT, partner="silverline", shares=True, speaks={"es": 1}, busy=9),
    "altivega": Company(
        "Tren Altivega", Kind.CLIENT, partner="altiplano", package="premium", speaks={"es": 1}, busy=9
    ),
    "verella": Company("Аптека Верелла", Kind.CLIENT, partner="volna", speaks={"ru": 1}, busy=4),
    "tidewick": Company("Tidewick Dental", Kind.CLIENT, speaks={"en": 1}, busy=14),
    "wendelau": Company("Bäder Wendelau", Kind.CLIENT, package="premium", speaks={"de": 1}, busy=10),
}  # fmt: skip

PEOPLE = {
    "admin": Person("admin@example.com", "Ada Winter", role=Role.ADMINISTRATOR),
    "lead": Person("lead@example.com", "Jonas Brandt", role=Role.LEAD, language="de"),
    "agent": Person("agent@example.com", "Lena Fischer", role=Role.AGENT, language="de"),
    "ravi": Person("ravi.menon@support.example", "Ravi Menon", role=Role.AGENT),
    "beatriz": Person(
        "beatriz.nogueira@support.example", "Beatriz Nogueira", role=Role.AGENT, language="pt-br", zone=SAO_PAULO
    ),
    "dmitri": Person("dmitri.orlov@support.example", "Dmitri Orlov", role=Role.AGENT, language="ru"),
    "growth": Person("growth@example.com", "Marta Klein", role=Role.GROWTH_MANAGER, phone="+49 30 23125 010"),
    "paul": Person("paul.seidel@growth.example", "Paul Seidel", role=Role.GROWTH_MANAGER, phone="+49 30 23125 011"),
    "partner": Person("partner@example.com", "Ana Prado", "meridian", zone="Europe/Lisbon"),
    "tomas": Person("tomas.rocha@meridian.example", "Tomás Rocha", "meridian", language="pt-br", zone=SAO_PAULO),
    "greta": Person("greta.lorenz@meridian.example", "Greta Lorenz", "meridian", language="de"),
    "silver": Person("silver@example.com", "Oskar Lind", "silverline", zone="Europe/Stockholm"),
    "pilar": Person("pilar.soto@silverline.example", "Pilar Soto", "silverline", language="es", zone=MADRID),
    "ximena": Person(
        "ximena.rojas@altiplano.example", "Ximena Rojas", "altiplano", language="es", zone="America/Mexico_City"
    ),
    "davi": Person("davi.mendes@altiplano.example", "Davi Mendes", "altiplano", language="pt-br", zone=SAO_PAULO),
    "sofia": Person("sofia.marin@altiplano.example", "Sofía Marín", "altiplano", language="es", zone=MADRID),
    "irina": Person("irina.belova@volna.example", "Ирина Белова", "volna", language="ru", zone=MOSCOW),
    "maxim": Person("maxim.gusev@volna.example", "Максим Гусев", "volna", language="ru", zone=MOSCOW),
    "frieda": Person("frieda.oster@kanalwerk.example", "Frieda Oster", "kanalwerk", language="de"),
    "henrik": Person("henrik.vogt@kanalwerk.example", "Henrik Vogt", "kanalwerk", language="de"),
    "client": Person("client@example.com", "Piet Hansen", "nordlicht", language="de"),
    "inga": Person("inga.thorsen@nordlicht.example", "Inga Thorsen", "nordlicht", language="de"),
    "rita": Person("rita.campos@azul.example", "Rita Campos", "azul", language="pt-br", zone=SAO_PAULO),
    "julian": Person("julian.paz@velmira.example", "Julián Paz", "velmira", language="es", zone="America/Mexico_City"),
    "nuria": Person("nuria.vidal@altivega.example", "Nuria Vidal", "altivega", language="es", zone=MADRID),
    "oleg": Person("oleg.sorokin@verella.example", "Олег Сорокин", "verella", language="ru", zone=MOSCOW),
    "direct": Person("direct@example.com", "Dora Keller", "tidewick", zone=LONDON),
    "samir": Person("samir.patel@tidewick.example", "Samir Patel", "tidewick", zone=LONDON),
    "britta": Person("britta.ahrens@wendelau.example", "Britta Ahrens", "wendelau", language="de"),
}  # fmt: skip

# Who signs in with the known password; the others are there to have written things.
ACCOUNTS = ("admin", "lead", "agent", "growth", "partner", "silver", "client", "direct")
AGENTS_BY_LANGUAGE = {
    "en": ("ravi", "agent"),
    "de": ("agent", "ravi"),
    "pt-br": ("beatriz",),
    "es": ("beatriz", "ravi"),
    "ru": ("dmitri",),
}


@dataclass(frozen=True, slots=True)
class World:
    """Everybody in the database, by the keys above."""

    organisations: Mapping[str, Organisation]
    actors: Mapping[str, Actor]

    def members(self, company: str) -> list[str]:
        """Return the keys of the people of an organisation."""
        return [key for key, person in PEOPLE.items() if person.company == company]

    def clients(self, company: str) -> list[str]:
        """Return the keys of a partner's clients."""
        return [key for key, one in COMPANIES.items() if one.partner == company]

    def partner_in_a_tier(self, company: str) -> str:
        """Return the key of the partner through which an organisation can escalate, "" if there is none."""
        owner = company if COMPANIES[company].kind == Kind.PARTNER else COMPANIES[company].partner
        return owner if owner and COMPANIES[owner].tier else ""


def make_world(*, now: datetime, since: timedelta) -> World:
    """Write organisations and people as they have been since before the first ticket."""
    began = now - since
    people = _make_people(began)
    organisations = _make_organisations(people, began)
    Membership.objects.bulk_create(
        Membership(
            user=people[key],
            organisation=organisations[person.company],
            is_admin=key == next(one for one, other in PEOPLE.items() if other.company == person.company),
            since=began,
        )
        for key, person in PEOPLE.items()
        if person.company
    )
    packages = {package.code: package for package in Package.objects.all()}
    for key, company in COMPANIES.items():
        if company.package:
            subscribe(organisations[key], packages[company.package], starts_at=began, by=people["admin"], now=began)
    _say_who_works_on_what(people, now)
    return World(organisations, {key: actor_for(person) for key, person in people.items()})


def _say_who_works_on_what(people: Mapping[str, User], now: datetime) -> None:
    for key in {key for keys in AGENTS_BY_LANGUAGE.values() for key in keys}:
        spoken = sorted(language for language, keys in AGENTS_BY_LANGUAGE.items() if key in keys)
        AgentProfile.objects.create(user=people[key], languages=spoken)
    leave = now.date() + timedelta(days=9)
    AgentProfile.objects.filter(user=people["ravi"]).update(away_from=leave, away_until=leave + timedelta(days=11))


def _make_people(began: datetime) -> dict[str, User]:
    known = make_password(DEMO_PASSWORD)  # once: a slow hash for each of them would only keep people waiting
    people = {
        key: User(
            email=person.email,
            name=person.name,
            role=person.role,
            language=person.language,
            timezone=person.zone,
            phone=person.phone,
            password=known if key in ACCOUNTS else make_password(None),
            joined_at=began,
        )
        for key, person in PEOPLE.items()
    }
    for place, key in enumerate(("growth", "paul")):
        people[key].picture.save(f"{key}.png", portrait(place), save=False)
    for person in people.values():
        person.save()
    return people


def _make_organisations(people: Mapping[str, User], began: datetime) -> dict[str, Organisation]:
    made: dict[str, Organisation] = {}
    for key, company in COMPANIES.items():
        made[key] = Organisation.objects.create(
            name=company.name,
            kind=company.kind,
            tier=company.tier,
            growth_manager=people.get(company.manager),
            deputy=people.get(company.deputy),
            partner=made.get(company.partner),
            shares_with_client=company.shares,
            created_at=began,
        )
    return made
