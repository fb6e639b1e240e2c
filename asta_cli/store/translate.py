"""A driver's error becomes one of ours.

Its message quotes rows, passwords in addresses and whole statements: none of its text leaves this module, which looks
only at classes and codes.
"""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from asta_cli.core.errors import AstaError, Bug
from asta_cli.store.errors import (
    Contention,
    DatabaseBusy,
    DatabaseCorrupt,
    DatabaseDenied,
    DatabaseFile,
    DatabaseIO,
    DatabaseMissing,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DataConflict,
    DiskFull,
    IdTaken,
    NotADatabase,
    RightMissing,
)

# The server writes them in its own language, and libpq hands on no code for a failed connection.
_REFUSALS: dict[type[AstaError], str] = {
    DatabaseMissing: r"database \S+ does not exist|Datenbank \S+ existiert nicht",
    RightMissing: r"permission denied for database|keine Berechtigung für Datenbank",
    DatabaseDenied: r"password authentication failed|Passwort-Authentifizierung|no password supplied"
    r"|kein Passwort angegeben"
    r"|authentication failed|Authentifizierung .*fehlgeschlagen|role \S+ does not exist|Rolle \S+ existiert nicht"
    r"|pg_hba\.conf|is not permitted to log in|certificate",
}


def translate(error: Exception, path: str = "") -> AstaError:
    """The typed error for *error*, a driver's or SQLAlchemy's. *path* is the SQLite file, for messages that name it."""
    if isinstance(error, AstaError):
        return error
    cause: BaseException = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _from_sqlite(cause, path)
    if _is_psycopg(cause):
        return _from_postgres(cause)
    return Bug(kind=type(cause).__name__)


def is_database_error(error: BaseException) -> bool:
    """Whether *error* comes from SQLAlchemy or a driver, and so may quote values."""
    return isinstance(error, (SQLAlchemyError, sqlite3.Error)) or _is_psycopg(error)


def _is_psycopg(error: BaseException) -> bool:
    return any(c.__module__.startswith("psycopg") and c.__name__ == "Error" for c in type(error).__mro__)


def _from_sqlite(error: sqlite3.Error, path: str) -> AstaError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name in ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"):
        return IdTaken(rule="primary key")
    for prefix, kind in _SQLITE_KINDS.items():
        if name.startswith(prefix):
            return kind()
    if name.startswith("SQLITE_CONSTRAINT"):
        rule = name.removeprefix("SQLITE_CONSTRAINT").strip("_").lower() or "constraint"
        return Bug(kind="NOT NULL") if rule == "notnull" else DataConflict(rule=rule)
    if name.startswith("SQLITE_NOTADB"):
        return NotADatabase(path=path)
    if name.startswith("SQLITE_CANTOPEN"):
        return DatabaseFile(path=path, reason="open(2)")
    return Bug(kind=name or type(error).__name__)


_SQLITE_KINDS: dict[str, type[AstaError]] = {
    "SQLITE_BUSY": DatabaseBusy,
    "SQLITE_LOCKED": DatabaseBusy,
    "SQLITE_FULL": DiskFull,
    "SQLITE_CORRUPT": DatabaseCorrupt,
    "SQLITE_READONLY": DatabaseReadOnly,
    "SQLITE_IOERR": DatabaseIO,
}


def _from_postgres(error: BaseException) -> AstaError:
    state: str = getattr(error, "sqlstate", None) or ""
    if not state:
        return _without_state(error)
    for prefix, kind in _POSTGRES_KINDS.items():
        if state.startswith(prefix):
            return kind()
    if state.startswith("23") and state != "23502":
        return _broken_rule(error)
    return Bug(kind=f"SQLSTATE {state}")


_POSTGRES_KINDS: dict[str, type[AstaError]] = {
    "40": Contention,
    "55P03": DatabaseBusy,
    "57014": DatabaseBusy,
    "53100": DiskFull,
    "58030": DatabaseIO,
    "XX001": DatabaseCorrupt,
    "XX002": DatabaseCorrupt,
    "25006": DatabaseReadOnly,
    "28": DatabaseDenied,
    "3D": DatabaseMissing,
    "42501": RightMissing,
    "08": DatabaseUnreachable,
    "57P0": DatabaseUnreachable,
    "53": DatabaseBusy,
}


def _without_state(error: BaseException) -> AstaError:
    """A connection that failed or broke: libpq gives no code then, so its text is compared, but never shown."""
    if type(error).__name__ not in ("OperationalError", "ConnectionTimeout", "InternalError"):
        return Bug(kind=type(error).__name__)
    text = str(error)
    for kind, pattern in _REFUSALS.items():
        if re.search(pattern, text):
            return kind()
    return DatabaseUnreachable()


def _broken_rule(error: BaseException) -> AstaError:
    rule = getattr(getattr(error, "diag", None), "constraint_name", None) or "constraint"
    return IdTaken(rule=rule) if rule.startswith("pk_") else DataConflict(rule=rule)
