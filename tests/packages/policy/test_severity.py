"""How a severity is found: every combination of answers, listing and environment."""

from itertools import product

import pytest

from packages.policy.severity import Environment, Finding, Impact, Reason, Severity, find, higher

CRITICAL, URGENT, STANDARD = Severity


@pytest.mark.parametrize(
    ("impact", "workaround", "listed", "severity", "reason"),
    [
        ("halted", False, None, CRITICAL, Reason.IMPACT),
        ("halted", False, STANDARD, CRITICAL, Reason.IMPACT),
        ("halted", False, URGENT, CRITICAL, Reason.IMPACT),
        ("halted", False, CRITICAL, CRITICAL, Reason.BOTH),
        ("halted", True, None, STANDARD, Reason.DEFAULT),
        ("halted", True, STANDARD, STANDARD, Reason.BOTH),
        ("halted", True, URGENT, URGENT, Reason.TOPIC),
        ("halted", True, CRITICAL, CRITICAL, Reason.TOPIC),
        ("reduced", False, None, URGENT, Reason.IMPACT),
        ("reduced", False, STANDARD, URGENT, Reason.IMPACT),
        ("reduced", False, URGENT, URGENT, Reason.BOTH),
        ("reduced", False, CRITICAL, CRITICAL, Reason.TOPIC),
        ("reduced", True, None, STANDARD, Reason.DEFAULT),
        ("reduced", True, URGENT, URGENT, Reason.TOPIC),
        ("limited", False, None, STANDARD, Reason.DEFAULT),
        ("limited", False, STANDARD, STANDARD, Reason.BOTH),
        ("limited", False, URGENT, URGENT, Reason.TOPIC),
        ("limited", True, CRITICAL, CRITICAL, Reason.TOPIC),
    ],
)
def test_find_takes_the_higher_of_answers_and_listing(impact, workaround, listed, severity, reason):
    finding = find(Impact(impact), workaround, Environment.PRODUCTION, listed)

    assert (finding.severity, finding.reason, finding.listed) == (severity, reason, listed)


@pytest.mark.parametrize("listed", [None, *Severity])
def test_find_gives_standard_in_a_test_environment_whatever_else_is_said(listed):
    for impact, workaround in product(Impact, (True, False)):
        finding = find(impact, workaround, Environment.TEST, listed)

        assert (finding.severity, finding.reason) == (STANDARD, Reason.TEST_ENVIRONMENT)


def test_finding_keeps_what_the_answers_alone_gave():
    found = find(Impact.HALTED, False, Environment.TEST, URGENT)

    assert found == Finding(STANDARD, CRITICAL, URGENT, Reason.TEST_ENVIRONMENT)


def test_rank_puts_the_most_severe_first():
    assert sorted(Severity, key=lambda severity: severity.rank) == [CRITICAL, URGENT, STANDARD]
    assert [severity.rank for severity in Severity] == [0, 1, 2]


@pytest.mark.parametrize(("one", "other"), list(product(Severity, repeat=2)))
def test_higher_does_not_depend_on_the_order(one, other):
    assert higher(one, other) == higher(other, one)
    assert higher(one, other).rank == min(one.rank, other.rank)


def test_stored_words_are_the_policy_s_codes():
    assert [str(severity) for severity in Severity] == ["critical", "urgent", "standard"]
    assert find("halted", False, "production", None).severity == "critical"
