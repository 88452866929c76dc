"""The tests' own ground: the policy is in force, and the cast is what its description says."""

import socket

import pytest

from packages.queries.policies import in_force, package_of
from tests.cast import NOW, make_cast, make_ticket
from tests.conftest import NetworkUsed


def test_version_1_is_in_force_and_the_cast_has_its_packages(cast, policy):
    assert in_force(NOW) == policy
    packages = {
        name: package_of(getattr(cast, name), policy=policy.policy, at=NOW).code
        for name in ("meridian", "nordlicht", "azul", "silverline", "direct")
    }
    assert packages == {
        "meridian": "premium",
        "nordlicht": "standard",
        "azul": "standard",
        "silverline": "standard",
        "direct": "standard",
    }


def test_the_cast_is_made_in_few_statements(policy, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        make_cast()


def test_nothing_reaches_another_machine():
    with pytest.raises(NetworkUsed), socket.socket() as outward:
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("example.com", 80)


def test_a_ticket_of_every_topic_can_be_filed_from_the_policys_examples(cast, policy):
    for topic in policy.policy.topics:
        for filer in (cast.owner, cast.direct_member):
            assert make_ticket(filer, topic).topic.code == topic
