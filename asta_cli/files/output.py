"""Writing files whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Self

from asta_cli.files.errors import (
    DiskTrouble,
    OutputIsDatabase,
    OutputMissingDirectory,
    OutputNoAccess,
    OutputNotRegular,
    OutputRefused,
)

_MAGIC = b"SQLite format 3\0"
_BESIDE = (".key", ".lock", "-journal", "-wal", "-shm")
_TROUBLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Turn what the operating system says about writing *path* into our errors.

    ``OutputRefused`` and its kinds for a name that cannot be taken, ``DiskTrouble`` for a disk that is full or failing.
    """
    try:
        yield
    except FileNotFoundError:
        raise OutputMissingDirectory(file=path) from None
    except PermissionError:
        raise OutputNoAccess(file=path) from None
    except IsADirectoryError:
        raise OutputNotRegular(file=path) from None
    except OSError as error:
        if error.errno in _TROUBLE:
            raise DiskTrouble(file=path) from None
        raise OutputRefused(file=path, reason=error.strerror or str(error)) from None
    except ValueError as error:  # a zero byte in the name
        raise OutputRefused(file=path, reason=str(error)) from None


class PendingFile:
    """A file that is written beside its place and put there later, in one step.

    ``write`` what belongs in it, ``seal`` to make it survive a power cut under its temporary name, ``publish`` to put
    it in place, ``discard`` to forget it. So a list of secrets can be durable before the transaction commits that makes
    them valid, and appear only after it. As a context manager it discards itself unless it was published.

    An existing ordinary file is replaced unless it is a database or its key; anything else in its place is refused.
    ``tag`` is part of the temporary name, so that one left behind by a crash can be told.
    """

    def __init__(self, path: str, *, mode: int = 0o600, tag: str = "") -> None:
        self.path = path
        directory, base = os.path.split(path)
        name = f"{tag}-{os.urandom(8).hex()}" if tag else os.urandom(8).hex()
        self.temporary = os.path.join(directory, f".asta-{name}.tmp")
        self._sealed = self._done = False
        with writing(path):
            if not base or _occupied(path):
                raise OutputNotRegular(file=path)
            if _is_database(path):
                raise OutputIsDatabase(file=path)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
            self._file: BinaryIO = open(os.open(self.temporary, flags, mode), "wb")  # noqa: SIM115 - outlives this

    def write(self, data: str | bytes) -> int:
        """Append *data*, text as UTF-8. Raises ``DiskTrouble``."""
        with writing(self.path):
            return self._file.write(data.encode() if isinstance(data, str) else data)

    def seal(self) -> None:
        """Bring everything written, and the temporary name, to the disk. Nothing can be written after it."""
        if self._sealed:
            return
        with writing(self.path):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            _sync_directory(self.temporary)
        self._sealed = True

    def publish(self) -> None:
        """Put the file in its place, durably; seals it first if need be."""
        self.seal()
        put_in_place(self.temporary, self.path)
        self._done = True

    def discard(self) -> None:
        """Remove the temporary file, if it is still there."""
        if self._done:
            return
        self._done = True
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            os.unlink(self.temporary)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.discard()


@contextmanager
def atomic(path: str, *, mode: int = 0o600) -> Iterator[PendingFile]:
    """A file that appears at *path* when the block ends well, and not at all otherwise.

    Raises ``OutputRefused`` or one of its kinds (exit status 2) and ``DiskTrouble`` (75).
    """
    with PendingFile(path, mode=mode) as pending:
        yield pending
        pending.publish()


def put_in_place(temporary: str, path: str) -> None:
    """Rename the sealed file *temporary* to *path*, durably: the second half of ``PendingFile``, also after a crash."""
    with writing(path):
        os.replace(temporary, path)
        _sync_directory(path)


def _occupied(path: str) -> bool:
    """Whether something that is not an ordinary file stands at *path*."""
    try:
        return not stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def _is_database(path: str) -> bool:
    """Whether *path* is a SQLite database or one of the files beside it, its key above all."""
    for suffix in ("", *_BESIDE):
        database = path.removesuffix(suffix)
        if not path.endswith(suffix) or not os.path.isfile(database):
            continue
        with suppress(OSError), open(database, "rb") as file:
            if file.read(len(_MAGIC)) == _MAGIC:
                return True
    return False


def _sync_directory(path: str) -> None:
    if os.name == "nt":
        return  # no way to open a directory there
    directory = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
