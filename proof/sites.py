"""A database that can be put back to a known state before each try: one file, or one database of a server."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql

from asta_cli.store import migrate
from asta_cli.store.db import Store
from asta_cli.store.keys import open_keys
from proof.children import Ending, Hook, Order, run
from proof.content import Content, content, faults
from tests.support.cli import Asta
from tests.support.clock import Clock
from tests.support.postgres import PostgresServer

KEY = bytes(range(100, 140))
_GONE_AFTER = 30.0


class Site(ABC):
    """A home directory with a database, and the states of both that were kept under a name."""

    dialect = ""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.home.mkdir(mode=0o700)
        self.key_file = root / "secret.key"
        self.key_file.touch(0o600)
        self.key_file.write_bytes(KEY)
        self.clock = Clock()
        self.kept: dict[str, Path] = {}

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the database."""

    def order(self, *argv: str, as_: str | None = None, stdin: str = "", hook: Hook | None = None) -> Order:
        """The command line *argv* upon this database."""
        env = {"ASTA_DATABASE_URL": self.url, "ASTA_SECRET_KEY_FILE": str(self.key_file)}
        asta = Asta(self.home, env)
        return Order(asta.arguments(argv, as_)[1:], asta.environment(), self.home, stdin, hook, self.clock)

    def run(self, *argv: str, as_: str | None = None, stdin: str = "", codes: Sequence[int] = (0,)) -> Ending:
        """Run it undisturbed. Raises AssertionError where the exit status is none of *codes*."""
        done = run(self.order(*argv, as_=as_, stdin=stdin))
        assert done.code in codes, f"asta {' '.join(argv)}: exit {done.code}\n{done.out}{done.err}"
        return done

    def keep(self, name: str) -> None:
        """Keep home and database as they are now under *name*."""
        self.kept[name] = self.root / "kept" / name
        shutil.copytree(self.home, self.kept[name], symlinks=True)

    def reset(self, name: str) -> None:
        """Put home and database back to what was kept as *name*."""
        for entry in self.home.iterdir():  # the directory itself stays: it may be a mount
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.copytree(self.kept[name], self.home, symlinks=True, dirs_exist_ok=True)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, for looking into it."""
        store = Store(self.url, clock=self.clock.text)
        try:
            yield store
        finally:
            store.close()

    def look(self) -> tuple[Content, list[str]]:
        """What the database holds, and what is wrong with it."""
        self.settle()
        with self.store() as store:
            key = open_keys(store, self.key_file).subkey("audit")
            return content(store), faults(store, key)

    def settle(self) -> None:  # noqa: B027 - an embedded database needs no wait
        """Wait until the database has noticed that a command is dead."""

    def close(self) -> None:  # noqa: B027 - a directory is given back by its owner
        """Give everything back."""


class SqliteSite(Site):
    """A database in one file, in the home directory."""

    dialect = "sqlite"

    @property
    def database(self) -> Path:
        """The file."""
        return self.home / "data" / "asta.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"


class PostgresSite(Site):
    """A database of a server of its own. States are kept as databases, from which the next one is copied."""

    dialect = "postgresql"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._current: str | None = None

    @cached_property
    def server(self) -> PostgresServer:
        """The server, started when it is first needed. Its place is short, because it holds a socket."""
        server = PostgresServer(Path(tempfile.mkdtemp(prefix="asta-pg-")))
        server.start(_migrate)
        return server

    @property
    def url(self) -> str:
        if self._current is None:
            self._current = self.server.create()
        return self._current

    def keep(self, name: str) -> None:
        super().keep(name)
        self._execute("CREATE DATABASE {} TEMPLATE {}", f"kept_{name}", _name(self.url))

    def reset(self, name: str) -> None:
        super().reset(name)
        old, self._current = self._current, self.server.create(f"kept_{name}")
        if old is not None:
            self.server.drop(old)

    def settle(self) -> None:
        """A server works on for a moment after its client is gone, on a commit for instance."""
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        end = time.monotonic() + _GONE_AFTER
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            while connection.execute(sessions, (_name(self.url),)).fetchone() != (0,):
                if time.monotonic() > end:
                    raise TimeoutError("the server still works for a command that is dead")
                time.sleep(0.005)

    def restart(self) -> None:
        """Have the server drop everything at once, as ``pg_ctl stop --mode=immediate`` does, and start it again."""
        data = self.server.data
        os.kill(int((data / "postmaster.pid").read_text(encoding="ascii").split()[0]), signal.SIGQUIT)
        while self.server.running:
            time.sleep(0.01)
        self.server._run("pg_ctl", "restart", "--wait", f"--pgdata={data}", f"--log={self.server.root}/log")

    def close(self) -> None:
        self.server.stop()
        shutil.rmtree(self.server.root)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _name(url: str) -> str:
    return url.removeprefix("postgresql://postgres@/").partition("?")[0]


def _migrate(url: str) -> None:
    store = Store(url, clock=Clock().text)
    migrate.upgrade(store)
    store.close()
