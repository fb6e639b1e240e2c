"""Deliberately broken variants: what a harness has to find, or else it proves nothing when it finds nothing."""

from __future__ import annotations

import sqlite3
import time
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asta_cli.core.plan import Plan
    from asta_cli.store.db import Tx

_GAP = 0.03  # seconds; whoever waits for SQLite's lock looks for it every few milliseconds


def commit_per_chunk() -> None:
    """Commit whatever was applied at once, as a program would that keeps its transactions short."""
    from asta_cli.store import apply

    original = apply.apply

    def applied(tx: Tx, *args: Any, **more: Any) -> Any:
        answer = original(tx, *args, **more)
        _begin_anew(tx)
        return answer

    apply.apply = applied


def _begin_anew(tx: Tx, pause: float = 0.0) -> None:
    driver: Any = tx.conn.connection.driver_connection
    driver.execute("COMMIT")
    time.sleep(pause)
    driver.execute("BEGIN IMMEDIATE" if tx.dialect == "sqlite" else "BEGIN")


def synchronous_normal() -> None:
    """SQLite's own default: the directory is not synced when the journal goes."""
    _configured("PRAGMA synchronous=NORMAL")


def small_cache() -> None:
    """Not broken: so small a cache that a small import spills into the file before its commit, as a big one does."""
    _configured("PRAGMA cache_size=10")


def full_at(pages: int) -> None:
    """Not broken: the database may not grow beyond so many pages."""
    _configured(f"PRAGMA max_page_count={pages}")


def without_lock() -> None:
    """What is checked may be another by the time it is written, a moment later.

    On PostgreSQL nothing is locked; on SQLite the lock is given back in between.
    """
    from asta_cli.store import apply, load

    original = apply.apply

    def applied(tx: Tx, plan: Plan, history: apply.History) -> None:
        if plan.changes:
            if tx.dialect == "sqlite":
                _begin_anew(tx, pause=_GAP)
            else:
                time.sleep(_GAP)
        original(tx, plan, history)

    apply.apply = applied
    load.lock = lambda tx, needs: None


def unconditional() -> None:
    """The same, and updates are written whatever the record holds by now."""
    from asta_cli.store import apply

    change = apply._change
    without_lock()
    apply._change = lambda tx, kind, changes: change(tx, kind, [replace(c, before={}) for c in changes])


def _configured(*pragmas: str) -> None:
    from asta_cli.store import sqlite

    original = sqlite._configure

    def configure(connection: sqlite3.Connection, journal: str) -> None:
        original(connection, journal)
        for pragma in pragmas:
            connection.execute(pragma).fetchall()

    sqlite._configure = configure


def all_at_once() -> None:
    """The same, and nobody is the only import into a chamber."""
    from asta_cli.store import locks

    unconditional()
    setattr(locks, "chamber_lock", lambda *args, **more: nullcontext(lambda: None))  # noqa: B010 - of another type
