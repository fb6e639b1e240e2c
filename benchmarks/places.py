r"""The two databases: asta's own in them, and T and C, the plain loaders that an import is measured by.

T is ``sqlite3 .import`` of the same files into typed tables with their unique indexes, C is ``psql \copy`` into keyed
tables. Neither looks at a value, knows of a reference, or says what changed.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg import sql

from benchmarks.contestants import Bench
from benchmarks.data import fresh
from benchmarks.register import DELIMITER, Night
from benchmarks.timing import Contestant, WrongAnswer, rehearse
from tests.support.postgres import PostgresServer

COLUMNS = {
    "companies": "ident_number text, name text, parent text, email text, street text, postal_code text, city text,"
    " establishment_number text",
    "trainers": "trainer_number text, company text, first_name text, last_name text, email text, aptitude text,"
    " occupations text, valid_from {day}, valid_until {day}",
    "trainees": "trainee_number text, company text, first_name text, last_name text, email text, occupation text,"
    " specialisation text, contract_start {day}, contract_end {day}, terminated_on {day}, trainer_number text,"
    " exam_period text, account_status text",
}
UNIQUE = {"companies": "ident_number", "trainers": "trainer_number, company", "trainees": "trainee_number"}
PLAIN = "plain"
# A server as it is by default: what is committed is on the disk. Only its socket is ours alone.
SERVER_OPTIONS = "-h '' -k {socket} -c timezone=America/New_York"


class Place(ABC):
    """A kind of database, and named databases in it."""

    title: ClassVar[str]
    unit: ClassVar[str]
    short: ClassVar[str]

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.key = bench.work / "secret.key"
        if not self.key.exists():
            self.key.touch(0o600)
            self.key.write_bytes(bytes(range(100, 140)))

    @abstractmethod
    def url(self, name: str) -> str:
        """The address of the database *name*."""

    @abstractmethod
    def make(self, name: str) -> None:
        """Make the database *name*, empty."""

    @abstractmethod
    def settle(self, name: str) -> None:
        """Bring *name* into the state that it would have after a while."""

    @abstractmethod
    def fresh(self, source: str, target: str) -> None:
        """Make *target* a copy of *source*, on the disk."""

    @abstractmethod
    def count(self, name: str, query: str) -> int:
        """The number that *query* answers."""

    @abstractmethod
    def plain(self, night: Night, kinds: Sequence[str]) -> Contestant:
        """The plain loader with the files of *kinds*."""

    def asta(self, name: str, *words: str, db: str, expect: str = "") -> Contestant:
        """Asta with *words* on the database *db*, called *name*."""
        made = self.bench.run(name, *words, expect=expect)
        env = {"ASTA_DATABASE_URL": self.url(db), "ASTA_SECRET_KEY_FILE": str(self.key)}
        return replace(made, env={**made.env, **env})

    def run(self, *words: str, db: str) -> None:
        """Run asta once. Raises WrongAnswer."""
        rehearse(self.asta("preparing asta", *words, db=db))

    def _filled(self, name: str, night: Night, kinds: Sequence[str]) -> None:
        for kind in kinds:
            if self.count(name, f"SELECT count(*) FROM {kind}") != night.rows[kind]:
                raise WrongAnswer(f"{self.unit}: {kind} are not all there")

    def _tables(self, kinds: Sequence[str], day: str) -> list[str]:
        return [f"CREATE TABLE {kind} ({COLUMNS[kind].format(day=day)}, UNIQUE ({UNIQUE[kind]}))" for kind in kinds]


class Sqlite(Place):
    """Files in the directory of the benchmark."""

    title, unit, short = "SQLite", "sqlite3 .import", "T"

    def path(self, name: str) -> Path:
        """The file of the database *name*."""
        return self.bench.work / f"{name}.db"

    def url(self, name: str) -> str:
        return f"sqlite:///{self.path(name)}"

    def make(self, name: str) -> None:
        for stale in (self.path(name), self.path(name).with_name(f"{name}.db-journal")):
            stale.unlink(missing_ok=True)

    def settle(self, name: str) -> None:
        """Nothing: a file stays as it was written."""

    def fresh(self, source: str, target: str) -> None:
        fresh(self.path(source), self.path(target))

    def count(self, name: str, query: str) -> int:
        connection = sqlite3.connect(self.path(name))
        try:
            return int(connection.execute(query).fetchone()[0])
        finally:
            connection.close()

    def plain(self, night: Night, kinds: Sequence[str]) -> Contestant:
        program = shutil.which("sqlite3")
        if program is None:
            raise WrongAnswer("sqlite3, which imports are measured by, is not installed")
        loads = [f'.import --skip 1 "{night.file(kind)}" {kind}' for kind in kinds]
        argv = (program, str(self.path(PLAIN)), ".mode csv", f".separator {DELIMITER}", *loads)
        prepare, check = partial(self._empty, kinds), partial(self._filled, PLAIN, night, kinds)
        return Contestant(self.unit, argv, self.bench.env, "", prepare, check)

    def _empty(self, kinds: Sequence[str]) -> None:
        self.make(PLAIN)
        connection = sqlite3.connect(self.path(PLAIN))
        try:
            for statement in self._tables(kinds, "text"):
                connection.execute(statement)
        finally:
            connection.close()


class Postgres(Place):
    """Databases of a server of our own."""

    title, unit, short = "PostgreSQL", "psql \\copy", "C"

    def __init__(self, bench: Bench, server: PostgresServer) -> None:
        super().__init__(bench)
        self.server = server

    def url(self, name: str) -> str:
        return self.server.url(name)

    def make(self, name: str) -> None:
        self._copy("template0", name)

    def settle(self, name: str) -> None:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def fresh(self, source: str, target: str) -> None:
        self._copy(source, target)

    def count(self, name: str, query: str) -> int:
        with psycopg.connect(self.url(name)) as connection:
            found = connection.execute(query.encode()).fetchone()
            assert found is not None
            return int(found[0])

    def plain(self, night: Night, kinds: Sequence[str]) -> Contestant:
        form = f"FORMAT csv, DELIMITER '{DELIMITER}', HEADER, ENCODING 'WIN1252'"
        loads = [f"--command=\\copy {kind} FROM '{night.file(kind)}' WITH ({form})" for kind in kinds]
        argv = (str(self.server.binaries() / "psql"), "--no-psqlrc", self.url(PLAIN), *loads)
        env = {**self.bench.env, "PGDATESTYLE": "German", "PGOPTIONS": "-c datestyle=German"}
        prepare, check = partial(self._empty, kinds), partial(self._filled, PLAIN, night, kinds)
        return Contestant(self.unit, argv, env, "", prepare, check)

    def _empty(self, kinds: Sequence[str]) -> None:
        self.make(PLAIN)
        with psycopg.connect(self.url(PLAIN), autocommit=True) as connection:
            for statement in self._tables(kinds, "date"):
                connection.execute(statement.encode())

    def _copy(self, source: str, target: str) -> None:
        names = (sql.Identifier(target), sql.Identifier(source))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0]))
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names)
            connection.execute(made)
            connection.execute("CHECKPOINT")


@contextmanager
def postgres(bench: Bench) -> Iterator[Postgres]:
    """PostgreSQL for the time of the block."""
    root = Path(tempfile.mkdtemp(prefix="asta-bench-pg-"))
    server = PostgresServer(root, SERVER_OPTIONS)
    try:
        server.start(lambda url: None)
        yield Postgres(bench, server)
    finally:
        server.stop()
        shutil.rmtree(root)
