"""Stores on real databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from asta_cli.store import migrate
from asta_cli.store.db import Store
from asta_cli.store.keys import open_keys
from tests.conftest import _SERVER as SERVER
from tests.support.postgres import PostgresServer

NOW = "2026-11-23T21:00:00Z"


class OpenStore(Protocol):
    def __call__(self, url: str, *, journal: str = "delete", lock_timeout: float = 5.0) -> Store: ...


def fill(url: str, key_file: Path | None = None) -> None:
    """Make the tables at *url* and, where there is one, bind them to the key."""
    store = Store(url, clock=lambda: NOW)
    migrate.init(store)
    if key_file:
        open_keys(store, key_file)
    store.close()


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, key_file: Path) -> PostgresServer:
    """The session's server, prepared by the store itself, so that the commands need not work here."""
    server = PostgresServer(request.config.stash[SERVER])
    server.start(lambda url: fill(url, key_file))
    return server


@pytest.fixture(scope="session")
def fresh_name(postgres: PostgresServer) -> Iterator[str]:
    """The name of a database with tables and nothing in them, not even the mark of a key."""
    url = postgres.create("template0")
    fill(url)
    yield url.partition("@/")[2].partition("?")[0]
    postgres.drop(url)


@pytest.fixture
def pg_url(postgres: PostgresServer, fresh_name: str) -> Iterator[str]:
    url = postgres.create(fresh_name)
    yield url
    postgres.drop(url)


@pytest.fixture
def open_store() -> Iterator[OpenStore]:
    """Open any number of stores; all are closed afterwards."""
    opened = []

    def open_one(url: str, *, journal: str = "delete", lock_timeout: float = 5.0) -> Store:
        opened.append(Store(url, journal=journal, lock_timeout=lock_timeout, clock=lambda: NOW))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(database_url: str, open_store: OpenStore) -> Store:
    """A store on each of the two databases in turn."""
    return open_store(database_url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'asta.db'}"


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a process of its own: ``start(PROGRAM, *arguments)``. It has ``sys``, ``tables`` and ``store(url)``."""
    running: list[subprocess.Popen[str]] = []

    def start_one(program: str, *arguments: str) -> subprocess.Popen[str]:
        head = (
            "import sys\nfrom asta_cli.store.db import Store\nfrom asta_cli.store import tables\n"
            f"NOW = {NOW!r}\ndef store(url, **more): return Store(url, clock=lambda: NOW, **more)\n"
        )
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", head + program, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return running[-1]

    yield start_one
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()
