from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import asta_cli
from asta_cli.core.errors import NotFound
from asta_cli.core.plan import Problem
from asta_cli.core.problems import TEXTS, describe, explain, places

# data-formats.md, "What a faulty row gets": codes are added, never renamed.
PROMISED = [
    "missing_value",
    "bad_value",
    "bad_date",
    "bad_email",
    "bad_choice",
    "bad_postal_code",
    "bad_establishment_number",
    "end_before_start",
    "duplicate_in_file",
    "unknown_company",
    "unknown_trainer",
    "parent_cycle",
    "parent_unknown",
    "too_long",
    "bad_character",
    "ragged_row",
    "conflict_in_file",
    "depends_on_rejected",
    "older_contract",
    "company_ended",
    "trainer_ended",
    "company_orphaned",
    "forbidden",
    "not_found",
    "last_administrator",
    "unknown_account",
    "expired",
    "used",
]

# Where the functions that make problems take the code.
MAKERS = {"Problem": 2, "problem": 1, "_problem": 1, "fault": 0, "warn": 0, "BadField": 0}


def used_codes() -> Iterator[tuple[str, str]]:
    for path in Path(asta_cli.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or any(keyword.arg == "error" for keyword in node.keywords):
                continue
            place = MAKERS.get(ast.unparse(node.func).rpartition(".")[2])
            given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            given += node.args[place : place + 1] if place is not None else []
            for code in given:
                if isinstance(code, ast.Constant) and isinstance(code.value, str) and place is not None:
                    yield code.value, f"{path}:{node.lineno}"


def test_every_promised_code_has_a_text() -> None:
    assert set(PROMISED) <= TEXTS.keys()


def test_every_code_in_use_has_a_text() -> None:
    found = dict(used_codes())
    assert {"bad_email", "bad_date", "missing_value"} <= found.keys()
    assert {code: where for code, where in found.items() if code not in TEXTS} == {}


@pytest.mark.parametrize("code", TEXTS)
def test_messages_need_nothing_but_value_and_column(code: str) -> None:
    message, hint = TEXTS[code]
    assert message
    assert hint
    assert places(message) <= {"value", "column"}
    assert places(hint) <= {"value", "column", "expected"}
    assert not message.endswith(".")


def test_a_problem_is_described_with_its_fields() -> None:
    problem = Problem("a.csv:3", 3, "bad_choice", "role", value="owner", fields={"expected": "administrator, manager"})
    message, hint, fields = describe(problem)
    assert message.format(**fields) == "owner is not one of the values of role"
    assert hint.format(**fields) == "possible: administrator, manager"


def test_a_hint_that_cannot_be_filled_is_left_out() -> None:
    assert explain("bad_choice", "role", "owner", {})[1] == ""


def test_an_error_speaks_for_itself() -> None:
    error = NotFound(what="grant", key="177:0001234")
    message, hint, fields = describe(Problem("arguments", 0, "not_found", "company", value="x", error=error))
    assert (message, hint) == (NotFound.message, NotFound.hint)
    assert message.format(**fields) == "grant 177:0001234 is not known"
    assert fields["column"] == "company"
