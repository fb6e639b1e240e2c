"""What the database says about itself: where it is, and whether it is sound. Neither shows a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asta_cli.store import migrate

if TYPE_CHECKING:
    from asta_cli.store.db import Store, Tx


def info(store: Store) -> dict[str, str | int]:
    """Kind, version, place, size in bytes and schema of the database, whatever state the schema is in."""
    schema = migrate.state(store)
    with store.transaction(write=False) as tx:
        facts = _sqlite_facts(store, tx) if tx.dialect == "sqlite" else _server_facts(tx)
    return {"kind": store.dialect, **facts, "schema": schema.current, "needed": schema.head, "state": str(schema.state)}


def check(store: Store) -> list[str]:
    """What is wrong with the database, each as ``KIND: place``; nothing where all is well.

    ``damaged``: its own consistency check (SQLite; a server checks pages as it reads them). ``dangling``: a row that
    refers to none. ``schema``: a table, column, index or rule that differs from what this version of asta makes.
    """
    found: list[str] = []
    with store.read() as tx:
        if tx.dialect == "sqlite":
            found += [f"damaged: {row[0]}" for row in tx.driver("PRAGMA integrity_check(20)") if row[0] != "ok"]
            found += [f"dangling: {row[0]} -> {row[2]}" for row in tx.driver("PRAGMA foreign_key_check")]
        found += [f"schema: {text}" for text in _differences(tx)]
    return found


def _sqlite_facts(store: Store, tx: Tx) -> dict[str, str | int]:
    pages, size = tx.driver("PRAGMA page_count").scalar_one(), tx.driver("PRAGMA page_size").scalar_one()
    version = tx.driver("SELECT sqlite_version()").scalar_one()
    journal = tx.driver("PRAGMA journal_mode").scalar_one()
    return {"version": version, "place": str(store.path), "bytes": pages * size, "journal": journal}


def _server_facts(tx: Tx) -> dict[str, str | int]:
    driver: Any = tx.conn.connection.driver_connection
    facts = driver.info
    size = tx.driver("SELECT pg_database_size(current_database())").scalar_one()
    version = tx.driver("SHOW server_version").scalar_one()
    return {"version": version, "place": f"{facts.host}:{facts.port}/{facts.dbname}", "user": facts.user, "bytes": size}


def _differences(tx: Tx) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from asta_cli.store import schema

    found: list[str] = []
    for step in compare_metadata(MigrationContext.configure(tx.conn), schema.metadata):
        # One step is a tuple; the changes to one column come as a list of them.
        for one in step if isinstance(step, list) else [step]:
            found.append(" ".join(_name(part) for part in one if _name(part)))
    return found


def _name(part: Any) -> str:
    """How a part of Alembic's answer is called; its values (types, defaults) stay unsaid."""
    if isinstance(part, str):
        return part
    name = getattr(part, "name", None)
    table = getattr(getattr(part, "table", None), "name", None)
    return f"{table}.{name}" if table and name else str(name or "")
