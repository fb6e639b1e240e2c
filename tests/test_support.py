"""The other tests stand on these fixtures, so they are tested themselves."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from asta_cli import __version__
from asta_cli.store import migrate
from asta_cli.store.db import Store
from tests.support import cli
from tests.support.cli import Asta
from tests.support.clock import Clock
from tests.support.inprocess import AstaInProcess
from tests.support.postgres import PostgresServer
from tests.support.registers import Language, Register


def _count_chambers(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM chamber").fetchone()
    assert row is not None
    return int(row[0])


def test_postgresql_databases_are_apart(postgres: PostgresServer, pg_url: str) -> None:
    other = postgres.create()
    with psycopg.connect(pg_url) as connection:
        connection.execute("INSERT INTO chamber (id, number, name, created_at) VALUES (1, '177', 'IHK', '')")
    assert (_count_chambers(pg_url), _count_chambers(other)) == (1, 0)
    postgres.drop(other)
    with pytest.raises(psycopg.OperationalError):
        _count_chambers(other)


def test_an_empty_database_has_no_tables(empty_pg_url: str) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        _count_chambers(empty_pg_url)


def test_the_store_is_migrated(store: Store) -> None:
    assert migrate.state(store).state is migrate.SchemaState.CURRENT


def test_the_clock_moves_when_told(clock: Clock) -> None:
    clock.advance(days=1, seconds=1.5)
    assert clock.text() == "2026-11-24T09:00:01Z"


def test_the_command_runs_in_both_ways(asta: Asta, asta_inproc: AstaInProcess) -> None:
    assert asta("--version", code=0) == asta_inproc("--version", code=0)
    assert asta("--version").lines == [f"asta {__version__}"]


def test_the_wrong_exit_status_fails(asta: Asta) -> None:
    with pytest.raises(AssertionError, match="exit 3 was expected"):
        asta("--version", code=3)


ASKING = """\
import getpass, os, sys
print(os.get_terminal_size().columns, sys.stderr.isatty())
print(input("Name: ").upper(), getpass.getpass("Kennwort: ")[::-1])
sys.exit(5)
"""


@pytest.fixture
def asking(home: Path, monkeypatch: pytest.MonkeyPatch) -> Asta:
    """A program that asks, in the place of the command."""
    program = home / "asking"
    program.write_text(f"#!{sys.executable}\n{ASKING}")
    program.chmod(0o700)
    monkeypatch.setattr(cli, "COMMAND", program)
    return Asta(home)


def test_a_terminal_answers_prompts(asking: Asta) -> None:
    answers = [("Name:", "jürgen"), ("Kennwort:", "geheim")]
    result = asking.terminal(answers=answers, size=(24, 66), code=5)
    assert result.out.splitlines() == ["66 True", "Name: jürgen", "Kennwort: ", "JÜRGEN mieheg"]


def test_a_prompt_that_never_comes_fails(asking: Asta) -> None:
    with pytest.raises(AssertionError, match="never asked"):
        asking.terminal(answers=[("Name:", "x"), ("Kennwort:", "y"), ("Telefon:", "z")])


@pytest.mark.parametrize(("encoding", "language"), [("utf-8", "en"), ("utf-8-sig", "de"), ("cp1252", "de")])
def test_registers_hold_what_they_say(register: Callable[..., Register], encoding: str, language: Language) -> None:
    made = register(companies=3, sites=2, trainees=2, encoding=encoding, language=language)
    assert [len(made.companies), len(made.trainers), len(made.trainees)] == [9, 9, 18]
    for kind in ("companies", "trainers", "trainees"):
        with made.path(kind).open(encoding=encoding, newline="") as file:
            read = list(csv.reader(file, delimiter=";"))
        rows = getattr(made, kind)
        assert (len(read), len(set(read[0]))) == (len(rows) + 1, len(rows[0]))
        assert (read[0] == list(rows[0])) is (language == "en")
        assert [row[0] for row in read[1:]] == [next(iter(row.values())) for row in rows]
    again = register("again", companies=3, sites=2, trainees=2, encoding=encoding, language=language)
    assert again.path("trainees").read_bytes() == made.path("trainees").read_bytes()
