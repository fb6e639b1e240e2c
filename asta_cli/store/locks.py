"""Locks that outlast a transaction, or order several of them. A process that dies gives all of them back."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select

from asta_cli.core.errors import N_, TryLater
from asta_cli.store import postgres, sqlite, tables
from asta_cli.store.errors import DatabaseBusy
from asta_cli.store.keysets import among
from asta_cli.store.migrate import LOCK_CLASS
from asta_cli.store.translate import translate

if TYPE_CHECKING:
    import psycopg

    from asta_cli.store.db import Store, Tx

Verify = Callable[[], None]
_PAUSE = 0.1
_CHUNK = 10_000
_LONGEST_HOLDER = 200
# PostgreSQL cuts an application's name after 63 bytes.
_NAME = "asta: {}"
_NAME_BYTES = 63
_WHO_HOLDS = """
SELECT a.application_name,
    to_char(COALESCE(a.state_change, a.backend_start) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = %s AND l.objid::bigint = %s AND l.objsubid = 2
AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class ImportRunning(TryLater):
    """Somebody imports into this chamber. ``holder`` is "" where the holder cannot be seen."""

    code = "import_running"
    message = N_("an import into chamber {chamber} is running: {holder}, since {since}")
    hint = N_("wait until it ends, or give --lock-wait 10m")


class SomeImportRunning(ImportRunning):
    """The holder has not said its name yet, or the database does not show it to this user."""

    message = N_("an import into chamber {chamber} is running")


class LockLost(TryLater):
    """Another import may have begun since."""

    code = "lock_lost"
    message = N_("the lock of the import into chamber {chamber} was lost before the end; nothing was written")
    hint = N_("check the connection to the database, then run the import again")


@contextmanager
def chamber_lock(store: Store, chamber: str, *, wait: float, holder: str) -> Iterator[Verify]:
    """Hold the import lock of *chamber*; others are told that *holder* has it. Waits up to *wait* seconds.

    Raises ImportRunning. It is held across transactions: an import reads its files before it writes. What it yields is
    to be called before a commit: it raises LockLost if the lock is no longer ours.
    """
    holder = holder[:_LONGEST_HOLDER]
    if store.path is None:
        held = _advisory_lock(store, chamber, wait, holder)
    else:
        held = _file_lock(store.path, store.clock, chamber, wait, holder)
    with held as verify:
        yield verify


def lock_chambers(tx: Tx, numbers: Iterable[str]) -> None:
    """Keep others from changing what belongs to these chambers until *tx* ends."""
    _lock_rows(tx, tables.chamber.c.number, sorted(set(numbers)))


class Hold(Enum):
    """How firmly accounts are held; what others may still do with them."""

    SHARED = "share"
    """Sign in and give permissions, but not change state or address."""
    SIGN_IN = "sign-in"
    """Give permissions, but not sign in."""
    ALONE = "alone"
    """Nothing that relies on them."""


# What PostgreSQL is told for each: (read, key_share).
_MODES = {Hold.SHARED: (True, True), Hold.SIGN_IN: (False, True), Hold.ALONE: (False, False)}


def lock_accounts(tx: Tx, keys: Iterable[str], hold: Hold = Hold.SIGN_IN) -> None:
    """Keep the accounts with these e-mail keys as they are until *tx* ends, as far as *hold* says."""
    _lock_rows(tx, tables.account.c.email_key, sorted(set(keys)), hold)


def lock_operators(tx: Tx) -> None:
    """Keep others from deciding who is an operator until *tx* ends; who may look is not kept from it."""
    if tx.dialect == "postgresql":
        tx.driver("LOCK TABLE operator IN SHARE ROW EXCLUSIVE MODE")


def _lock_rows(tx: Tx, key: ColumnElement[Any], values: list[Any], hold: Hold = Hold.SIGN_IN) -> None:
    """SQLite has one writer at a time anyway. Rows are locked in the order of keys, so two never wait in a circle.

    Usually NO KEY UPDATE, because a plain lock would also hold up every insert that refers to the row.
    """
    if tx.dialect == "sqlite" or not values:
        return
    read, key_share = _MODES[hold]
    for start in range(0, len(values), _CHUNK):
        some = among(tx, key, values[start : start + _CHUNK])
        tx.execute(select(key).where(some).order_by(key).with_for_update(read=read, key_share=key_share)).all()


@contextmanager
def _file_lock(database: Path, clock: Callable[[], str], chamber: str, wait: float, holder: str) -> Iterator[Verify]:
    directory = Path(f"{database}.locks")
    sqlite.make_directory(database.parent)
    sqlite.make_directory(directory)
    path = directory / f"chamber-{_number(chamber):08x}.lock"
    sqlite.create_private(path)
    sqlite.check_private(path)
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _wait_for_file(handle, chamber, wait)
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"holder": holder, "since": clock()}).encode(), 0)
        yield lambda: _verify_file(handle, path, chamber)
        with suppress(OSError):  # what was to be done is committed, and the lock ends with the handle
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _wait_for_file(handle: int, chamber: str, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
        if time.monotonic() >= deadline:
            raise _running_by_file(handle, chamber)
        time.sleep(_PAUSE)


def _verify_file(handle: int, path: Path, chamber: str) -> None:
    """Whoever removes the file lets the next import lock another one of that name."""
    with suppress(OSError):
        if os.path.samestat(os.fstat(handle), os.lstat(path)):
            return
    raise LockLost(chamber=chamber)


def _running_by_file(handle: int, chamber: str) -> ImportRunning:
    """The holder writes its name just after it got the lock, so for a moment there is none."""
    said: Any = None
    with suppress(ValueError):
        said = json.loads(os.pread(handle, 4096, 0))
    said = said if isinstance(said, dict) else {}
    return _running(chamber, said.get("holder", ""), said.get("since", ""))


def _running(chamber: str, holder: str, since: str) -> ImportRunning:
    return (ImportRunning if holder else SomeImportRunning)(chamber=chamber, holder=holder, since=since)


@contextmanager
def _advisory_lock(store: Store, chamber: str, wait: float, holder: str) -> Iterator[Verify]:
    """Held by a connection of its own, whose name says who it is.

    It lasts as long as a transaction on that connection: a lock of the session would be left with a pooler's connection
    (PgBouncer, ``pool_mode = transaction``), which the next command is given as well.
    """
    name = _NAME.format(holder).encode("ascii", "replace")[:_NAME_BYTES].decode()
    key = (LOCK_CLASS, _number(chamber))
    with store.mapped():
        connection = postgres.connect(store.url, application_name=name)
    try:
        with store.mapped():
            if not _take_advisory(connection, key, wait):
                raise _running_by_server(connection, key, chamber)
        yield lambda: _verify_advisory(connection, chamber)
    finally:
        with suppress(Exception):  # the lock ends with the connection anyway; this only makes it end now
            connection.execute("ROLLBACK")
        connection.close()


def _take_advisory(connection: psycopg.Connection[Any], key: tuple[int, int], wait: float) -> bool:
    connection.execute(postgres.begin_lock(connection, lock_timeout=wait))
    try:
        if wait <= 0:
            row = connection.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", key).fetchone()
            return row is not None and row[0]
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", key)
    except Exception as error:
        if isinstance(translate(error), DatabaseBusy):
            return False
        raise
    return True


def _verify_advisory(connection: psycopg.Connection[Any], chamber: str) -> None:
    """An answer within the same transaction proves that the server still holds the lock for it."""
    from psycopg.pq import TransactionStatus

    with suppress(Exception):
        connection.execute("SELECT 1")
        if connection.info.transaction_status == TransactionStatus.INTRANS:
            return
    raise LockLost(chamber=chamber)


def _running_by_server(connection: psycopg.Connection[Any], key: tuple[int, int], chamber: str) -> ImportRunning:
    """Other users' names are hidden from all but members of pg_read_all_stats; then the holder stays unknown."""
    connection.execute("ROLLBACK")
    row = connection.execute(_WHO_HOLDS, key).fetchone() or ("", "")
    return _running(chamber, (row[0] or "").removeprefix(_NAME.format("")), row[1] or "")


def _number(chamber: str) -> int:
    """31 bits for *chamber*, never that of the migration lock."""
    return 1 + int.from_bytes(hashlib.blake2b(chamber.encode(), digest_size=8).digest()) % (2**31 - 1)
