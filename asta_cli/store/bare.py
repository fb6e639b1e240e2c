"""Filling a table that is empty: its secondary indexes, and a server's foreign keys, are made anew at the end.

To bring each of a million new rows into every index, and to look up for each what it refers to, takes longer than all
else that is done with it; at once for all of them it is a fraction. It is still the database that holds every row
against every rule, within the one transaction: if one does not hold, nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asta_cli.core.history import REGISTER
from asta_cli.core.model import Kind
from asta_cli.store.db import Tx

_WORTH = 5_000
"""New records at once from which on it is worth it."""
_SQLITE = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql LIKE 'CREATE INDEX %'"
_CHECKED = "SET CONSTRAINTS ALL IMMEDIATE"
# Only what is ours to change: others may have made the tables for us.
_INDEXES = (
    "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE i.indrelid = to_regclass(%s) AND NOT i.indisunique AND pg_has_role(c.relowner, 'USAGE')"
)
_KEYS = (
    "SELECT k.conname, pg_get_constraintdef(k.oid), k.confrelid::regclass::text"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
    " WHERE k.conrelid = to_regclass(%s) AND k.contype = 'f' AND pg_has_role(c.relowner, 'USAGE')"
)


def before(tx: Tx, kind: Kind, count: int) -> None:
    """Take off what would slow down *count* new records of *kind*, if there are none yet; put on again at the end."""
    if count < _WORTH or kind not in REGISTER or kind in tx.bare:
        return
    tx.bare.add(kind)
    if tx.driver(f"SELECT 1 FROM {kind} LIMIT 1").first() is None:  # noqa: S608 - names are ours
        (_take_off if tx.dialect == "sqlite" else _take_off_alone)(tx, kind)


def _take_off(tx: Tx, kind: Kind) -> None:
    _drop_indexes(tx, tx.driver(_SQLITE, (kind.value,)).all())


def _take_off_alone(tx: Tx, kind: Kind) -> None:
    """The same on a server: only where nobody else is at the tables just now, and nobody is kept waiting for it."""
    from psycopg.errors import InsufficientPrivilege, LockNotAvailable

    keys = tx.driver(_KEYS, (kind.value,)).all()
    tables = ", ".join(sorted({kind.value, *(table for _, _, table in keys)}))
    driver: Any = tx.conn.connection.driver_connection
    try:
        with driver.transaction():
            driver.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE NOWAIT")
    except (LockNotAvailable, InsufficientPrivilege):
        return
    # A site may wait for its head office until the commit, and no table is changed while a check of its rows waits.
    tx.driver(_CHECKED)
    tx.driver("SET CONSTRAINTS ALL DEFERRED")
    tx.at_end.append(_CHECKED)
    for name, definition, _ in keys:
        tx.driver(f"ALTER TABLE {kind} DROP CONSTRAINT {name}")
        tx.at_end.append(f"ALTER TABLE {kind} ADD CONSTRAINT {name} {definition}")
    _drop_indexes(tx, tx.driver(_INDEXES, (kind.value,)).all())


def _drop_indexes(tx: Tx, indexes: Iterable[Any]) -> None:
    for name, definition in indexes:
        tx.driver(f"DROP INDEX {name}")
        tx.at_end.append(definition)
