"""What a row about a permission says: what it must say, what fills its gaps, and when an empty cell speaks, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from asta_cli.core import perm_rows
from asta_cli.core.model import Role
from asta_cli.core.perm_rows import NEVER, NO_TRAINER, Wanted
from asta_cli.core.rows import Row, from_arguments
from tests.core.test_perms import HEAD, HR, terms, wanted
from tests.core.walk import row
from tests.core.world import normalise

NUMBER = HEAD.ident_number


def read(one: Row, *, whole: bool = True, **more: Any) -> tuple[Wanted | None, list[tuple[str, str]]]:
    found, problems = perm_rows.read(one, terms(**more), whole=whole)
    return found, [(p.code, p.column) for p in problems]


def test_a_command_overrides_nothing_unless_it_says_so() -> None:
    usual = terms()
    assert (usual.exact, usual.orphan_ok, usual.needs_reason) == (False, False, False)


@pytest.mark.parametrize(
    ("values", "usual", "missing"),
    [
        ({"email": HR, "company": NUMBER, "role": "manager"}, None, []),
        ({"email": HR, "company": NUMBER}, Role.MANAGER, []),
        ({"email": HR, "company": NUMBER}, None, ["role"]),
        ({"company": NUMBER, "role": "manager"}, None, ["email"]),
        ({"email": HR, "role": "manager"}, None, ["company"]),
        ({"role": "manager"}, None, ["email", "company"]),
    ],
)
def test_what_is_needed_to_give_something(values: dict[str, str], usual: Role | None, missing: list[str]) -> None:
    found, told = read(row(2, **values), role=usual)
    assert told == [("missing_value", column) for column in missing]
    assert (found is None) is bool(missing)
    if found is not None:
        assert (found.email, found.key, found.ident, found.role) == (HR, HR, NUMBER, Role.MANAGER)


def test_to_take_something_away_a_role_is_not_needed_nor_read_what_the_rest_says() -> None:
    found, told = read(wanted(2, role="", sites="maybe", valid_until="soon", reason="x"), whole=False)
    assert told == []
    assert found is not None
    assert (found.role, found.sites, found.valid_until, found.reason) == (None, None, None, "x")


@pytest.mark.parametrize(
    ("values", "usual", "chamber"),
    [
        ({}, None, None),
        ({}, "301", "301"),
        ({"chamber": "177"}, "301", "177"),
        ({"company": f"177:{NUMBER}"}, "301", "177"),
        ({"company": f"177:{NUMBER}", "chamber": "177"}, "301", "177"),
    ],
)
def test_the_chamber_is_the_one_said_with_the_company_or_that_of_the_command(
    values: dict[str, str], usual: str | None, chamber: str | None
) -> None:
    found, told = read(wanted(2, **values), chamber=usual)
    assert told == []
    assert found is not None
    assert (found.chamber, found.ident, found.pair) == (chamber, NUMBER, (HR, NUMBER))


def test_a_company_cannot_be_in_two_chambers() -> None:
    (problem,) = perm_rows.read(wanted(2, company=f"177:{NUMBER}", chamber="175"), terms(), whole=True)[1]
    assert (problem.code, problem.column, problem.value) == ("bad_value", "chamber", "175")
    assert problem.fields == {"expected": "177"}


def test_a_reason_in_the_row_counts_before_that_of_the_command() -> None:
    for said, reason in (("", "usual"), ("own", "own")):
        found, _ = read(wanted(2, reason=said), reason="usual")
        assert found is not None
        assert found.reason == reason


# --- lists that say everything ----------------------------------------------------------------------------------------


def listed(**values: str) -> Row:
    """A row of a listing: it has every column, filled or not."""
    names = {"email", "company", "role", "sites", "trainer_number", "valid_from", "valid_until", "state"}
    return replace(wanted(2, **values), columns=frozenset(names))


@pytest.mark.parametrize(
    ("values", "sites", "number", "until"),
    [
        ({}, True, NO_TRAINER, NEVER),
        ({"role": "trainer"}, False, NO_TRAINER, NEVER),
        ({"role": "trainer", "trainer_number": "A1"}, False, "A1", NEVER),
        ({"sites": "no"}, False, NO_TRAINER, NEVER),
        ({"sites": "yes", "valid_until": "31.7.2027"}, True, NO_TRAINER, "2027-07-31T22:00:00Z"),
    ],
)
def test_in_a_list_that_says_everything_empty_cells_speak(
    values: dict[str, str], sites: bool, number: str, until: str
) -> None:
    found, told = read(listed(**values), exact=True)
    assert told == []
    assert found is not None
    assert (found.sites, found.trainer_number, found.valid_until) == (sites, number, until)
    silent, _ = read(listed(), exact=False)
    assert silent is not None
    assert (silent.sites, silent.trainer_number, silent.valid_until) == (None, None, None)
    short, _ = read(wanted(2), exact=True)  # nor does a column that is not there
    assert short is not None
    assert (short.sites, short.trainer_number, short.valid_until) == (None, None, None)


@pytest.mark.parametrize(
    ("state", "over"), [("ended", True), ("Expired", True), ("active", False), ("invited", False), ("", False)]
)
def test_what_was_over_in_a_listing_says_nothing_of_the_days_it_had(state: str, over: bool) -> None:
    one = listed(state=state, valid_until="31.7.2020")
    assert perm_rows.is_over(one) is over
    assert read(one, exact=True)[1] == ([] if over else [("expired", "valid_until")])
    assert read(one, exact=False)[1] == [("expired", "valid_until")]


def test_the_last_day_is_over_when_it_has_passed_in_berlin_and_not_before() -> None:
    for now, told in (("2026-11-23T22:59:59Z", []), ("2026-11-23T23:00:00Z", [("expired", "valid_until")])):
        found, problems = perm_rows.read(wanted(2, valid_until="23.11.2026"), replace(terms(), now=now), whole=True)
        assert [(p.code, p.column) for p in problems] == told
        assert (found is None) is bool(told)


# --- which grant a row is about ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "whole", "some"),
    [
        ({}, (HR, NUMBER, "manager"), (HR, NUMBER)),
        ({"email": "HR@Firma.example", "role": "Verwalter/in"}, (HR, NUMBER, "manager"), (HR, NUMBER)),
        ({"company": f"177:{NUMBER}"}, (HR, NUMBER, "manager"), (HR, NUMBER)),
        ({"chamber": "177"}, (HR, NUMBER, "manager"), (HR, NUMBER)),
        ({"role": ""}, (HR, NUMBER, "trainer"), (HR, NUMBER)),
        ({"role": "king"}, None, None),
        ({"email": "x"}, None, None),
        ({"company": "a b"}, None, None),
    ],
)
def test_rows_about_one_grant_have_one_key(
    values: dict[str, str], whole: tuple[str, ...] | None, some: tuple[str, ...] | None
) -> None:
    one = wanted(2, **values)
    assert perm_rows.key_of(one, normalise, Role.TRAINER, whole=True) == whole
    assert perm_rows.key_of(one, normalise, Role.TRAINER, whole=False) == some
    for without in ({"email": HR}, {"company": NUMBER}):
        assert perm_rows.key_of(from_arguments(**without), normalise, None, whole=True) is None
