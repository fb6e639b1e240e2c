"""What a set of rows about permissions needs to know, keeps back, and comes to, row by row."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from asta_cli.core.columns import ColumnRows
from asta_cli.core.facts import Facts, TrainerRecord
from asta_cli.core.granting import GrantPlanner
from asta_cli.core.model import Action, Role
from asta_cli.core.perms import PermissionPlanner
from asta_cli.core.plan import Severity
from asta_cli.core.revoking import RevokePlanner
from asta_cli.core.rows import Row, from_arguments
from tests.core.test_perms import HEAD, HR, outcome, terms, wanted
from tests.core.world import NOW, company, facts, grant

SITE, TWIN = company(3, 1), company(4)
NUMBER = HEAD.ident_number


def numbers(**more: str) -> Row:
    return from_arguments(email=HR, **more)


# --- what must be known -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("planner", [GrantPlanner, RevokePlanner])
def test_accounts_companies_and_what_lies_between_them_must_be_known(planner: type[PermissionPlanner]) -> None:
    rows = [wanted(2, email="x"), wanted(3), wanted(4, email="b@firma.example", company="0000003", role="trainer")]
    needs = planner(terms()).needs(rows)
    assert needs.accounts == {HR, "b@firma.example"}
    assert needs.idents == {NUMBER, "0000003"}
    assert needs.pairs == {(HR, NUMBER), ("b@firma.example", "0000003")}
    assert needs.trainers_of == {"0000003"}
    assert needs.holders == set()


def test_where_no_company_is_named_everything_a_person_holds_must_be_known() -> None:
    needs = RevokePlanner(terms()).needs([numbers()])
    assert (needs.holders, needs.idents, needs.pairs) == ({HR}, set(), set())


@pytest.mark.parametrize("planner", [GrantPlanner, RevokePlanner])
def test_whole_trees_only_for_what_was_kept_back(planner: type[PermissionPlanner]) -> None:
    made = planner(terms())
    assert not made.needs(made.hold([wanted(2)])).administrators
    for wave in made.held():
        assert made.needs(wave).administrators
    assert [len(wave) for wave in made.held()] == [0]  # and each row comes once


# --- what is kept back ------------------------------------------------------------------------------------------------

CELLS = {
    "role": ("", "administrator", "Verwalter", "trainer", "king"),
    "valid_until": ("", "31.7.2027", "never", "bald"),
    "valid_from": ("", "1.1.2027"),
    "sites": ("", "ja", "nein", "vielleicht"),
}


def in_columns(names: tuple[str, ...]) -> ColumnRows:
    """A file with *names* in every combination of cells."""
    rows = list(product(*(CELLS[name] for name in names)))
    cells = [[HR] * len(rows), [NUMBER] * len(rows), *([row[n] for row in rows] for n in range(len(names)))]
    columns = ("email", "company", *names)
    return ColumnRows("f.csv", range(2, 2 + len(rows)), [b""] * len(rows), columns, cells, cells, frozenset(columns))


@pytest.mark.parametrize("names", [("role", "valid_until", "valid_from", "sites"), ("role",), ("sites",), ()])
@pytest.mark.parametrize("planner", [GrantPlanner, RevokePlanner])
@pytest.mark.parametrize("usual", [None, Role.MANAGER, Role.ADMINISTRATOR])
def test_columns_wait_as_their_rows_do(
    planner: type[PermissionPlanner], names: tuple[str, ...], usual: Role | None
) -> None:
    by_columns, by_rows, rows = planner(terms(role=usual)), planner(terms(role=usual)), in_columns(names)
    now, then = by_columns.hold(rows), by_rows.hold(list(rows))
    assert isinstance(now, ColumnRows)
    assert [r.line for r in now] == [r.line for r in then]
    waiting = [[r.line for wave in made.held() for r in wave] for made in (by_columns, by_rows)]
    assert waiting[0] == waiting[1] == [line for line in rows.lines if line not in {r.line for r in then}]


@pytest.mark.parametrize(
    ("values", "waits"),
    [
        ({}, False),
        ({"sites": "ja"}, False),
        ({"sites": "nein"}, True),
        ({"sites": "vielleicht"}, True),  # told of in any case
        ({"valid_until": "31.7.2027"}, True),
        ({"valid_from": "1.1.2027"}, True),
        ({"valid_until": "31.7.2027", "role": "manager"}, False),
        ({"valid_until": "31.7.2027", "role": "king"}, False),
        ({"reason": "x"}, False),
    ],
)
def test_what_may_take_an_administrator_away_waits(values: dict[str, str], waits: bool) -> None:
    row = wanted(2, **{"role": "administrator", **values})
    assert bool(GrantPlanner(terms()).hold([row])) is not waits


# --- rows that name no chamber ----------------------------------------------------------------------------------------


def test_a_row_without_chamber_beside_several_means_none_of_them() -> None:
    rows = [{}, {"chamber": "177"}, {"company": f"175:{NUMBER}"}]
    kept, told = GrantPlanner(terms()).repeats([wanted(n, **values) for n, values in enumerate(rows, 2)])
    assert [row.line for row in kept] == [3, 4]
    (problem,) = told
    assert (problem.line, problem.code, problem.column, problem.value) == (2, "ambiguous", "company", NUMBER)
    assert problem.error is not None
    assert problem.error.fields == {"key": NUMBER, "choices": f"175:{NUMBER}, 177:{NUMBER}"}


def test_the_usual_chamber_of_a_command_is_that_of_rows_that_name_none() -> None:
    here, there = wanted(3, chamber="177"), wanted(3, chamber="175")
    assert outcome(GrantPlanner, wanted(2), here, chamber="177") == ([2], [(3, "duplicate_in_file")])
    assert outcome(GrantPlanner, wanted(2), there, chamber="177") == ([2, 3], [])


@pytest.mark.parametrize("planner", [GrantPlanner, RevokePlanner])
def test_to_say_a_thing_twice_is_no_fault_to_contradict_oneself_is(planner: type[PermissionPlanner]) -> None:
    same, other = planner(terms()), wanted(4, reason="another")
    _, twice = same.repeats([wanted(2), wanted(3)])
    _, contradicting = same.repeats([wanted(2), other])
    assert [(p.line, p.severity, p.column, p.value) for p in twice] == [(3, Severity.WARNING, "email", HR)]
    assert [(p.line, p.severity, p.value) for p in contradicting] == [(n, Severity.ERROR, HR) for n in (2, 4)]


# --- what the rows come to --------------------------------------------------------------------------------------------


def world() -> Facts:
    """HR is manager at HEAD and at SITE was until now; two chambers have a company with the number of TWIN."""
    held = [grant(HEAD, Role.MANAGER, HR), grant(SITE, Role.MANAGER, HR, end=NOW)]
    found = facts([HEAD, SITE, TWIN, company(5, chamber="175")], grants=held)
    found.trainers_of = {HEAD.id: [TrainerRecord(7, HEAD.id, "A1", HR, open=True)]}
    return found


def test_each_row_comes_to_a_change_to_nothing_or_to_a_refusal() -> None:
    rows = [
        wanted(2, email="x"),
        wanted(3),
        wanted(4, company="999"),
        wanted(5, company="0000003"),
        wanted(6, role="trainer", trainer_number="A9"),
        wanted(7, role="trainer", trainer_number="A1"),
    ]
    plan = GrantPlanner(terms()).plan(rows, world())
    assert [(p.line, p.code, p.column, p.value) for p in plan.problems] == [
        (2, "bad_email", "email", "x"),
        (4, "unknown_company", "company", "999"),
        (6, "unknown_trainer", "trainer_number", "A9"),
    ]
    assert [(c.line, c.action, c.hollow) for c in plan.changes] == [
        (3, Action.UPDATE, True),
        (5, Action.END, False),
        (5, Action.CREATE, False),
        (6, Action.CREATE, True),  # stands for what was refused: whether the asker may ask for it
        (7, Action.CREATE, False),
    ]
    assert (plan.rows, plan.unchanged) == (6, 0)


def test_an_operator_gives_a_reason_for_what_changes_and_for_nothing_else() -> None:
    rows = [wanted(2), wanted(3, role="trainer"), wanted(4, company="0000003", reason="agreed")]
    plan = GrantPlanner(terms(needs_reason=True)).plan(rows, world())
    assert [(p.line, p.code, p.column) for p in plan.problems] == [(3, "missing_value", "reason")]
    assert [c.line for c in plan.changes] == [2, 4, 4]
    usual = GrantPlanner(terms(needs_reason=True, reason="agreed")).plan(rows, world())
    assert not usual.problems
    nothing = RevokePlanner(terms(needs_reason=True)).plan([from_arguments(email="b@firma.example")], world())
    assert (nothing.problems, nothing.changes, nothing.unchanged) == ((), (), 1)


def test_each_chunk_is_read_for_itself() -> None:
    planner, first, second = RevokePlanner(terms()), [wanted(2)], [wanted(3, email="b@firma.example")]
    assert planner.needs(first).accounts == {HR}
    assert planner.needs(second).accounts == {"b@firma.example"}
    assert [c.line for c in planner.plan(first, world()).changes] == [2]


@pytest.mark.parametrize(("orphan_ok", "refused"), [(False, [2]), (True, [])])
def test_the_last_administrator_stays_unless_the_chamber_says_otherwise(orphan_ok: bool, refused: list[int]) -> None:
    last = grant(HEAD, email=HR)
    known = facts([HEAD], grants=[last], administrators=[last])
    cases: list[tuple[type[PermissionPlanner], dict[str, str]]]
    cases = [(RevokePlanner, {}), (GrantPlanner, {"valid_until": "31.7.2027"})]
    for planner, values in cases:
        made = planner(terms(orphan_ok=orphan_ok))
        done = made.guard(made.plan([wanted(2, role="administrator", **values)], known), known)
        assert [p.line for p in done.problems] == refused
        assert len(done.changes) == 1 - len(refused)


def test_a_company_is_found_by_its_number_its_chamber_or_both() -> None:
    def told(number: str, **more: Any) -> list[str]:
        plan = GrantPlanner(terms(**more)).plan([wanted(2, company=number, reason="x")], twins())
        return [p.code for p in plan.problems] or [c.key.split()[1] for c in plan.changes]

    def twins() -> Facts:
        return facts([company(4), replace(company(5, chamber="175"), ident_number="0000004")])

    assert told("0000004") == ["ambiguous"]
    assert told("175:0000004") == ["175:0000004"]
    assert told("0000004", chamber="175") == ["175:0000004"]
    assert told("0000004", usual_chamber="177") == ["177:0000004"]
    assert told("175:0000004", usual_chamber="177") == ["175:0000004"]


def test_an_end_is_written_with_its_time_its_giver_its_reason_and_its_run() -> None:
    (end,) = RevokePlanner(terms()).plan([wanted(2, reason="left")], world()).changes
    assert end.after == {"ended_at": NOW, "ended_by": "operator", "end_reason": "left", "end_run_id": 7}
    assert end.before == {"email": HR, "email_key": HR, "role": "manager", "sites": True, "ended_at": None}
    assert (end.company, end.chamber, end.key, end.line) == (1, "177", f"{HR} 177:{NUMBER} manager", 2)
    assert (end.optional, end.counted, end.hollow) == (False, True, False)
