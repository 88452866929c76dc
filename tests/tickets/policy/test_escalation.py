"""The rule of escalations: every combination of its facts against a table written down by hand."""

from datetime import UTC, datetime
from itertools import product

import pytest

from tickets.policy.escalation import Act, Asker, Condition, Facts, Relation, may_escalate

SINCE = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
NEXT = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)  # midnight of 1 December in Berlin

TIERS = ("", "silver", "gold", "platinum")
OPEN_STATES = ("", "asked", "escalated", "acknowledged")
# limit, grants, used, is it reached?
LIMITS = (
    (None, 0, 0, False),
    (None, 0, 99, False),
    (2, 0, 1, False),
    (2, 0, 2, True),
    (2, 1, 2, False),
    (2, 1, 3, True),
    (0, 0, 0, True),
)

# The first row that fits gives the code; "*" fits anything. Columns: act, asker, relation, client has a partner,
# confidential, in a tier, has a manager, condition, an escalation is open, limit reached.
TABLE = [
    (("*", "other", "*", "*", "*", "*", "*", "*", "*", "*"), "not_yours"),
    (("*", "client", "*", True, True, "*", "*", "*", "*", "*"), "confidential"),
    (("*", "client", "*", True, False, "*", "*", "*", "*", "*"), "not_partner"),
    (("*", "client", "*", False, "*", "*", "*", "*", "*", "*"), "no_partner"),
    (("*", "partner", "other", "*", "*", "*", "*", "*", "*", "*"), "not_yours"),
    (("*", "manager", "other", "*", "*", "*", "*", "*", "*", "*"), "not_yours"),
    (("initiate", "partner", "*", "*", "*", "*", "*", "*", "*", "*"), "ask_instead"),
    (("decide", "partner", "*", "*", "*", "*", "*", "*", "*", "*"), "ask_instead"),
    (("ask", "manager", "*", "*", "*", "*", "*", "*", "*", "*"), "initiate_instead"),
    (("*", "*", "*", "*", "*", False, "*", "*", "*", "*"), "no_tier"),
    (("*", "*", "*", "*", "*", True, False, "*", "*", "*"), "no_manager"),
    (("*", "*", "no_ticket", "*", "*", True, True, "*", "*", "*"), "no_ticket"),
    (("*", "*", "*", "*", "*", True, True, "needs_information", "*", "*"), "needs_information"),
    (("*", "*", "*", "*", "*", True, True, "ended", "*", "*"), "ended"),
    (("ask", "partner", "*", "*", "*", True, True, "open", True, "*"), "already_open"),
    (("initiate", "manager", "*", "*", "*", True, True, "open", True, "*"), "already_open"),
    (("*", "*", "*", "*", "*", True, True, "open", "*", True), "limit_reached"),
    (("ask", "partner", "own", "*", "*", True, True, "open", False, False), ""),
    (("ask", "partner", "client", "*", "*", True, True, "open", False, False), ""),
    (("initiate", "manager", "own", "*", "*", True, True, "open", False, False), ""),
    (("initiate", "manager", "client", "*", "*", True, True, "open", False, False), ""),
    (("decide", "manager", "own", "*", "*", True, True, "open", "*", False), ""),
    (("decide", "manager", "client", "*", "*", True, True, "open", "*", False), ""),
]


def expected_code(case: tuple[object, ...]) -> str:
    return next(code for row, code in TABLE if all(w in ("*", g) for w, g in zip(row, case, strict=True)))


@pytest.mark.parametrize("asker", Asker)
@pytest.mark.parametrize("act", Act)
def test_rule_answers_every_combination_as_the_table_does(act, asker):
    combinations = product(Relation, (True, False), (True, False), TIERS, (True, False), Condition, OPEN_STATES, LIMITS)
    for relation, has_partner, confidential, tier, manager, condition, open_state, limit in combinations:
        monthly_limit, grants, used, reached = limit
        facts = Facts(
            act=act, asker=asker, relation=relation, has_partner=has_partner, is_confidential=confidential,
            tier=tier, has_manager=manager, condition=condition, open_state=open_state,
            monthly_limit=monthly_limit, grants=grants, used=used,
        )  # fmt: skip

        answer = may_escalate(facts)

        case = (
            act.value, asker.value, relation.value, has_partner, confidential, bool(tier), manager, condition.value,
            bool(open_state), reached,
        )  # fmt: skip
        assert answer.code == expected_code(case), facts
        assert answer.allowed is (answer.code == ""), facts


def partner_asks(**facts: object) -> Facts:
    usual = {"act": Act.ASK, "asker": Asker.PARTNER, "relation": Relation.OWN, "tier": "gold", "has_manager": True}
    return Facts(**{**usual, **facts})


def test_ended_ticket_says_how_it_ended():
    answer = may_escalate(partner_asks(condition=Condition.ENDED, status="resolved"))

    assert (answer.code, answer.params) == ("ended", {"status": "resolved"})


def test_open_escalation_says_where_it_stands_and_since_when():
    answer = may_escalate(partner_asks(open_state="acknowledged", open_since=SINCE))

    assert (answer.code, answer.params) == ("already_open", {"state": "acknowledged", "since": SINCE})


def test_limit_says_how_many_are_used_and_when_the_next_is_possible():
    answer = may_escalate(partner_asks(monthly_limit=2, grants=1, used=3, next_possible_at=NEXT))

    assert (answer.code, answer.params) == ("limit_reached", {"limit": 3, "used": 3, "next_at": NEXT})
