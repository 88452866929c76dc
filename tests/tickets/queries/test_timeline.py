"""What stands in a ticket's story: a promise once, where it was given."""

from datetime import timedelta

import pytest

from packages.queries.policies import version
from tests.cast import NOW, Cast, make_ticket
from tickets.actions.firing import fire_due
from tickets.models import Ticket
from tickets.queries.timeline import timeline_of

pytestmark = pytest.mark.django_db


def test_a_promise_stands_once_whatever_its_timers_said_since(cast: Cast):
    ticket = make_ticket(cast.owner, "messaging_delays")
    fire_due(NOW + timedelta(minutes=16), batch=10, limit=10)
    fire_due(NOW + timedelta(minutes=31), batch=10, limit=10)
    ticket = Ticket.objects.select_related("organisation", "topic", "promise").get(pk=ticket.pk)

    story = timeline_of(ticket, version(ticket.form_version_id), with_internal=True)

    assert [(one.event.kind, one.promise is not None) for one in story.entries] == [
        ("filed", True),
        ("promise_warned", False),
        ("promise_missed", False),
    ]
