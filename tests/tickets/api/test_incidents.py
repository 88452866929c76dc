"""Incidents for programs: what goes on, in the reader's language."""

from django.test import Client

from accounts.actor import actor_for
from tests.cast import NOW
from tests.tickets.incidents import make_incident
from tickets.actions.incidents import conclude


def test_what_goes_on_is_listed_in_the_readers_language(api, cast):
    incident = make_incident(cast, topics=("templates", "other"))
    over = make_incident(cast)
    conclude(over, {"en": "A relay."}, by=actor_for(cast.agent), now=NOW, expected=1)

    response = api.get("incidents/", {"language": "de"})

    assert response.json() == {
        "incidents": [
            {
                "id": incident.pk,
                "title": "Nachrichten kommen verspätet an",
                "text": "Meta arbeitet daran. Nichts geht verloren.",
                "topics": ["other", "templates"],
                "since": NOW.isoformat(),
            }
        ]
    }


def test_it_needs_a_token(cast):
    assert Client().get("/api/v1/incidents/").status_code == 401
