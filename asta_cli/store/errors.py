"""What can go wrong with a database, as typed errors that carry no value from it. ``translate`` makes them."""

from __future__ import annotations

from typing import ClassVar

from asta_cli.core.errors import N_, AstaError, Conflict, Status, TryLater


class Repeatable:
    """Marks an error that may vanish when its transaction is run again. ``repeats``: how often that is worth it."""

    repeats: ClassVar[int] = 1


class DatabaseBusy(Repeatable, TryLater):
    """Another process kept its lock for longer than the time-out."""

    code = "database_busy"
    message = N_("the database is locked by another command")
    hint = N_("try again in a moment")


class Contention(Repeatable, TryLater):
    """A deadlock or a serialization failure: the database undid this transaction for another one."""

    code = "database_busy"
    message = N_("the database gave way to another command each time it was tried")
    hint = N_("try again in a moment")
    repeats = 8


class DataConflict(Repeatable, Conflict):
    """A unique, foreign-key or check rule of the database refused what the planner had allowed: it lost a race."""

    message = N_("the data was changed by someone else in the meantime ({rule})")


class IdTaken(DataConflict):
    """A primary key exists already: two makers of ids met, or two processes appended the same number."""

    repeats = 8


class LostRace(Repeatable, Conflict):
    """A conditional update found other values than those it was planned from."""

    repeats = 4


class DatabaseUnreachable(TryLater):
    """No server answered, it is starting or stopping, or the connection broke."""

    code = "database_unreachable"
    message = N_("the database cannot be reached")
    hint = N_("check the address, the network and the server, then try again")


class CommitUnknown(TryLater):
    """The connection broke while the commit was under way: it may or may not have happened.

    Whoever catches it looks for the id of its run before repeating anything. ``reason`` is what the commit failed with:
    the better news where it is certain that nothing was written.
    """

    code = "commit_unknown"
    message = N_("the connection to the database broke while the result was being written; it may be there or not")
    hint = N_("run the same command again: what is already there stays unchanged")

    def __init__(self, reason: AstaError | None = None) -> None:
        super().__init__()
        self.reason = reason


class DiskFull(TryLater):
    """No space left for the database or its journal."""

    code = "disk_full"
    message = N_("there is no space left for the database")
    hint = N_("make room and try again; nothing was written")


class DatabaseIO(TryLater):
    """The operating system failed to read or write the database."""

    code = "database_io"
    message = N_("the database file could not be read or written")
    hint = N_("check the disk and its mount, then try again; nothing was written")


class DatabaseConfig(AstaError):
    """Base of what an administrator of this machine has to put right."""

    status = Status.CONFIG


class BadDatabaseUrl(DatabaseConfig):
    """The address is of a kind that asta does not know. It may hold a password, so it is never shown."""

    code = "bad_database_url"
    message = N_("the address of the database is not one that asta knows")
    hint = N_("write sqlite:////path/to/asta.db or postgresql://user@host/name")


class DatabaseUnsafe(DatabaseConfig):
    """Others could read or exchange the file."""

    code = "database_unsafe"
    message = N_("{path} is open to other users")
    hint = N_("chmod 700 a directory, chmod 600 a file")


class UnsafeLink(DatabaseUnsafe):
    """Whoever may change the link decides what is opened."""

    message = N_("{path} is a symbolic link")
    hint = N_("name the place it leads to")


class UnsafeOwner(DatabaseUnsafe):
    """Its owner could change it at any time; root is no exception."""

    message = N_("{path} belongs to another user")
    hint = N_("run asta as the user whom it belongs to")


class UnsafeSecondName(DatabaseUnsafe):
    """SQLite finds a journal by its file's name: a crash under one name is not repaired under the other."""

    message = N_("{path} has a second name (a hard link)")
    hint = N_("remove the other name, or make a copy with asta db backup")


class DatabaseFile(DatabaseConfig):
    """The path cannot be used as a database file. ``reason`` is the operating system's word for it."""

    code = "database_file"
    message = N_("{path} cannot be opened: {reason}")
    hint = N_("check the path and its permissions")


class NotADatabase(DatabaseConfig):
    """The file is something else."""

    code = "not_a_database"
    message = N_("{path} is not a database")
    hint = N_("name another file with --database or ASTA_DATABASE_URL")


class DatabaseCorrupt(DatabaseConfig):
    """The database contradicts itself."""

    code = "database_corrupt"
    message = N_("the database is damaged")
    hint = N_("restore a backup; keep the damaged file for examination")


class DatabaseReadOnly(DatabaseConfig):
    """It may be read but not written: a read-only mount, file or standby server."""

    code = "database_read_only"
    message = N_("the database can only be read here")
    hint = N_("check the permissions of file and mount, or name the primary server")


class DatabaseDenied(DatabaseConfig):
    """The server knows neither this user with this password."""

    code = "database_denied"
    message = N_("the database server refuses this user or password")
    hint = N_("check user and password in ASTA_DATABASE_URL, and who may connect in pg_hba.conf")


class DatabaseMissing(DatabaseDenied):
    """The server has no database of this name."""

    message = N_("the database server has no database of this name")
    hint = N_("create it (createdb), or check the name in ASTA_DATABASE_URL")


class RightMissing(DatabaseDenied):
    """The user may connect but lacks a right in the database."""

    message = N_("the user of the database lacks a right there")
    hint = N_("the user needs to own the tables: ALTER DATABASE ... OWNER TO, or GRANT")


class DatabaseTooOld(DatabaseConfig):
    """The server's or library's version lacks what asta relies on."""

    code = "database_too_old"
    message = N_("{what} {version} is too old, {needed} or newer is needed")
    hint = N_("upgrade it, or choose another database")


class DatabaseEncoding(DatabaseConfig):
    """The server keeps the database in something other than UTF-8."""

    code = "database_encoding"
    message = N_("the database is kept in {encoding}, not in UTF8")
    hint = N_("create it anew with ENCODING 'UTF8'")
