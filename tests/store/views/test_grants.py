"""The state of a grant: every combination of what it depends on, asked of the core and of the database."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select

from asta_cli.core.facts import Needs
from asta_cli.core.model import Grant, GrantState
from asta_cli.store import load
from asta_cli.store import tables as t
from asta_cli.store.grants import alive, in_force, state, with_holder
from tests.store.views.conftest import Companies
from tests.store.views.world import NOW, World

BEFORE, BARELY, LATER = "2026-11-23T20:59:58Z", "2026-11-23T20:59:59Z", "2026-11-23T21:00:01Z"
ACCOUNTS = [
    None,
    ("unconfirmed", None),
    ("confirmed", None),  # as accounts of older versions may be
    *(("confirmed", at) for at in (BEFORE, BARELY, NOW)),
    ("locked", None),
    ("locked", BEFORE),
    ("disabled", NOW),
]
INVITED_UNTIL = [None, BARELY, NOW, LATER]
BOUNDS = [None, NOW, LATER]
CASES = list(product(ACCOUNTS, INVITED_UNTIL, BOUNDS, BOUNDS))


def named(number: int) -> str:
    return f"{number}@firm.example"


@pytest.fixture
def known(world: World, firms: Companies) -> list[Grant]:
    """A grant for each of CASES, as the core sees it, in their order."""
    for number, (account, invited_until, first, last) in enumerate(CASES):
        if account is not None:
            world.account(named(number), account[0], confirmed_at=account[1])
        world.grant(
            named(number),
            firms.head,
            invited_until=invited_until,
            valid_from=first,
            valid_until=last,
            granted_at=BEFORE,
        )
    with world.read() as tx:
        facts = load.load(tx, Needs(holders={named(number) for number in range(len(CASES))}), NOW)
    return [facts.grants[named(number), firms.head][0] for number in range(len(CASES))]


def test_core_and_database_agree(world: World, known: list[Grant]) -> None:
    g = t.access_grant.c
    questions = (state(NOW, NOW), alive(NOW, NOW), in_force(NOW))
    with world.read() as tx:
        query = select(g.id, *questions).select_from(with_holder())
        answers = {row[0]: (row[1], bool(row[2]), bool(row[3])) for row in tx.execute(query)}
    expected = {held.id: (held.state(NOW).value, held.open(NOW), held.in_force(NOW)) for held in known}
    assert answers == expected
    assert {held.state(NOW) for held in known} == set(GrantState) - {GrantState.ENDED}


def test_what_no_longer_waits_never_comes_into_force(known: list[Grant]) -> None:
    for (account, invited_until, _, _), held in zip(CASES, known, strict=True):
        in_time = invited_until is None or (account and account[1] and account[1] < invited_until)
        if not in_time:
            assert not any(held.in_force(at) for at in (BEFORE, BARELY, NOW, LATER))
            assert held.state(LATER) is GrantState.EXPIRED


def test_authority_is_that_of_the_grant(world: World, known: list[Grant]) -> None:
    with world.read() as tx:
        for held in known[:: len(BOUNDS)]:
            given = world.scope(tx, held.email).authority.grants
            assert [grant.id for grant in given] == ([held.id] if held.in_force(NOW) else [])
