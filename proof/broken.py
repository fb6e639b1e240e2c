"""Deliberately broken variants: what a harness has to find, or else it proves nothing when it finds nothing."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asta_cli.store.db import Tx


def commit_per_chunk() -> None:
    """Commit whatever was applied at once, as a program would that keeps its transactions short."""
    from asta_cli.store import apply

    original = apply.apply

    def applied(tx: Tx, *args: Any, **more: Any) -> Any:
        answer = original(tx, *args, **more)
        driver: Any = tx.conn.connection.driver_connection
        driver.execute("COMMIT")
        driver.execute("BEGIN IMMEDIATE" if tx.dialect == "sqlite" else "BEGIN")
        return answer

    apply.apply = applied


def synchronous_normal() -> None:
    """SQLite's own default: the directory is not synced when the journal goes."""
    _configured("PRAGMA synchronous=NORMAL")


def small_cache() -> None:
    """Not broken: so small a cache that a small import spills into the file before its commit, as a big one does."""
    _configured("PRAGMA cache_size=10")


def full_at(pages: int) -> None:
    """Not broken: the database may not grow beyond so many pages."""
    _configured(f"PRAGMA max_page_count={pages}")


def _configured(*pragmas: str) -> None:
    from asta_cli.store import sqlite

    original = sqlite._configure

    def configure(connection: sqlite3.Connection, journal: str) -> None:
        original(connection, journal)
        for pragma in pragmas:
            connection.execute(pragma).fetchall()

    sqlite._configure = configure
