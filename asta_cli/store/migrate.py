"""Which schema the database has, and the way from there to the one this version of asta knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError, ProgrammingError

from asta_cli.core.errors import N_, AstaError, Status
from asta_cli.store.errors import DatabaseConfig
from asta_cli.store.migrations import HEAD, REVISIONS

if TYPE_CHECKING:
    from asta_cli.store.db import Store, Tx

# "asta" in ASCII: the first half of every advisory lock of ours in a database that others may share.
LOCK_CLASS = 0x61737461
_MIGRATION_LOCK = 0
_OURS = frozenset({"audit_head", "chamber", "meta"})


class SchemaState(StrEnum):
    """How the schema in the database stands to this version of asta."""

    EMPTY = "empty"
    CURRENT = "current"
    OLD = "old"
    NEWER = "newer"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Schema:
    """``current``: the revision in the database, "" if it has none. ``head``: the one this version of asta needs."""

    current: str
    head: str
    state: SchemaState


class SchemaEmpty(DatabaseConfig):
    """A server's database is never filled without being told to."""

    code = "database_empty"
    message = N_("the database is empty")
    hint = N_("run: asta db init")


class SchemaOld(DatabaseConfig):
    """An older asta made it."""

    code = "database_outdated"
    message = N_("the database has schema {current}, this version of asta needs {head}")
    hint = N_("run: asta db upgrade")


class SchemaNewer(DatabaseConfig):
    """A newer asta made it."""

    code = "database_newer"
    message = N_("the database has schema {current}, which this version of asta does not know (it knows up to {head})")
    hint = N_("upgrade asta on this machine")


class SchemaForeign(DatabaseConfig):
    """Somebody else's tables."""

    code = "database_foreign"
    message = N_("the database holds the tables of another program")
    hint = N_("give asta a database of its own")


class AlreadyFilled(AstaError):
    """``db init`` on a database that asta has made before."""

    code = "database_filled"
    status = Status.REFUSED
    message = N_("the database has been set up already (schema {current})")
    hint = N_("nothing is to be done, or run: asta db upgrade")


_TROUBLE: dict[SchemaState, type[AstaError]] = {
    SchemaState.EMPTY: SchemaEmpty,
    SchemaState.OLD: SchemaOld,
    SchemaState.NEWER: SchemaNewer,
    SchemaState.FOREIGN: SchemaForeign,
}


def state(store: Store) -> Schema:
    """The schema of *store*'s database: one SELECT where all is well."""
    try:
        with store.transaction(write=False) as tx:
            return _judge(tx, _stamps(tx))
    except _NoStamp:
        with store.transaction(write=False) as tx:
            # Somebody may have filled it since: only within one transaction do the two answers belong together.
            return _judge(tx, _stamps(tx) if "alembic_version" in _tables(tx) else [])


def ensure(store: Store) -> None:
    """Refuse a database whose schema does not fit. A SQLite file is made to fit, unless it is newer or another's."""
    schema = state(store)
    if schema.state is SchemaState.CURRENT:
        return
    if store.path is not None and schema.state in (SchemaState.EMPTY, SchemaState.OLD):
        upgrade(store)
        return
    raise _TROUBLE[schema.state](current=schema.current, head=schema.head)


def init(store: Store) -> Schema:
    """Fill an empty database. Raises AlreadyFilled, SchemaForeign."""
    before = state(store)
    if before.state is SchemaState.FOREIGN:
        raise SchemaForeign()
    if before.state is not SchemaState.EMPTY:
        raise AlreadyFilled(current=before.current)
    return upgrade(store)


def upgrade(store: Store) -> Schema:
    """Bring the schema to head in one transaction, and answer what it was before.

    Of two at once, the second waits and finds it done.
    """
    before = state(store)
    if before.state in (SchemaState.NEWER, SchemaState.FOREIGN):
        raise _TROUBLE[before.state](current=before.current, head=before.head)
    if before.state is not SchemaState.CURRENT:
        with store.transaction(write=True) as tx:
            if tx.dialect == "postgresql":
                tx.driver("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK_CLASS, _MIGRATION_LOCK))
            run(tx, "head")
    return before


def run(tx: Tx, target: str) -> None:
    """Walk Alembic to *target* ("head", "base" or a revision) inside *tx*, from wherever the database is."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))

    def steps(current: object, _context: object) -> object:
        go = script._downgrade_revs if target == "base" else script._upgrade_revs
        return go(target, current)  # type: ignore[arg-type]

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=tx.conn)
        environment.run_migrations()


class _NoStamp(Exception):
    """There is no table alembic_version."""


def _stamps(tx: Tx) -> list[str]:
    try:
        return [str(row[0]) for row in tx.driver("SELECT version_num FROM alembic_version")]
    except (OperationalError, ProgrammingError) as error:
        if _missing_table(error):
            raise _NoStamp from None
        raise


def _missing_table(error: OperationalError | ProgrammingError) -> bool:
    code = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    return code in ("SQLITE_ERROR", "42P01")


def _judge(tx: Tx, stamps: list[str]) -> Schema:
    current = ", ".join(sorted(stamps))
    return Schema(current, HEAD, SchemaState.CURRENT if stamps == [HEAD] else _judge_other(tx, stamps))


def _judge_other(tx: Tx, stamps: list[str]) -> SchemaState:
    if len(stamps) == 1 and stamps[0] in REVISIONS:
        return SchemaState.OLD
    tables = _tables(tx)
    if not tables - {"alembic_version"} and not stamps:
        return SchemaState.EMPTY
    return SchemaState.NEWER if stamps and tables >= _OURS else SchemaState.FOREIGN


def _tables(tx: Tx) -> set[str]:
    if tx.dialect == "sqlite":
        sql = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    else:
        sql = (
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm')"
        )
    return {row[0] for row in tx.driver(sql)}
