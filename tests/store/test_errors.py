"""Every driver's error becomes one of ours, and none of its text survives."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg
from sqlalchemy import exc, text

from asta_cli.core.errors import AstaError, Bug, Status
from asta_cli.store import errors
from asta_cli.store.translate import is_database_error, translate
from tests.store.conftest import OpenStore
from tests.store.test_db import keys

SECRET = "geheim42"


def sqlite_error(name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError(SECRET)
    error.sqlite_errorname = name
    return error


SQLITE = {
    "SQLITE_BUSY": errors.DatabaseBusy,
    "SQLITE_BUSY_SNAPSHOT": errors.DatabaseBusy,
    "SQLITE_LOCKED": errors.DatabaseBusy,
    "SQLITE_FULL": errors.DiskFull,
    "SQLITE_IOERR_WRITE": errors.DatabaseIO,
    "SQLITE_CORRUPT": errors.DatabaseCorrupt,
    "SQLITE_CORRUPT_INDEX": errors.DatabaseCorrupt,
    "SQLITE_NOTADB": errors.NotADatabase,
    "SQLITE_READONLY": errors.DatabaseReadOnly,
    "SQLITE_CANTOPEN": errors.DatabaseFile,
    "SQLITE_CONSTRAINT_PRIMARYKEY": errors.IdTaken,
    "SQLITE_CONSTRAINT_UNIQUE": errors.DataConflict,
    "SQLITE_CONSTRAINT_CHECK": errors.DataConflict,
    "SQLITE_CONSTRAINT_FOREIGNKEY": errors.DataConflict,
    "SQLITE_CONSTRAINT_NOTNULL": Bug,
    "SQLITE_ERROR": Bug,
    "": Bug,
}
POSTGRES: dict[type[psycopg.Error], type[AstaError]] = {
    pg.SerializationFailure: errors.Contention,
    pg.DeadlockDetected: errors.Contention,
    pg.LockNotAvailable: errors.DatabaseBusy,
    pg.QueryCanceled: errors.DatabaseBusy,
    pg.TooManyConnections: errors.DatabaseBusy,
    pg.DiskFull: errors.DiskFull,
    pg.IoError: errors.DatabaseIO,
    pg.DataCorrupted: errors.DatabaseCorrupt,
    pg.ReadOnlySqlTransaction: errors.DatabaseReadOnly,
    pg.InvalidPassword: errors.DatabaseDenied,
    pg.InvalidCatalogName: errors.DatabaseMissing,
    pg.InsufficientPrivilege: errors.RightMissing,
    pg.AdminShutdown: errors.DatabaseUnreachable,
    pg.CannotConnectNow: errors.DatabaseUnreachable,
    pg.ConnectionFailure: errors.DatabaseUnreachable,
    pg.UniqueViolation: errors.DataConflict,
    pg.CheckViolation: errors.DataConflict,
    pg.ForeignKeyViolation: errors.DataConflict,
    pg.NotNullViolation: Bug,
    pg.UndefinedTable: Bug,
    pg.StringDataRightTruncation: Bug,
}
# What libpq says, in the servers' languages that German chambers run.
CONNECTING = {
    'connection failed: FATAL:  password authentication failed for user "geheim42"': errors.DatabaseDenied,
    "FATAL:  Passwort-Authentifizierung für Benutzer »geheim42« fehlgeschlagen": errors.DatabaseDenied,
    'FATAL:  no pg_hba.conf entry for host "geheim42", user "u", database "d", no encryption': errors.DatabaseDenied,
    "FATAL:  kein pg_hba.conf-Eintrag für Host »geheim42«, Benutzer »u«": errors.DatabaseDenied,
    'FATAL:  role "geheim42" does not exist': errors.DatabaseDenied,
    "FATAL:  Rolle »geheim42« existiert nicht": errors.DatabaseDenied,
    "fe_sendauth: no password supplied": errors.DatabaseDenied,
    'FATAL:  database "geheim42" does not exist': errors.DatabaseMissing,
    "FATAL:  Datenbank »geheim42« existiert nicht": errors.DatabaseMissing,
    'FATAL:  permission denied for database "geheim42"': errors.RightMissing,
    "connection refused geheim42": errors.DatabaseUnreachable,
    "FATAL:  the database system is starting up": errors.DatabaseUnreachable,
    "FATAL:  sorry, too many clients already": errors.DatabaseUnreachable,
    "could not translate host name geheim42": errors.DatabaseUnreachable,
}


def cases() -> list[tuple[Exception, type[AstaError]]]:
    found: list[tuple[Exception, type[AstaError]]] = [(sqlite_error(n), k) for n, k in SQLITE.items()]
    found += [(kind(SECRET), k) for kind, k in POSTGRES.items()]
    found += [(psycopg.OperationalError(said), k) for said, k in CONNECTING.items()]
    found.append((psycopg.ProgrammingError(SECRET), Bug))
    found.append((psycopg.errors.ConnectionTimeout(SECRET), errors.DatabaseUnreachable))
    return found


@pytest.mark.parametrize(("error", "kind"), cases(), ids=lambda case: type(case).__name__)
@pytest.mark.parametrize("wrapped", [False, True])
def test_translation(error: Exception, kind: type[AstaError], wrapped: bool) -> None:
    given: Any = exc.DBAPIError("INSERT", {"a": SECRET}, error) if wrapped else error
    assert is_database_error(given)
    made = translate(given)
    assert type(made) is kind
    assert SECRET not in f"{made!r} {made.fields} {made.args}"


def test_of_sqlalchemy_itself() -> None:
    error = exc.ArgumentError(SECRET)
    assert is_database_error(error)
    assert translate(error).fields == {"kind": "ArgumentError"}


def test_of_others() -> None:
    assert not is_database_error(ValueError(SECRET))
    assert not is_database_error(errors.DiskFull())


def every(kind: type[AstaError]) -> list[type[AstaError]]:
    return [k for child in kind.__subclasses__() for k in (child, *every(child))]


@pytest.mark.parametrize("kind", [k for k in every(AstaError) if k.__module__.startswith("asta_cli.store")])
def test_each_has_all_it_needs(kind: type[AstaError]) -> None:
    if kind is errors.DatabaseConfig:
        return
    assert kind.code != "error"
    assert kind.message
    assert kind.hint
    assert kind.status in (Status.REFUSED, Status.RETRY, Status.CONFIG)


class TestServer:
    def test_no_such_database(self, pg_url: str, open_store: OpenStore) -> None:
        name = pg_url.partition("@/")[2].partition("?")[0]
        with pytest.raises(errors.DatabaseMissing):
            keys(open_store(pg_url.replace(name, "nothing")))

    def test_no_such_user(self, pg_url: str, open_store: OpenStore) -> None:
        with pytest.raises(errors.DatabaseDenied):
            keys(open_store(pg_url.replace("postgres@", "nobody:geheim@")))

    def test_nobody_there(self, open_store: OpenStore) -> None:
        with pytest.raises(errors.DatabaseUnreachable):
            keys(open_store("postgresql://u:geheim@127.0.0.1:1/d"))

    def test_a_user_without_rights(self, pg_url: str, open_store: OpenStore) -> None:
        role = "r" + pg_url.partition("@/")[2].partition("?")[0]
        owner = open_store(pg_url)
        with owner.write() as tx:
            tx.driver(f"CREATE ROLE {role} LOGIN")
        with pytest.raises(errors.RightMissing):
            keys(open_store(pg_url.replace("postgres@", f"{role}@")))
        with owner.write() as tx:
            tx.driver(f"DROP ROLE {role}")

    def test_an_encoding_that_cannot_hold_everything(self, pg_url: str, open_store: OpenStore) -> None:
        name = "latin" + pg_url.partition("@/")[2].partition("?")[0]
        url = pg_url.replace(pg_url.partition("@/")[2].partition("?")[0], name)
        with psycopg.connect(pg_url, autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
            )
        with pytest.raises(errors.DatabaseEncoding):
            keys(open_store(url))
        with psycopg.connect(pg_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_wrong_statement_is_a_bug_without_text(sqlite_url: str, open_store: OpenStore) -> None:
    with pytest.raises(Bug) as caught, open_store(sqlite_url).read() as tx:
        tx.execute(text(f"SELECT * FROM {SECRET}"))
    assert SECRET not in str(caught.value.fields)
