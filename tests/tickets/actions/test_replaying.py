"""What would have happened: real promises under a draft, counted to the ticket."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from accounts.actor import actor_for
from packages.actions.versions import make_draft
from packages.policy.severity import Severity
from tests.cast import NOW, Cast, answer_ticket, make_ticket
from tests.packages.policy.shipped_policy import DOCUMENT
from tickets.actions.replaying import ask_for_replay, cancel, run
from tickets.actions.triage import Cause, reclassify
from tickets.models import Promise, Replay

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def replayed(cast: Cast, edit: Any = lambda document: None) -> Replay:
    document = copy.deepcopy(dict(DOCUMENT))
    edit(document)
    asked = ask_for_replay(
        make_draft(document, by=cast.administrator, now=LATER), days=90, by=cast.administrator, now=LATER
    )
    return run(asked, clock=lambda: LATER)


def group(report: dict[str, Any], topic: str) -> dict[str, Any]:
    (found,) = [one for one in report["groups"] if one["topic"] == topic]
    return found


def test_the_same_policy_moves_nothing(cast: Cast):
    for topic in ("messaging_delays", "number_porting", "other"):
        answer_ticket(make_ticket(by=cast.owner, topic=topic), cast.agent, now=NOW + timedelta(minutes=5))

    report = replayed(cast).report

    assert report["promises"] == 3
    assert [(one["moved"], one["would_be_late"], one["would_be_kept"]) for one in report["groups"]] == [(0, 0, 0)] * 3


def test_a_shorter_target_names_the_tickets_that_would_have_been_late(cast: Cast):
    quick = make_ticket(by=cast.owner, topic="messaging_delays")
    slow = make_ticket(by=cast.owner, topic="messaging_delays")
    answer_ticket(quick, cast.agent, now=NOW + timedelta(minutes=5))
    answer_ticket(slow, cast.agent, now=NOW + timedelta(minutes=20))

    def edit(document: dict[str, Any]) -> None:
        document["packages"]["premium"]["targets"]["critical"] = "15m"

    figures = group(replayed(cast, edit).report, "messaging_delays")

    assert (figures["promises"], figures["moved"], figures["earlier"], figures["later"]) == (2, 2, 2, 0)
    assert figures["most_earlier"] == timedelta(minutes=15) // timedelta(microseconds=1)
    assert (figures["would_be_late"], figures["tickets"]["would_be_late"]) == (1, [slow.reference])


def test_a_longer_target_names_the_tickets_that_would_have_been_kept(cast: Cast):
    late = make_ticket(by=cast.owner, topic="messaging_delays")
    answer_ticket(late, cast.agent, now=NOW + timedelta(minutes=40))
    make_ticket(by=cast.owner, topic="messaging_delays")

    def edit(document: dict[str, Any]) -> None:
        document["packages"]["premium"]["targets"]["critical"] = "1h"

    figures = group(replayed(cast, edit).report, "messaging_delays")

    assert (figures["would_be_kept"], figures["tickets"]["would_be_kept"]) == (1, [late.reference])


def test_a_listing_that_changes_finds_the_severity_anew_but_never_overrules_support(cast: Cast):
    found = make_ticket(by=cast.owner, topic="templates")
    set_by_support = make_ticket(by=cast.owner, topic="templates")
    reclassify(set_by_support, Severity.URGENT, cause=Cause.CORRECTED, reason="x", by=actor_for(cast.agent), now=NOW)

    def edit(document: dict[str, Any]) -> None:
        document["topics"]["templates"]["listed"]["premium"] = "critical"

    report = replayed(cast, edit).report

    moved = [one["tickets"].get("other_severity", []) for one in report["groups"]]
    assert sorted(sum(moved, [])) == [found.reference]


def test_a_package_that_is_gone_is_left_out_and_said(cast: Cast):
    make_ticket(by=cast.owner, topic="other")

    def edit(document: dict[str, Any]) -> None:
        del document["packages"]["premium"]
        for topic in document["topics"].values():
            topic.get("listed", {}).pop("premium", None)

    report = replayed(cast, edit).report

    assert (report["promises"], report["left_out"], report["groups"]) == (1, 1, [])


def test_a_cancelled_run_stays_cancelled_and_changes_no_promise(cast: Cast):
    ticket = make_ticket(by=cast.owner, topic="other")
    asked = ask_for_replay(make_draft(dict(DOCUMENT), by=None, now=LATER), days=90, by=None, now=LATER)

    cancel(asked, now=LATER)
    run(asked, clock=lambda: LATER)

    asked.refresh_from_db()
    assert asked.state == Replay.State.CANCELLED
    assert Promise.objects.get(ticket=ticket).due_at == ticket.promise.due_at
