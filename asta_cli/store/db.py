"""The store: one connection, and transactions that begin, end and fail in one way on both databases."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.pool import QueuePool

from asta_cli.core.errors import AstaError, Bug
from asta_cli.store import postgres, sqlite
from asta_cli.store.errors import BadDatabaseUrl, CommitUnknown, DatabaseIO, DatabaseUnreachable, Repeatable
from asta_cli.store.translate import is_database_error, translate

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")
Params = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
DriverParams = Sequence[Any] | Mapping[str, Any] | None

_BEGIN = "asta_begin"
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 1.0


class Tx:
    """An open transaction. ``conn`` is SQLAlchemy's connection, ``dialect`` "sqlite" or "postgresql".

    ``at_end`` are statements that belong right before the commit, ``bare`` the tables that ``store.bare`` has
    looked at.
    """

    def __init__(self, conn: Connection, *, write: bool) -> None:
        self.conn = conn
        self.dialect: str = conn.dialect.name
        self.write = write
        self.commit_wanted = write
        self.placeholder = "?" if self.dialect == "sqlite" else "%s"
        self._paused = False
        self.at_end: list[str] = []
        self.bare: set[str] = set()

    def execute(self, stmt: Executable, params: Params = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a Core statement; a list of *params* runs it for each."""
        self._resume()
        return self.conn.execute(stmt, params)

    def stream(self, stmt: Executable, params: Params = None, *, batch: int = 2000) -> CursorResult[*tuple[Any, ...]]:
        """Run a query whose rows are fetched *batch* by batch, so that memory does not grow with them."""
        self._resume()
        return self.conn.execute(stmt, params, execution_options={"yield_per": batch})

    def rows(self, stmt: Executable, params: Params = None, *, batch: int = 500) -> Iterator[Sequence[Any]]:
        """The rows of a query, fetched *batch* by batch, for who reads them all: on SQLite as the driver has them.

        There a truth value is a number. A row of SQLAlchemy's takes a quarter of the time of fetching it.
        """
        if self.dialect != "sqlite":
            return iter(self.stream(stmt, params))
        self._resume()
        cursor: Any = self.conn.execute(stmt, params).cursor
        return chain.from_iterable(iter(lambda: cursor.fetchmany(batch), []))

    def driver(self, sql: str, params: DriverParams = None) -> CursorResult[*tuple[Any, ...]]:
        """Run *sql* as the driver reads it (``placeholder`` marks values); a list of tuples runs it for each."""
        self._resume()
        return self.conn.exec_driver_sql(sql, params)

    def bulk(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any], *, batch: int = 10_000
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Plain rows of the driver, *batch* by batch: for millions, of which SQLAlchemy would make objects."""
        driver = self.raw
        named = {} if self.dialect == "sqlite" else {"name": "asta_bulk", "binary": True}
        cursor = driver.cursor(**named)
        try:
            cursor.execute(sql, params)
            while rows := cursor.fetchmany(batch):
                yield rows
        finally:
            cursor.close()

    def insert(self, table: str, values: Mapping[str, Any]) -> None:
        """Write one row. Building a statement of SQLAlchemy for it would take ten times as long as running it."""
        marks = ", ".join([self.placeholder] * len(values))
        self.driver(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))  # noqa: S608

    def update(self, table: str, key: tuple[str, Any], values: Mapping[str, Any]) -> None:
        """Change the rows whose column *key*[0] is *key*[1]."""
        setting = ", ".join(f"{name} = {self.placeholder}" for name in values)
        sql = f"UPDATE {table} SET {setting} WHERE {key[0]} = {self.placeholder}"  # noqa: S608 - names are ours
        self.driver(sql, (*values.values(), key[1]))

    def pause(self) -> None:
        """Let others commit on SQLite, who wait for every reader. The next question is about the moment it is asked.

        A plan made from several moments is no worse: it is written only where all still is as it was planned from.
        """
        if self.dialect == "sqlite" and not self.write and not self._paused:
            self._driver.execute("COMMIT")
            self._paused = True

    def _resume(self) -> None:
        if self._paused:
            self._driver.begin("BEGIN")
            self._paused = False

    @property
    def raw(self) -> Any:
        """The driver's own connection, about to be asked something."""
        self._resume()
        return self._driver

    @property
    def _driver(self) -> Any:
        return self.conn.connection.driver_connection

    def rollback_only(self) -> None:
        """Whatever is written in this transaction is undone at its end."""
        self.commit_wanted = False


class Store:
    """A database by its address. Nothing is opened before the first transaction.

    *journal* (SQLite): ``delete`` or ``wal``. *lock_timeout*: seconds to wait for other commands. *clock*: now, as
    RFC 3339 UTC. The schema is looked at once, before the first transaction: ``migrate.ensure``.
    """

    def __init__(
        self, url: str, *, journal: str = "delete", lock_timeout: float = 30.0, clock: Callable[[], str]
    ) -> None:
        self.url = url
        self.journal = journal
        self.lock_timeout = lock_timeout
        self.clock = clock
        self.dialect = _dialect(url)
        self.path: Path | None = sqlite.path_of(url) if self.dialect == "sqlite" else None
        self._schema_seen = False
        self._local = threading.local()

    def __repr__(self) -> str:
        return f"<Store {self.dialect}>"

    def read(self) -> AbstractContextManager[Tx]:
        """A transaction that sees one moment of the database and writes nothing."""
        self._see_schema()
        return self.transaction(write=False)

    def write(self) -> AbstractContextManager[Tx]:
        """A transaction that commits when its block ends normally, unless ``rollback_only`` was called."""
        self._see_schema()
        return self.transaction(write=True)

    def retrying(self, work: Callable[[], T]) -> T:
        """*work*'s result. It is a whole transaction and is run again when it lost against another one."""
        attempt = 0
        while True:
            try:
                return work()
            except AstaError as error:
                if not isinstance(error, Repeatable) or attempt >= error.repeats:
                    raise
            pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
            time.sleep(pause * random.random())  # noqa: S311 - two that met must not meet again, no secret is made
            attempt += 1

    def close(self) -> None:
        """Close the connection; a later transaction would open another."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Tx]:
        """As ``read`` and ``write``, whatever state the schema is in: for migrations."""
        if getattr(self._local, "busy", False):
            raise Bug(kind="transaction within a transaction")
        self._local.busy = True
        try:
            with self.mapped(), self._connection(write) as conn:
                tx = Tx(conn, write=write)
                yield tx
                self._end(tx)
        finally:
            self._local.busy = False

    @cached_property
    def engine(self) -> Engine:
        """SQLAlchemy's engine. It never shows parameters, and it holds one connection."""
        if self.path is not None:
            sqlite.check_journal(self.journal)
        logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())  # it would print what errors quote
        engine = create_engine(
            "sqlite://" if self.path is not None else "postgresql+psycopg://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=4,
            pool_pre_ping=self.path is None,
            hide_parameters=True,
            **({} if self.path is not None else {"use_native_hstore": False}),
        )
        event.listen(engine, "begin", _begin)
        return engine

    def _connect(self) -> sqlite.Patient | psycopg.Connection[Any]:
        if self.path is None:
            return postgres.connect(self.url)
        sqlite.prepare(self.path)
        return sqlite.connect(self.path, journal=self.journal, patience=self.lock_timeout)

    def _see_schema(self) -> None:
        if not self._schema_seen:
            from asta_cli.store import migrate

            migrate.ensure(self)
            self._schema_seen = True

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """The one place where a driver's error becomes ours. The traceback stays, the message does not."""
        try:
            yield
        except Exception as error:
            if not is_database_error(error):
                raise
            raise translate(error, str(self.path or "")).with_traceback(error.__traceback__) from None

    @contextmanager
    def _connection(self, write: bool) -> Iterator[Connection]:
        if self.path is not None:
            statement = "BEGIN IMMEDIATE" if write else "BEGIN"
        else:
            statement = postgres.begin(write=write, lock_timeout=self.lock_timeout)
        with self.engine.connect().execution_options(**{_BEGIN: statement}) as conn:
            conn.begin()
            try:
                yield conn  # leaving it rolls back what was not committed
            except Exception:
                raise
            except BaseException:
                # A signal may strike amid a message to the server, after which it understands no other, ROLLBACK
                # included. Hanging up is understood.
                if self.path is None:
                    conn.invalidate()
                raise

    def _end(self, tx: Tx) -> None:
        if not tx.commit_wanted:
            tx.conn.rollback()
            return
        for statement in tx.at_end:
            tx.driver(statement)
        driver: Any = tx.conn.connection.driver_connection
        if self.path is None:
            postgres.refuse_broken(driver)
        elif not driver.in_transaction:
            raise Bug(kind="commit after an error")
        try:
            tx.conn.commit()
        except Exception as error:
            if is_database_error(error) and isinstance(reason := translate(error), (DatabaseUnreachable, DatabaseIO)):
                raise CommitUnknown(reason) from None
            raise


def _dialect(url: str) -> str:
    if url.startswith("sqlite:"):
        return "sqlite"
    if url.startswith(postgres.SCHEMES):
        return "postgresql"
    raise BadDatabaseUrl()


def _begin(conn: Connection) -> None:
    """Emit our own BEGIN: the drivers' implicit one comes late, is deferred, and loses to savepoints."""
    statement = conn.get_execution_options()[_BEGIN]
    driver: Any = conn.connection.driver_connection
    if isinstance(driver, sqlite.Patient):
        driver.begin(statement)
    else:
        driver.execute(statement)
