"""Every URL of the project, asked by everybody, for tickets of every owner: the rights as one readable table.

A ticket that one may not see answers exactly as one that does not exist.
"""

import pytest
from django.core.cache import cache

from tests.architecture.access_matrix import (
    METHODS,
    NOBODYS,
    PEOPLE,
    Stage,
    make_stage,
    outcome,
    read_table,
    sees,
    targets,
    urls,
)  # fmt: skip
from tests.cast import Cast

PARTS = 4  # so that two processes share the walk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_every_url_has_a_row_and_every_row_a_url():
    rows = {(method, name) for method, name, thing in read_table() if not thing}

    assert rows == {(method, name) for name in urls() for method in METHODS}


@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_gets_what_the_table_says(cast: Cast, part: int):
    stage = make_stage(cast)
    table = read_table()

    wrong = [
        difference
        for place, (name, wanted) in enumerate(sorted(urls().items()))
        if place % PARTS == part
        for method in METHODS
        for difference in differences(stage, table, method, name, wanted)
    ]

    assert wrong == []


def differences(stage: Stage, table, method: str, name: str, wanted: frozenset[str]):
    """Say where a URL answers otherwise than the table; refusals of the method itself are asked for once."""
    cache.clear()  # what is counted here is rights, not requests
    base = table[(method, name, "")]
    nothing: dict[str, str] = {}
    for thing, address in targets(stage, name, wanted):
        for person, cell in zip(PEOPLE, table.get((method, name, thing), base), strict=True):
            came = outcome(stage, person, method, address)
            if thing == NOBODYS:
                nothing[person] = came
                expected = came if came in ("login", "404", "403", "405") or name in ANSWERS_ANYTHING else "404"
            elif thing and not sees(stage, person, thing):
                expected = nothing[person]
            else:
                expected = cell
            if came != expected:
                yield f"{method} {name}@{thing} as {person}: {came}, not {expected}"
        if set(base) <= {"login", "405"}:
            return


# The poll tells a signed-out page to stop asking, whatever it asked for.
ANSWERS_ANYTHING = {"ticket_updates"}
