"""The caller's own organisation: what it has, whom it can file for, who manages it."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.description import LANGUAGE, described
from accounts.api.errors import ProblemError
from accounts.models import Organisation, User
from accounts.queries.access import own_clients
from packages.queries.policies import package_of
from packages.queries.support_hours import package_hours
from tickets.api import serializers
from tickets.api.base import TicketsView
from tickets.facts import instant, organisation_line
from tickets.queries.escalations import standing_of


class OwnOrganisation(TicketsView):
    @described(
        "Read the own organisation",
        serializers.OwnOrganisation,
        tag="Organisation",
        parameters=[LANGUAGE],
        refusals=(404,),
    )
    def get(self, request: Request) -> Response:
        """The token's organisation: package with hours and targets, clients, growth manager, escalations used."""
        organisation = self.actor.organisation
        if organisation is None:
            raise ProblemError(404, "no_organisation", _("This token belongs to no organisation."))
        package = package_of(organisation, policy=self.policy, at=self.now)
        return Response(
            {
                "id": organisation.pk,
                "name": organisation.name,
                "kind": organisation.kind,
                "tier": organisation.tier,
                "partner": organisation_line(organisation.partner),
                "clients": [organisation_line(client) for client in own_clients(self.actor)],
                "package": package_hours(self.policy, package, at=self.now, language=self.language),
                "languages": [code for code, _name in settings.LANGUAGES],
                "growth_manager": _manager(organisation.growth_manager),
                "escalations": self._escalations(organisation),
            }
        )

    def _escalations(self, organisation: Organisation) -> dict[str, Any] | None:
        if not organisation.tier:
            return None
        standing = standing_of(organisation, now=self.now)
        return {
            "used": standing.used,
            "limit": standing.allowance,
            "next_month_at": instant(standing.month.ends_at),
        }


def _manager(person: User | None) -> dict[str, str] | None:
    return {"name": str(person), "email": person.email, "phone": person.phone} if person is not None else None
