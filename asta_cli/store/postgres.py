"""PostgreSQL through psycopg: the address as libpq reads it, several hosts included, and how connections are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asta_cli.core.errors import Bug
from asta_cli.store.errors import BadDatabaseUrl, DatabaseEncoding, DatabaseTooOld

if TYPE_CHECKING:
    import psycopg

SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")
OLDEST = 140_000
_TRANSACTION_TIMEOUT_SINCE = 170_000
# A dead peer is noticed after about a minute; libpq's own time-outs are those of the kernel, two hours.
_DEFAULTS: dict[str, Any] = {
    "connect_timeout": 10,
    "application_name": "asta",
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


def conninfo(url: str, **overrides: str) -> dict[str, Any]:
    """The connection parameters in *url*, completed. libpq itself reads it. Raises BadDatabaseUrl."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    scheme = next((s for s in SCHEMES if url.startswith(s)), None)
    if scheme is None:
        raise BadDatabaseUrl()
    try:
        given = conninfo_to_dict("postgresql://" + url.removeprefix(scheme))
    except psycopg.Error:
        raise BadDatabaseUrl() from None
    return _DEFAULTS | given | overrides | {"client_encoding": "UTF8"}


def connect(url: str, **overrides: str) -> psycopg.Connection[Any]:
    """A connection in the driver's autocommit mode: every BEGIN is ours. Raises psycopg.Error and DatabaseConfig."""
    import psycopg

    connection = psycopg.connect(autocommit=True, **conninfo(url, **overrides))
    try:
        _check_server(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_server(connection: psycopg.Connection[Any]) -> None:
    """Both values came with the connection: no round trip."""
    version = connection.info.server_version
    if version < OLDEST:
        raise DatabaseTooOld(what="PostgreSQL", version=f"{version // 10_000}", needed=f"{OLDEST // 10_000}")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in ("UTF8", None):
        raise DatabaseEncoding(encoding=encoding)


def begin(*, write: bool, lock_timeout: float) -> str:
    """The statements that open a transaction, sent as one message.

    Time-outs are set for the transaction, not the session: a pooler may hand the session to somebody else in between.
    """
    mode = "ISOLATION LEVEL READ COMMITTED READ WRITE" if write else "ISOLATION LEVEL REPEATABLE READ READ ONLY"
    return f"BEGIN {mode}; SET LOCAL lock_timeout = {_milliseconds(lock_timeout)}; SET LOCAL TimeZone = 'UTC'"


def begin_lock(connection: psycopg.Connection[Any], *, lock_timeout: float) -> str:
    """The statements that open a transaction which only holds a lock, for as long as an import takes.

    It can write, though it does not: a lock taken on a standby would keep nobody out. No time-out of the server may end
    it for being idle. It keeps no snapshot, so it does not hold up VACUUM.
    """
    idle = ["statement_timeout", "idle_in_transaction_session_timeout"]
    if connection.info.server_version >= _TRANSACTION_TIMEOUT_SINCE:
        idle.append("transaction_timeout")
    settings = "".join(f"; SET LOCAL {name} = 0" for name in idle)
    mode = "ISOLATION LEVEL READ COMMITTED READ WRITE"
    return f"BEGIN {mode}; SET LOCAL lock_timeout = {_milliseconds(lock_timeout)}{settings}"


def _milliseconds(seconds: float) -> int:
    """At least one: to PostgreSQL, 0 means to wait for ever."""
    return max(1, int(seconds * 1000))


def refuse_broken(connection: psycopg.Connection[Any]) -> None:
    """COMMIT of a transaction in which a statement failed is a rollback that reports success: refuse to call it one."""
    from psycopg.pq import TransactionStatus

    if connection.info.transaction_status == TransactionStatus.INERROR:
        raise Bug(kind="commit after an error")
