"""SQLite: the file and who may touch it, and a connection that waits without becoming deaf to Ctrl-C."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from asta_cli.core.errors import AstaError, BadOption
from asta_cli.store.errors import (
    BadDatabaseUrl,
    DatabaseFile,
    DatabaseTooOld,
    DatabaseUnsafe,
    DiskFull,
    NotADatabase,
    UnsafeLink,
    UnsafeOwner,
    UnsafeSecondName,
)

T = TypeVar("T")

# For every value that is neither text nor number the driver asks how it is to be adapted. That None is None it finds
# out with failed look-ups of attributes, a sixth of a bulk insert, unless it is told beforehand.
sqlite3.register_adapter(type(None), {None: None}.get)

PREFIX = "sqlite:///"
# WAL before this version can corrupt the file when several processes use it.
WAL_SINCE = (3, 51, 3)
# SQLite waits in C, where no signal is heard: so it waits in slices, and Python between them.
_SLICE_SECONDS = 0.2
_PAUSE_SECONDS = 0.005
# Enough for the pages that a large import comes back to; taken only as it fills, and as much again to sort an index.
_CACHE_KIB = 16 * 1024


def path_of(url: str) -> Path:
    """The absolute path in *url* (``sqlite:////absolute`` or ``sqlite:///relative``). Raises BadDatabaseUrl."""
    text = url.removeprefix(PREFIX)
    if text == url or not text or text == ":memory:":
        raise BadDatabaseUrl()
    if "?" in text or "\0" in text:
        raise BadDatabaseUrl()
    return Path(os.path.abspath(text))


def prepare(path: Path) -> None:
    """Make the file (0600) and its directory (0700) if they are missing, and refuse them if they are not safe.

    The file itself is never opened here: closing it would drop the locks of a connection in the same process.
    """
    make_directory(path.parent)
    create_private(path)
    check_private(path)


def make_directory(path: Path) -> None:
    """The directory *path* (0700), made with its parents if it is missing, refused if it is not safe."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(path, error) from None
    check_private(path, directory=True)


def create_private(path: Path) -> None:
    """An empty file of mode 0600, unless something is there already."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise file_error(path, error) from None


def file_error(path: Path, error: OSError) -> AstaError:
    """What *error* means for *path*: a full disk passes, everything else has to be put right."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull()
    number = errno.ENOTDIR if error.errno == errno.EEXIST else error.errno or 0
    return DatabaseFile(path=str(path), reason=os.strerror(number))


def check_private(path: Path, *, directory: bool = False) -> None:
    """Refuse *path* unless it is a plain file (or *directory*) of this user's, closed to everyone else.

    The directory counts as much as the file: whoever can write there can put another file or journal in its place.
    """
    try:
        found = os.lstat(path)
    except OSError as error:
        raise file_error(path, error) from None
    if stat.S_ISLNK(found.st_mode):
        raise UnsafeLink(path=str(path))
    if directory and not stat.S_ISDIR(found.st_mode):
        raise DatabaseFile(path=str(path), reason=os.strerror(errno.ENOTDIR))
    if not directory and not stat.S_ISREG(found.st_mode):
        raise NotADatabase(path=str(path))
    _check_owner(path, found, directory)


def _check_owner(path: Path, found: os.stat_result, directory: bool) -> None:
    if found.st_uid != os.geteuid():
        raise UnsafeOwner(path=str(path))
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise DatabaseUnsafe(path=str(path))
    if not directory and found.st_nlink != 1:
        raise UnsafeSecondName(path=str(path))
    wanted = os.R_OK | os.W_OK | (os.X_OK if directory else 0)
    if not os.access(path, wanted, effective_ids=os.access in os.supports_effective_ids):
        raise DatabaseFile(path=str(path), reason=os.strerror(errno.EACCES))


class Patient(sqlite3.Connection):
    """A connection whose BEGIN and COMMIT wait for others up to ``patience`` seconds."""

    patience: float = 30.0

    def commit(self) -> None:
        """Commit; a reader elsewhere may hold it up, and the transaction stays open meanwhile.

        One that fails is undone here. SQLAlchemy takes it for ended and would hand the connection on in the middle of
        it, its locks held.
        """
        try:
            self.wait_for(super().commit)
        except BaseException:
            with suppress(sqlite3.Error):  # some failures have undone it already, and the first one is the news
                self.rollback()
            raise

    def begin(self, statement: str) -> None:
        """Open a transaction and, with it, take at once every lock that a read in it needs."""

        def step() -> None:
            self.execute(statement)
            try:
                self.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            except BaseException:
                self.rollback()
                raise

        self.wait_for(step)

    def wait_for(self, step: Callable[[], T]) -> T:
        """*step*'s result, repeated while the database is locked and patience lasts."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return step()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise
            time.sleep(_PAUSE_SECONDS)  # some conflicts are reported at once, whatever the time-out


def connect(path: Path, *, journal: str, patience: float) -> Patient:
    """A connection to the prepared file *path*, in the driver's autocommit mode: every BEGIN is ours."""
    connection = sqlite3.connect(
        path,
        timeout=min(_SLICE_SECONDS, patience),
        isolation_level=None,
        check_same_thread=False,
        factory=Patient,
    )
    connection.patience = patience
    try:
        connection.wait_for(lambda: _configure(connection, journal))
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection, journal: str) -> None:
    # Replayed power losses lost acknowledged commits with anything weaker than EXTRA (DELETE) or FULL (WAL).
    synchronous = "FULL" if journal == "wal" else "EXTRA"
    for pragma in (
        "foreign_keys=ON",
        "trusted_schema=OFF",
        f"cache_size=-{_CACHE_KIB}",
        f"journal_mode={journal}",
        f"synchronous={synchronous}",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.create_function("asta_fold", 1, _fold, deterministic=True)


def _fold(value: Any) -> Any:
    """Caseless text for searches; SQLite's own lower() knows ASCII only."""
    return value.casefold() if isinstance(value, str) else value


def check_journal(journal: str) -> None:
    """Refuse WAL where SQLite is too old for it."""
    if journal not in ("delete", "wal"):
        raise BadOption(option="database.journal", value=journal, choices="delete, wal")
    if journal == "wal" and sqlite3.sqlite_version_info < WAL_SINCE:
        needed = ".".join(map(str, WAL_SINCE))
        raise DatabaseTooOld(what="SQLite", version=sqlite3.sqlite_version, needed=f"{needed} (journal=wal)")
