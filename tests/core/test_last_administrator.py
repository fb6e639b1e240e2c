"""What counts for the last-administrator rule while a set is judged chunk by chunk: what is given, and what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from asta_cli.core.administrators import AdministratorGuard
from asta_cli.core.blocks import Block
from asta_cli.core.model import Account, AccountState, Action, Grant, Kind, Value
from asta_cli.core.office import EVERYWHERE, Office
from asta_cli.core.plan import Change, Plan
from tests.core.world import EARLIER, LATER, NOW, account, company, facts, grant

HEAD, OTHER = company(1), company(2)
A, B, NEW = (grant(HEAD, email=f"{name}@firma.example") for name in ("a", "b", "new"))
CONFIRMED = account(NEW.email)


def end(held: Grant, line: int = 2) -> Change:
    whose: dict[str, Value] = {"email": held.email}
    return Change(Kind.GRANT, Action.END, held.id, "k", {"ended_at": NOW}, whose, 1, "177", f"x.csv:{line}", line)


def give(**other: Value) -> Change:
    """An administrator for HEAD, from now on, for good, with the sites; or *other*."""
    values: dict[str, Value] = {"email": NEW.email, "email_key": NEW.email, "company_id": 1, "role": "administrator"}
    values |= {"sites": True, "valid_from": None, "valid_until": None, "invited_until": None, **other}
    return Change(Kind.GRANT, Action.CREATE, 99, "k", values, {}, 1, "177", "x.csv:9", 9)


def judged(
    *chunks: Sequence[Change], there: Sequence[Account] = (CONFIRMED,), guard: AdministratorGuard | None = None
) -> list[int]:
    """The refused lines of a set judged in *chunks*, while the database stays as it is: a dry-run."""
    guard = guard or AdministratorGuard()
    known = facts((HEAD, OTHER), administrators=[A, B], accounts=there)
    return [p.line for chunk in chunks for p in guard.guard(Plan(tuple(chunk)), known).problems]


def test_what_is_gone_in_one_chunk_is_missed_in_the_next() -> None:
    assert judged([end(A, 2)], [end(B, 3)]) == [3]


def test_what_was_refused_is_not_gone() -> None:
    only = AdministratorGuard()
    assert judged([end(A, 2)], [end(B, 3)], [end(B, 4)], guard=only) == [3, 4]
    assert judged([give()], [end(B, 5)], guard=only) == []


def test_what_is_given_counts_wherever_it_stands() -> None:
    for chunks in ([[give(), end(A), end(B)]], [[end(A), end(B), give()]], [[give()], [end(A), end(B)]]):
        assert judged(*chunks) == []
    assert judged([end(A), end(B, 3)], [give()]) == [3]  # rows that take are held back until all others are known


@pytest.mark.parametrize(
    ("values", "helps"),
    [
        ({}, True),
        ({"sites": False}, True),  # HEAD has no sites
        ({"valid_from": EARLIER}, True),
        ({"valid_from": LATER}, False),
        ({"valid_until": LATER}, False),  # those who go had no end
        ({"invited_until": LATER}, False),  # an address that is not confirmed yet
        ({"role": "manager"}, False),
        ({"company_id": 2}, False),
    ],
)
def test_whom_a_company_may_be_left_to(values: dict[str, Value], helps: bool) -> None:
    there = [CONFIRMED] if "invited_until" not in values else [account(NEW.email, AccountState.UNCONFIRMED)]
    assert judged([give(**values), end(A, 2), end(B, 3)], there=there) == ([] if helps else [3])
    assert judged([give(**values), end(A, 2), end(B, 3)], there=[]) == [3]


def test_an_invitation_counts_once_it_was_taken_in_time() -> None:
    for confirmed_at, refused in ((EARLIER, []), (LATER, [3])):
        there = [replace(CONFIRMED, confirmed_at=confirmed_at)]
        assert judged([give(invited_until=NOW), end(A, 2), end(B, 3)], there=there) == refused


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ([(1, "administrator")], []),
        ([(1, "manager"), (1, "administrator")], []),
        ([(1, "manager"), (2, "administrator")], [3]),
        ([(1, "manager")], [3]),
    ],
)
def test_what_a_block_gives_counts_by_its_roles(rows: list[tuple[int, str]], refused: list[int]) -> None:
    same: dict[str, Value] = {"email": NEW.email, "email_key": NEW.email, "sites": True}
    same |= dict.fromkeys(("valid_from", "valid_until", "invited_until"))
    columns: dict[str, Sequence[Value]] = {"company_id": [at for at, _ in rows], "role": [role for _, role in rows]}
    places = [{1: HEAD, 2: OTHER}[at] for at, _ in rows]
    ids, lines = range(90, 90 + len(rows)), range(10, 10 + len(rows))
    block = Block(Kind.GRANT, "177", ids, same, columns, ["k"] * len(rows), "x.csv", lines, places)
    known = facts((HEAD, OTHER), administrators=[A, B], accounts=[CONFIRMED])
    done = AdministratorGuard().guard(Plan((end(A, 2), end(B, 3)), blocks=(block,)), known)
    assert [p.line for p in done.problems] == refused
    assert done.blocks == (block,)


@pytest.mark.parametrize("office", [EVERYWHERE, Office(chambers=frozenset({"177"}))])
def test_an_operator_who_says_so_may_leave_a_company_of_theirs_without(office: Office) -> None:
    assert judged([end(A, 2), end(B, 3)], guard=AdministratorGuard(office)) == []
    other = AdministratorGuard(Office(chambers=frozenset({"301"})))
    assert judged([end(A, 2), end(B, 3)], guard=other) == [3]


def test_many_companies_are_named_up_to_a_number() -> None:
    sites = [company(n, 1) for n in range(10, 14)]
    wide = grant(HEAD)
    keys = [c.key for c in (HEAD, *sites)]
    for named, more in ((6, ""), (5, ""), (4, " (+1)"), (3, " (+2)")):
        done = AdministratorGuard(named=named).guard(Plan((end(wide),)), facts([HEAD, *sites], administrators=[wide]))
        (error,) = (p.error for p in done.problems)
        assert error is not None
        assert error.fields == {"email": wide.email, "companies": ", ".join(keys[:named]) + more}
